"""Answer debt: what clients asked and nobody of us has answered, longest waiting first, and why the others count as answered.

The rule (docs/decisions/0104): a person's word wins; then the answer that was chosen in the discussion, where it is later than the
question; then the first later message of ours to everybody that does more than promise or ask back. A closed discussion waits for nobody.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, case, func, or_, select
from sqlalchemy.orm import aliased, joinedload

from portal.accounts.models import Account
from portal.kernel.actor import Actor
from portal.kernel.history import current
from portal.kernel.markdown import plain
from portal.kernel.policy import allowed
from portal.people.models import Person
from search.categories.labels import Category
from search.categories.models import Label
from search.categories.policy import May
from search.promises.models import QuestionFact
from workspaces.forums.models import Post, Topic
from workspaces.rooms.models import Workspace

MOST = 200
OPEN, ANSWERED = "open", "answered"
SAID, CHOSEN, REPLIED, CLOSED = "said", "chosen", "replied", "closed"  # why a question counts as it does


@dataclass(frozen=True)
class Question:
    """A client's question, and whether it waits. `answer` is the message that answered it; `why` is empty where nothing has."""

    post: Post
    label: Label
    why: str
    fact: QuestionFact | None
    answer: Post | None

    @property
    def answered(self) -> bool:
        return self.fact.answered if self.fact is not None else bool(self.why)

    @property
    def passage(self) -> str:
        return plain(self.post.body[self.label.start : self.label.end] or self.post.body, 300)


def asked_in(
    actor: Actor,
    *,
    account: Account | None = None,
    workspace: Workspace | None = None,
    state: str = "",
    person: str = "",
    most: int = MOST,
) -> tuple[list[Question], int]:
    """The questions of an account or a workspace, those that wait first and the longest first, no more than `most`; and how many there
    are of what was asked for."""
    posts = allowed(actor, May.SEE_CATEGORIES).where(Post.hidden_at.is_(None), Post.team.is_(False))
    if account is not None:
        posts = posts.where(Post.account_pk == account.pk)
    if workspace is not None:
        posts = posts.where(Post.workspace_pk == workspace.pk)
    if person:
        posts = posts.where(Post.author.has(id=person))
    found, waits = _with_answers(posts)
    if state:
        found = found.where(waits if state == OPEN else ~waits)
    order = waits.desc(), case((waits, Post.pk), else_=-Post.pk)
    rows = actor.session.execute(found.add_columns(func.count().over()).order_by(*order).limit(most)).all()
    return _questions(actor, [tuple(row)[:-1] for row in rows]), rows[0][-1] if rows else 0


def waiting_of(actor: Actor, accounts: list[int]) -> list[tuple[int, int, datetime]]:
    """Of these accounts, by pk: how many questions wait, and since when the oldest. Those where none does are not there."""
    posts = allowed(actor, May.SEE_CATEGORIES).where(Post.hidden_at.is_(None), Post.team.is_(False), Post.account_pk.in_(accounts))
    found, waits = _with_answers(posts)
    each = found.where(waits).with_only_columns(Post.account_pk, Post.created_at).subquery()
    counted = select(each.c.account_pk, func.count(), func.min(each.c.created_at)).group_by(each.c.account_pk)
    return [(pk, number, since) for pk, number, since in actor.session.execute(counted)]


def question(actor: Actor, post: Post) -> Question | None:
    """One of them; None where the message is none."""
    found, _waits = _with_answers(allowed(actor, May.SEE_CATEGORIES).where(Post.pk == post.pk))
    return next(iter(_questions(actor, [tuple(row) for row in actor.session.execute(found)])), None)


def _with_answers(posts: Select[Any]) -> tuple[Select[Any], Any]:
    """Each with its label, a person's word, why it counts as answered and the message that answers; and whether it waits."""
    asker, its, room = aliased(Person), aliased(Topic), aliased(Workspace)
    reply = _reply()
    chosen = case((its.accepted_post_pk > Post.pk, its.accepted_post_pk))
    closed = or_(its.locked_at.is_not(None), room.archived_at.is_not(None))
    why = case((chosen.is_not(None), CHOSEN), (reply.is_not(None), REPLIED), (closed, CLOSED), else_="")
    waits = case((QuestionFact.answered.is_not(None), and_(QuestionFact.answered.is_(False), ~closed)), else_=why == "")
    found = (
        posts.join(Label, and_(Label.kind == "post", Label.thing == Post.id, Label.category == Category.QUESTION, Label.denied.is_(False)))
        .join(asker, and_(asker.pk == Post.author_pk, asker.is_staff.is_(False)))
        .join(its, its.pk == Post.topic_pk)
        .join(room, room.pk == Post.workspace_pk)
        .outerjoin(QuestionFact, and_(QuestionFact.post_pk == Post.pk, current(QuestionFact)))
        .options(joinedload(Post.author), joinedload(Post.topic), joinedload(QuestionFact.by))
        .add_columns(Label, QuestionFact, why, func.coalesce(chosen, reply))
    )
    return found, waits == True  # noqa: E712 - SQLite compares numbers, PostgreSQL booleans


def _reply() -> Any:
    """The first later message of ours to everybody in the discussion that does more than promise or ask back."""
    reply, ours, label = aliased(Post), aliased(Person), aliased(Label)
    of = select(label.thing).where(label.kind == "post", label.thing == reply.id, label.denied.is_(False)).correlate(reply)
    defers = of.where(label.category.in_((Category.COMMITMENT, Category.QUESTION))).exists()
    answers = of.where(label.category == Category.ANSWER).exists()
    return (
        select(reply.pk)
        .join(ours, and_(ours.pk == reply.author_pk, ours.is_staff.is_(True)))
        .where(reply.topic_pk == Post.topic_pk, reply.pk > Post.pk, reply.team.is_(False))
        .where(reply.removed_at.is_(None), reply.hidden_at.is_(None), or_(answers, ~defers))
        .order_by(reply.pk)
        .limit(1)
        .correlate(Post)
        .scalar_subquery()
    )


def _questions(actor: Actor, rows: list[Any]) -> list[Question]:
    pks = {answer for *_more, answer in rows if answer}
    readable = allowed(actor, May.SEE_CATEGORIES).where(Post.pk.in_(pks)).options(joinedload(Post.author), joinedload(Post.topic))
    answers = {post.pk: post for post in actor.session.scalars(readable)} if pks else {}
    return [Question(post, label, why, fact, answers.get(answer)) for post, label, fact, why, answer in rows]
