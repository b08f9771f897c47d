"""A topic's messages as a page shows them: in order, folded where there are many, with what stands between them."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import exists, func, or_, select, true
from sqlalchemy.orm import joinedload, selectinload

from portal.accounts.models import Account
from portal.kernel.actor import Actor
from portal.kernel.audiences import held
from portal.kernel.clock import now
from portal.kernel.events import Event
from portal.kernel.policy import condition
from portal.kernel.prepared import prepared
from portal.kernel.sentences import sentence
from portal.people.models import Person
from workspaces.forums.attachments import PORT, AttachmentJson
from workspaces.forums.events import ANSWERS, CHANGES, KNOTS
from workspaces.forums.models import ENDS, FOLDED_FROM, Post, Reaction, Topic
from workspaces.forums.policy import May
from workspaces.forums.queries.reactions import Sign, signs_on
from workspaces.forums.queries.transfers import notices
from workspaces.rooms.consent import company_seen

AROUND = 5  # messages shown before one that is looked for in the middle of a long topic


@dataclass(frozen=True)
class Message:
    """A post as it is shown. `says` is whether the reader sees its words; `company` None for our side, and
    where the reader does not see for whom its author is there."""

    post: Post
    company: str | None
    says: bool
    files: list[AttachmentJson] = field(default_factory=list)
    signs: list[Sign] = field(default_factory=list)


@dataclass(frozen=True)
class Item:
    """One thing on the stay: a message, or what stands between two."""

    message: Message | None = None
    gap: tuple[int, int] | None = None  # the places left out, first and last, counted from 1
    new_since: datetime | None = None
    said: str = ""  # an event, as a sentence
    at: datetime | None = None
    title: str = ""  # where that sentence leads, and
    path: str = ""
    undo: str = ""  # by which address it is taken back


def messages(actor: Actor, topic: Topic, *, around: int | None, places: tuple[int, int] | None = None, whole: bool = False) -> Any:
    """[(place, Message)] and how many there are: the ends of the topic and what is around the post `around` (pk), or the places
    asked for."""
    what, values = "ends", {"topic": topic.pk}
    if places is not None:
        what, values = "places", values | {"first": places[0], "last": places[1]}
    elif whole:
        what = "whole"
    elif around is not None:
        what, values = "around", values | {"around": around}
    rows: Any = _asked(actor, what, **values).all()
    files = PORT.of_posts(actor, [row[0] for row in rows if row.says and row.filed])
    signs = signs_on(actor, [row[0] for row in rows if row.signed])
    made = [(row.place, Message(row[0], row[1], bool(row.says), files.get(row[0].pk, []), signs.get(row[0].pk, []))) for row in rows]
    return made, rows[0].total if rows else 0


def message_of(actor: Actor, post: Post, *, says: bool | None = None) -> Message:
    """One post as it is shown; to nobody in particular (`says` None) as to those from whom it is hidden."""
    company = _company(actor, post) if post.author.account_pk else None
    seen = post.stands if says is None else says
    if not seen:
        return Message(post, company, seen)
    return Message(post, company, seen, PORT.of_posts(actor, [post]).get(post.pk, []), signs_on(actor, [post]).get(post.pk, []))


def _company(actor: Actor, post: Post) -> str | None:
    named = select(company_seen(actor, post.workspace_pk)).select_from(Person).join(Account, Account.pk == Person.account_pk)
    return actor.session.scalar(named.where(Person.pk == post.author_pk))


def changed_since(actor: Actor, topic: Topic, moment: datetime) -> list[Post]:
    """The posts of a topic to which something has happened since, oldest first: those too that were for others when it did."""
    ids = select(Event.subject_id).where(Event.workspace_pk == topic.workspace_pk, Event.at >= moment, Event.kind.in_(CHANGES))
    answers = select(Event.facts).where(
        Event.subject_kind == "topic", Event.subject_id == topic.id, Event.kind.in_(ANSWERS), Event.at >= moment
    )
    named = {facts.get(name) for facts in actor.session.scalars(answers) for name in ("post", "was")}
    found = select(Post).where(Post.topic_pk == topic.pk, held(actor, Post.audience_pk), or_(Post.id.in_(ids), Post.id.in_(named)))
    return list(actor.session.scalars(found.order_by(Post.pk).options(*loading())))


def knots(actor: Actor, topic: Topic) -> list[Item]:
    """What happened to the topic itself, oldest first."""
    if not topic.knots:
        return []
    found = (
        select(Event, Person.name)
        .outerjoin(Person, Person.pk == Event.actor_pk)
        .where(Event.subject_kind == "topic", Event.subject_id == topic.id, Event.kind.in_(KNOTS))
        .order_by(Event.pk)
    )
    happened = [Item(said=sentence(event, name or "Mainstay"), at=event.at) for event, name in actor.session.execute(found)]
    went = [Item(said=each.said, at=each.at, title=each.title, path=each.path, undo=each.undo) for each in notices(actor, topic)]
    return sorted([*happened, *went], key=lambda item: item.at or now())


def stay(shown: Iterable[tuple[int, Message]], total: int, happened: list[Item], first_unread: int | None, since: Any) -> list[Item]:
    """Everything in the order in which it happened, with the fold and the line before what is new."""
    items: list[Item] = []
    waiting, last = list(happened), 0
    for place, message in shown:
        if place > last + 1:
            items.append(Item(gap=(last + 1, place - 1)))
        while waiting and waiting[0].at is not None and waiting[0].at < message.post.created_at:
            items.append(waiting.pop(0))
        if since is not None and message.post.pk == first_unread:
            items.append(Item(new_since=since))
        items.append(Item(message=message))
        last = place
    if last < total:
        items.append(Item(gap=(last + 1, total)))
    return items + waiting


def loading() -> tuple[Any, ...]:
    """What showing posts needs: their authors in the same query, and where there are any, what they answer and who took them away."""
    named = (Person.id, Person.name)
    answered = selectinload(Post.reply_to).load_only(Post.id, Post.team, Post.topic_pk, Post.author_pk)  # not its words, once more
    return (
        joinedload(Post.author, innerjoin=True),
        selectinload(Post.hidden_by).load_only(*named),
        selectinload(Post.removed_by).load_only(*named),
        answered.joinedload(Post.author, innerjoin=True).load_only(*named),
    )


@prepared
def _asked(actor: Actor, what: str, *, topic: Any, **which: Any) -> Any:
    numbered = _numbered(actor, topic)
    says = condition(actor, May.READ_WORDS).label("says")
    # Most have neither: then they are not asked for.
    signed, filed = exists().where(Reaction.post_pk == Post.pk).label("signed"), PORT.any_of(Post.pk).label("filed")
    return (
        select(Post, company_seen(actor, Post.workspace_pk), numbered.c.place, numbered.c.total, says, signed, filed)
        .join(numbered, numbered.c.pk == Post.pk)
        .join(Person, Person.pk == Post.author_pk)
        .outerjoin(Account, Account.pk == Person.account_pk)
        .where(_shown(numbered, what, **which))
        .order_by(Post.pk)
        .options(*loading())
    )


def _numbered(actor: Actor, topic: Any) -> Any:
    return (
        select(Post.pk, func.row_number().over(order_by=Post.pk).label("place"), func.count().over().label("total"))
        .where(Post.topic_pk == topic, held(actor, Post.audience_pk))
        .subquery()
    )


def _shown(numbered: Any, what: str, *, first: Any = None, last: Any = None, around: Any = None) -> Any:
    """Which of them: all, the places asked for, or the ends with what is around a post."""
    place, total = numbered.c.place, numbered.c.total
    if what == "whole":
        return true()
    if what == "places":
        return place.between(first, last)
    ends = or_(total <= FOLDED_FROM, place <= ENDS, place > total - ENDS)
    if what == "ends":
        return ends
    other = numbered.alias()
    at: Any = select(other.c.place).where(other.c.pk == around).scalar_subquery()
    return or_(ends, place.between(at - AROUND, at + ENDS))
