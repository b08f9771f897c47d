"""The shared plan: milestones, the steps that lead there, who does them, and by when."""

from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey, Index, String, select
from sqlalchemy.orm import Mapped, column_property, mapped_column, relationship

from portal.accounts.models import NOW, Account
from portal.kernel.content import Content
from portal.kernel.db import Base
from portal.kernel.history import Timed, current
from portal.people.models import Person
from workspaces.forums.models import Topic
from workspaces.rooms.models import InWorkspace, Workspace

STEP, MILESTONE = "step", "milestone"
OPEN, DOING, DONE = "todo", "doing", "done"
STATES = (OPEN, DOING, DONE)


class PlanDue(Timed, Base):
    """By when an item was to be done: a moved date keeps the old ones readable."""

    __tablename__ = "plan_due"
    __table_args__ = (Index("uq_plan_due_now", "item_pk", unique=True, sqlite_where=NOW, postgresql_where=NOW),)

    pk: Mapped[int] = mapped_column(primary_key=True)
    item_pk: Mapped[int] = mapped_column(ForeignKey("plan_item.pk"), index=True)
    day: Mapped[date]


class PlanOwner(Base):
    """Who does a step: people of either side."""

    __tablename__ = "plan_owner"

    item_pk: Mapped[int] = mapped_column(ForeignKey("plan_item.pk"), primary_key=True)
    person_pk: Mapped[int] = mapped_column(ForeignKey("person.pk"), primary_key=True, index=True)


class PlanItem(InWorkspace, Content, Base):
    """A step, or a milestone that steps lead to. Everyone in the workspace sees the plan."""

    __tablename__ = "plan_item"
    __kind__ = "plan_item"
    __bookkeeping__ = frozenset({"topic_pk", "topic"})  # where it is discussed: that has events of its own
    __table_args__ = (InWorkspace.one_of_its_accounts(),)

    kind: Mapped[str] = mapped_column(String(10), default=STEP)
    milestone_pk: Mapped[int | None] = mapped_column(ForeignKey("plan_item.pk"), index=True)
    title: Mapped[str] = mapped_column(String(160))
    state: Mapped[str] = mapped_column(String(5), default=OPEN)
    done_at: Mapped[datetime | None]
    added_by_pk: Mapped[int] = mapped_column(ForeignKey("person.pk"))
    topic_pk: Mapped[int | None] = mapped_column(ForeignKey("topic.pk"))
    removed_at: Mapped[datetime | None]
    removed_by_pk: Mapped[int | None] = mapped_column(ForeignKey("person.pk"))

    workspace: Mapped[Workspace] = relationship()
    account: Mapped[Account | None] = relationship(primaryjoin="foreign(PlanItem.account_pk) == Account.pk", viewonly=True)
    milestone: Mapped["PlanItem | None"] = relationship(remote_side="PlanItem.pk")
    owners: Mapped[list[Person]] = relationship(secondary="plan_owner", order_by=Person.name)
    added_by: Mapped[Person] = relationship(foreign_keys=added_by_pk)
    topic: Mapped[Topic | None] = relationship(overlaps="workspace")
    dues: Mapped[list[PlanDue]] = relationship(order_by=PlanDue.pk, viewonly=True)

    if TYPE_CHECKING:
        due: Mapped[date | None]

    @property
    def is_milestone(self) -> bool:
        return self.kind == MILESTONE

    @property
    def done(self) -> bool:
        return self.state == DONE

    @property
    def leads_to(self) -> "PlanItem | None":
        """Its milestone, unless that was removed."""
        return self.milestone if self.milestone is not None and self.milestone.removed_at is None else None

    @property
    def was_due(self) -> list[date]:
        """The days it was to be done before it was moved, each once, the first first."""
        days = [each.day for each in sorted(self.dues, key=lambda each: each.valid_from) if each.valid_to and not each.recorded_to]
        return [day for day in dict.fromkeys(days) if day != self.due]

    @property
    def path(self) -> str:
        return f"{self.workspace.path}plan/{self.id}"


PlanItem.due = column_property(
    select(PlanDue.day).where(PlanDue.item_pk == PlanItem.pk, current(PlanDue)).correlate_except(PlanDue).scalar_subquery()
)
