"""What clients had asked by a moment and nobody of us had answered, and what was answered to what they said."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import and_, case, or_, select
from sqlalchemy.orm import aliased, joinedload

from portal.accounts.models import Account
from portal.kernel.actor import Actor
from portal.kernel.history import as_of
from portal.kernel.policy import allowed
from portal.people.models import Person
from search.brief.asked import When
from search.brief.queries.talk import Told, in_context
from search.brief.queries.then import changed_since, written
from search.categories.labels import Category
from search.categories.models import Label
from search.categories.policy import May
from search.promises.models import QuestionFact
from workspaces.forums.models import Post, Topic
from workspaces.rooms.models import Workspace

COUNTED = 50  # of the questions that wait; what is more is said to be more


def waiting(actor: Actor, account: Account, when: When) -> list[int]:
    """The pks of the questions that waited at that moment, the oldest first, by the rule of search.promises.queries.debt."""
    asker, its, room = aliased(Person), aliased(Topic), aliased(Workspace)
    chosen = aliased(Post)
    answered = select(chosen.pk).where(chosen.pk == its.accepted_post_pk, chosen.pk > Post.pk, *written(when, chosen)).correlate(Post, its)
    closed = or_(
        and_(its.locked_at.is_not(None), its.locked_at <= when.at), and_(room.archived_at.is_not(None), room.archived_at <= when.at)
    )
    settled = or_(answered.exists(), _reply(when).is_not(None))
    waits = and_(~closed, case((QuestionFact.answered.is_not(None), ~QuestionFact.answered), else_=~settled))
    found = (
        allowed(actor, May.SEE_CATEGORIES)
        .where(Post.account_pk == account.pk, Post.hidden_at.is_(None), Post.team.is_(False), *written(when, Post))
        .join(Label, and_(Label.kind == "post", Label.thing == Post.id, Label.category == Category.QUESTION, Label.denied.is_(False)))
        .join(asker, and_(asker.pk == Post.author_pk, asker.is_staff.is_(False)))
        .join(its, its.pk == Post.topic_pk)
        .join(room, room.pk == Post.workspace_pk)
        .outerjoin(QuestionFact, and_(QuestionFact.post_pk == Post.pk, as_of(QuestionFact, when.at, when.known_at)))
        .where(waits)
        .with_only_columns(Post.pk)
        .order_by(Post.created_at, Post.pk)
        .limit(COUNTED + 1)
    )
    return list(actor.session.scalars(found))


def questions(actor: Actor, pks: list[int], when: When) -> list[Told]:
    """These with the sentences that ask, in their order."""
    label = and_(Label.kind == "post", Label.thing == Post.id, Label.category == Category.QUESTION)
    found = (
        allowed(actor, May.SEE_CATEGORIES)
        .where(Post.pk.in_(pks))
        .join(Label, label)
        .add_columns(Label)
        .options(joinedload(Post.author), joinedload(Post.topic))
        .order_by(Post.created_at, Post.pk)
    )
    rows = [(post, in_context(post.body, label.start, label.end)) for post, label in actor.session.execute(found)]
    before = changed_since(actor, [post for post, _words in rows], when)
    return [Told(post, words if words in before.get(post.id, words) else "") for post, words in rows]


def answers(actor: Actor, posts: Iterable[Post], when: When) -> dict[int, Told]:
    """What one of us answered to each of these: the reply to it, else the first later message that does more than promise or ask back."""
    pks = [post.pk for post in posts]
    if not pks:
        return {}
    found = {pk: reply for pk, reply in actor.session.execute(select(Post.pk, _reply(when)).where(Post.pk.in_(pks))) if reply}
    readable = (
        allowed(actor, May.SEE_CATEGORIES).where(Post.pk.in_(found.values())).options(joinedload(Post.author), joinedload(Post.topic))
    )
    said = {post.pk: post for post in actor.session.scalars(readable)}
    before = changed_since(actor, said.values(), when)
    told = {pk: Told(post, "" if post.id in before else post.body) for pk, post in said.items()}
    return {pk: told[reply] for pk, reply in found.items() if reply in told}


def _reply(when: When) -> Any:
    """The first later message of ours to everybody in the discussion that does more than promise or ask back."""
    reply, ours, label = aliased(Post), aliased(Person), aliased(Label)
    of = select(label.thing).where(label.kind == "post", label.thing == reply.id, label.denied.is_(False)).correlate(reply)
    defers = of.where(label.category.in_((Category.COMMITMENT, Category.QUESTION))).exists()
    does = of.where(label.category == Category.ANSWER).exists()
    return (
        select(reply.pk)
        .join(ours, and_(ours.pk == reply.author_pk, ours.is_staff.is_(True)))
        .where(reply.topic_pk == Post.topic_pk, reply.pk > Post.pk, reply.team.is_(False), *written(when, reply))
        .where(reply.removed_at.is_(None), reply.hidden_at.is_(None), or_(does, ~defers))
        .order_by(reply.pk)
        .limit(1)
        .correlate(Post)
        .scalar_subquery()
    )
