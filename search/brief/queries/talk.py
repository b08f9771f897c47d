"""What was said: messages and notes of a category, and the last of all."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import joinedload

from portal.accounts.models import Account, Note
from portal.accounts.policy import May as Accounts
from portal.kernel.actor import Actor
from portal.kernel.audiences import held
from portal.kernel.events import Event
from portal.kernel.policy import allowed
from portal.people.models import Person
from search.brief.asked import When
from search.brief.queries.then import WRITTEN, changed_since, happened, written
from search.categories.labels import Category
from search.categories.machine import WORDS
from search.categories.models import Label
from search.categories.policy import May
from search.categories.sentences import sentences
from workspaces.forums.models import Post, Topic
from workspaces.forums.policy import May as Forums

SHORT, CONTEXT, APART = 60, 220, 4  # characters of a sentence, of two together, and between them
SAID = or_(
    Label.why != WORDS, Label.sure >= 0.7
)  # what words alone make likely is a guess for whoever reads the message, no line of a brief
TRIED = 4  # times as many of the last messages are looked at, for those that were taken away


@dataclass(frozen=True)
class Told:
    """A message or a note, with the words of it that are shown; none where it was changed after the moment looked at."""

    of: Post | Note
    words: str

    @property
    def kind(self) -> str:
        return self.of.__kind__

    @property
    def at(self) -> datetime:
        return self.of.created_at if isinstance(self.of, Post) else self.of.at

    @property
    def ours(self) -> bool:
        return bool(self.of.author.is_staff)


def labelled(actor: Actor, account: Account, when: When, category: Category, *, most: int, theirs: bool = False) -> list[Told]:
    """The latest messages and notes of a category, the latest first; with `theirs` of messages only what clients wrote."""
    posts = (
        allowed(actor, May.SEE_CATEGORIES)
        .where(Post.account_pk == account.pk, Post.hidden_at.is_(None), *written(when, Post))
        .join(Label, and_(Label.kind == "post", Label.thing == Post.id, Label.category == category, Label.denied.is_(False), SAID))
        .add_columns(Label)
        .options(joinedload(Post.author), joinedload(Post.topic).joinedload(Topic.workspace))
        .order_by(Post.created_at.desc(), Post.pk.desc())
        .limit(most)
    )
    if theirs:
        posts = posts.join(Person, and_(Person.pk == Post.author_pk, Person.is_staff.is_(False)))
    notes = (
        allowed(actor, Accounts.READ_NOTE)
        .where(Note.account_pk == account.pk, *written(when, Note, "note"))
        .join(Label, and_(Label.kind == "note", Label.thing == Note.id, Label.category == category, Label.denied.is_(False), SAID))
        .add_columns(Label)
        .options(joinedload(Note.author), joinedload(Note.account))
        .order_by(Note.at.desc(), Note.pk.desc())
        .limit(most)
    )
    rows = [(of, label) for each in (posts, notes) for of, label in actor.session.execute(each)]
    before = changed_since(actor, [of for of, _label in rows], when)
    made = [Told(of, in_context(of.body, label.start, label.end)) for of, label in rows]
    stood = [each for each in made if each.words in before.get(each.of.id, each.words)]
    return sorted(stood, key=lambda each: (each.at, each.of.id), reverse=True)[:most]


def in_context(body: str, start: int, end: int) -> str:
    """The sentence; where it is a short one with that before it, which says what it is about. Of a label of the whole the whole."""
    before = [each for each in sentences(body) if each.end <= start]
    if end - start < SHORT and before and start - before[-1].end < APART and end - before[-1].start <= CONTEXT:
        return body[before[-1].start : end]
    return body[start:end] or body


def last(actor: Actor, account: Account, when: When, most: int) -> list[Told]:
    """The last messages and notes of all, the last first."""
    found = (
        select(Event.subject_kind, Event.subject_id)
        .where(Event.account_pk == account.pk, held(actor, Event.audience_pk), Event.kind.in_(WRITTEN.values()), *happened(when))
        .order_by(Event.at.desc(), Event.pk.desc())
        .limit(most * TRIED)
    )
    order = [tuple(row) for row in actor.session.execute(found)]
    ids = {kind: [id for of, id in order if of == kind] for kind in WRITTEN}
    posts = allowed(actor, Forums.READ_WORDS).where(Post.id.in_(ids["post"]), Post.hidden_at.is_(None))
    notes = allowed(actor, Accounts.READ_NOTE).where(Note.id.in_(ids["note"]))
    with_posts = posts.options(joinedload(Post.author), joinedload(Post.topic))
    with_notes = notes.options(joinedload(Note.author), joinedload(Note.account))
    there: dict[Any, Post | Note] = {("post", row.id): row for row in actor.session.scalars(with_posts)}
    there |= {("note", row.id): row for row in actor.session.scalars(with_notes)}
    shown = [there[key] for key in order if key in there][:most]
    before = changed_since(actor, shown, when)
    return [Told(of, "" if of.id in before else of.body) for of in shown]
