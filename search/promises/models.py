"""What was promised, how it stands, and what a person said of a question."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Boolean, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models import NOW, Account, Note
from portal.accounts.sources import note_path
from portal.kernel.db import Base, Identified
from portal.kernel.history import Timed
from portal.people.models import Person
from workspaces.forums.models import Post
from workspaces.rooms.models import Workspace

OPEN, KEPT, WITHDRAWN, CONTESTED = "open", "kept", "withdrawn", "contested"
STATES = (OPEN, KEPT, WITHDRAWN, CONTESTED)
BACK = "undo"  # no state: it takes back what one has said last
OVERDUE = "overdue"  # open, and its day is over where the reader is: told of, never kept
WORDS = 600  # of the first sentences of a message that is a promise as a whole


class Promise(Identified, Base):
    """A message or note that promises something. The columns are how it stands now; `PromiseFact` has how it stood.

    It is made of a label, and outlives it: what people have said of it, and the words as they were, stay when the message is
    labelled anew or changed.
    """

    __tablename__ = "promise"
    __kind__ = "promise"
    __table_args__ = (
        Index("ix_promise_account", "account_pk", "state", "due"),
        Index("ix_promise_workspace", "workspace_pk", "state"),
        Index("ix_promise_due", "state", "due"),
    )

    post_pk: Mapped[int | None] = mapped_column(ForeignKey("post.pk"), unique=True)  # one of these two
    note_pk: Mapped[int | None] = mapped_column(ForeignKey("note.pk"), unique=True)
    account_pk: Mapped[int | None] = mapped_column(ForeignKey("account.pk"))
    workspace_pk: Mapped[int | None] = mapped_column(ForeignKey("workspace.pk"))
    ours: Mapped[bool] = mapped_column(Boolean)  # said by one of us; of a note, by what it says
    by_pk: Mapped[int] = mapped_column(ForeignKey("person.pk"), index=True)  # who wrote the message or note
    said_at: Mapped[datetime]
    words: Mapped[str] = mapped_column(Text)  # the sentence, as it was when it was noticed
    about: Mapped[str] = mapped_column(String(200), default="")  # what was promised, as a person put it
    state: Mapped[str] = mapped_column(String(10), default=OPEN)
    due: Mapped[date | None]
    changed_at: Mapped[datetime | None]  # the message does not say it any more
    dropped_at: Mapped[datetime | None]  # a person said that it is no promise

    post: Mapped[Post | None] = relationship()
    note: Mapped[Note | None] = relationship()
    by: Mapped[Person] = relationship()
    account: Mapped[Account | None] = relationship()
    workspace: Mapped[Workspace | None] = relationship()
    facts: Mapped[list["PromiseFact"]] = relationship(order_by="PromiseFact.pk", viewonly=True)

    @property
    def path(self) -> str:
        """Where it was said."""
        source: Any = self.post or self.note
        return str(source.path) if self.post is not None else note_path(source)

    @property
    def for_team(self) -> bool:
        """Whether only our side may read where it was said."""
        return self.post is None or self.post.team or self.post.audience_pk == self.post.topic.team_audience_pk

    def stands_at(self, today: date) -> str:
        """Its state on a day: an open one is overdue once its day is over."""
        return OVERDUE if self.state == OPEN and self.due is not None and self.due < today else self.state

    @property
    def so_far(self) -> list["PromiseFact"]:
        """How it stood and stands, the first first."""
        return sorted((fact for fact in self.facts if fact.recorded_to is None), key=lambda fact: (fact.valid_from, fact.pk))


class PromiseFact(Timed, Base):
    """How a promise stood from when to when, by whose word; without one it was the machine's."""

    __tablename__ = "promise_fact"
    __table_args__ = (Index("uq_promise_fact_now", "promise_pk", unique=True, sqlite_where=NOW, postgresql_where=NOW),)

    pk: Mapped[int] = mapped_column(primary_key=True)
    promise_pk: Mapped[int] = mapped_column(ForeignKey("promise.pk"), index=True)
    state: Mapped[str] = mapped_column(String(10))
    due: Mapped[date | None]
    words: Mapped[str] = mapped_column(Text)
    about: Mapped[str] = mapped_column(String(200), default="")
    reason: Mapped[str] = mapped_column(String(300), default="")
    by_pk: Mapped[int | None] = mapped_column(ForeignKey("person.pk"))

    by: Mapped[Person | None] = relationship()


class QuestionFact(Timed, Base):
    """A person's word on whether a question is answered; it wins over what the discussion lets one think."""

    __tablename__ = "question_fact"
    __table_args__ = (Index("uq_question_fact_now", "post_pk", unique=True, sqlite_where=NOW, postgresql_where=NOW),)

    pk: Mapped[int] = mapped_column(primary_key=True)
    post_pk: Mapped[int] = mapped_column(ForeignKey("post.pk"), index=True)
    answered: Mapped[bool] = mapped_column(Boolean)
    by_pk: Mapped[int] = mapped_column(ForeignKey("person.pk"))

    by: Mapped[Person] = relationship()
