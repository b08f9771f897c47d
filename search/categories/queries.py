"""What messages are taken to be, as staff may see it."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session, aliased, joinedload

from portal.accounts.models import Note
from portal.accounts.policy import May as Accounts
from portal.kernel.actor import Actor
from portal.kernel.ids import is_id
from portal.kernel.markdown import plain
from portal.kernel.policy import allowed
from portal.people.models import Person
from search.categories.labels import Category
from search.categories.lessons import Lessons, lessons
from search.categories.models import Label
from search.categories.policy import May
from workspaces.forums.models import Post, Topic
from workspaces.references.queries import Praise

LESSONS = 2000  # corrections that are remembered, the latest
KINDS = ("post", "note")


@dataclass(frozen=True)
class Said:
    """One label of a message, with the words it rests on."""

    post: Post
    label: Label

    @property
    def category(self) -> str:
        return self.label.category

    @property
    def passage(self) -> str:
        """The sentence; the beginning of the message where somebody said it of the whole."""
        words = self.post.body[self.label.start : self.label.end] or self.post.body
        return plain(words, 220)


def labels_of(session: Session, ids: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """The categories of these messages and notes, by id, in their order. For who may see them; nothing is asked here."""
    found = select(Label.thing, Label.category).where(Label.kind.in_(KINDS), Label.thing.in_(list(ids)), Label.denied.is_(False))
    told: dict[str, set[str]] = defaultdict(set)
    for thing, category in session.execute(found):
        told[thing].add(category)
    return {thing: tuple(each.value for each in Category if each.value in names) for thing, names in told.items()}


def in_topic(actor: Actor, topic: Topic) -> list[Said]:
    """Every label of the messages in a topic that the actor may see, in the order of the talk."""
    return _said(actor, allowed(actor, May.SEE_CATEGORIES).where(Post.topic_pk == topic.pk))


def of_one_category(actor: Actor, category: str, *, before: str = "", limit: int = 50) -> tuple[list[Said], str | None]:
    """The newest messages of a category that the actor may see, and from which one the older ones go on."""
    labelled = select(Label.thing).where(Label.kind == "post", Label.category == category, Label.denied.is_(False))
    posts = allowed(actor, May.SEE_CATEGORIES).where(Post.id.in_(labelled))
    if is_id(before) and (last := actor.session.scalar(posts.where(Post.id == before).with_only_columns(Post.pk))) is not None:
        posts = posts.where(Post.pk < last)
    pks = list(actor.session.scalars(posts.with_only_columns(Post.pk).order_by(Post.pk.desc()).limit(limit + 1)))
    found = _said(actor, allowed(actor, May.SEE_CATEGORIES).where(Post.pk.in_(pks[:limit])))
    said = [each for each in reversed(found) if each.category == category]
    return said, said[-1].post.id if len(pks) > limit else None


def correctable(actor: Actor, ids: Iterable[str]) -> list[Post]:
    """Those of these messages of which the actor may say what they are, in the order of the talk."""
    found = allowed(actor, May.CATEGORISE_POST).where(Post.id.in_(list(ids))).options(joinedload(Post.topic)).order_by(Post.pk)
    return list(actor.session.scalars(found))


def of_post(actor: Actor, post: Post) -> list[Said]:
    """The labels of one message; what a person has denied is among them."""
    return _said(actor, allowed(actor, May.SEE_CATEGORIES).where(Post.pk == post.pk), denied=True)


def praised(actor: Actor, people: list[int]) -> dict[int, Praise]:
    """What each of these people last praised, by their pk, of what the actor may read."""
    praise = and_(Label.kind == "post", Label.thing == Post.id, Label.category == Category.PRAISE.value, Label.denied.is_(False))
    posts = allowed(actor, May.SEE_CATEGORIES).where(Post.author_pk.in_(people))
    last = posts.join(Label, praise).with_only_columns(func.max(Post.pk)).group_by(Post.author_pk)
    of_them = allowed(actor, May.SEE_CATEGORIES).where(Post.pk.in_(actor.session.scalars(last).all()))
    said = (each for each in _said(actor, of_them) if each.label.category == Category.PRAISE.value)
    return {each.post.author_pk: Praise(each.passage, each.post.path, each.post.created_at) for each in said}


def _said(actor: Actor, posts: Select[Any], *, denied: bool = False) -> list[Said]:
    found = (
        posts.add_columns(Label)
        .join(Label, and_(Label.kind == "post", Label.thing == Post.id))
        .options(joinedload(Post.author), joinedload(Post.topic), joinedload(Label.by))
        .order_by(Post.pk)
    )
    if not denied:
        found = found.where(Label.denied.is_(False))
    order = list(Category)
    rows = [Said(post, label) for post, label in actor.session.execute(found)]
    return sorted(rows, key=lambda said: (said.post.pk, order.index(Category(said.category))))


def of_category(actor: Actor, category: str, kind: Any, id: Any) -> ColumnElement[bool]:
    """That the thing of this kind and id is a message or note of a category, and one that the actor may read."""
    labelled = select(Label.thing).where(Label.category == category, Label.denied.is_(False))
    posts = allowed(actor, May.SEE_CATEGORIES).with_only_columns(Post.id).where(Post.id.in_(labelled.where(Label.kind == "post")))
    notes = allowed(actor, Accounts.READ_NOTE).with_only_columns(Note.id).where(Note.id.in_(labelled.where(Label.kind == "note")))
    return or_(and_(kind == "post", id.in_(posts)), and_(kind == "note", id.in_(notes)))


def taught(session: Session) -> Lessons:
    """The latest corrections as lessons, the latest word last."""
    passage = func.substr(Post.body, Label.start + 1, Label.end - Label.start)
    found = (
        select(passage, Label.category, Label.denied)
        .join(Post, and_(Label.kind == "post", Label.thing == Post.id))
        .where(Label.by_pk.is_not(None), Label.end > Label.start)
        .order_by(Label.at.desc())
        .limit(LESSONS)
    )
    rows = reversed(session.execute(found).all())
    return lessons((plain(words), Category(category), not denied) for words, category, denied in rows)


def before(session: Session, posts: list[Post]) -> dict[int, str]:
    """What each message follows, by pk, where the other side said it: what it replies to, or else the message above it."""
    earlier = aliased(Post)
    last = (
        select(earlier.pk)
        .where(earlier.topic_pk == Post.topic_pk, earlier.pk < Post.pk, earlier.removed_at.is_(None), earlier.hidden_at.is_(None))
        .where(or_(earlier.team.is_(False), Post.team.is_(True)))
        .order_by(earlier.pk.desc())
        .limit(1)
        .correlate(Post)
        .scalar_subquery()
    )
    found = select(Post.pk, last).where(Post.pk.in_([post.pk for post in posts]))
    above = {pk: before for pk, before in session.execute(found)}  # noqa: C416 - rows are no pairs to dict()
    follows = {post.pk: post.reply_to_pk or above.get(post.pk) or 0 for post in posts}
    said = select(Post.pk, Post.body, Person.is_staff).join(Person, Person.pk == Post.author_pk).where(Post.pk.in_(set(follows.values())))
    of = {pk: (body, ours) for pk, body, ours in session.execute(said)}
    other = {post.pk: of[follows[post.pk]] for post in posts if follows[post.pk] in of}
    return {post.pk: other[post.pk][0] for post in posts if post.pk in other and other[post.pk][1] is not post.author.is_staff}
