"""What was still to be kept at a moment, of ours and of theirs."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, and_, case, cast, func
from sqlalchemy.orm import joinedload

from portal.accounts.models import Account, Note
from portal.kernel.actor import Actor
from portal.kernel.history import as_of
from portal.kernel.policy import allowed
from search.brief.asked import When
from search.promises.models import CONTESTED, OPEN, Promise, PromiseFact
from search.promises.policy import May
from search.promises.queries.promises import NEVER
from workspaces.forums.models import Post, Topic


@dataclass(frozen=True)
class Owed:
    """A promise as it stood: in which words, until when, and whether a client says that it was not kept."""

    promise: Promise
    fact: PromiseFact

    @property
    def due(self) -> date | None:
        return self.fact.due

    @property
    def contested(self) -> bool:
        return self.fact.state == CONTESTED

    def overdue(self, day: date) -> bool:
        return self.fact.due is not None and self.fact.due < day


@dataclass(frozen=True)
class Debts:
    """How many promises of one side were to be kept, and how many of them were late."""

    number: int = 0
    late: int = 0


def owed(actor: Actor, account: Account, when: When, *, ours: bool, most: int) -> list[Owed]:
    """What a client says was not kept comes first, then those due first, then as they were said."""
    found = (
        _standing(actor, account, when)
        .where(Promise.ours.is_(ours))
        .add_columns(PromiseFact)
        .options(
            joinedload(Promise.by),
            joinedload(Promise.account),
            joinedload(Promise.note).joinedload(Note.account),
            joinedload(Promise.post).joinedload(Post.topic).joinedload(Topic.workspace),
            joinedload(Promise.post).joinedload(Post.reply_to).joinedload(Post.author),
        )
        .order_by(case((PromiseFact.state == CONTESTED, 0), else_=1), func.coalesce(PromiseFact.due, NEVER), Promise.said_at, Promise.pk)
        .limit(most)
    )
    return [Owed(promise, fact) for promise, fact in actor.session.execute(found)]


def debts(actor: Actor, account: Account, when: When) -> dict[bool, Debts]:
    """By whether they are ours. One query."""
    late = func.sum(cast(and_(PromiseFact.due.is_not(None), PromiseFact.due < when.day), Integer))
    found = _standing(actor, account, when).with_only_columns(Promise.ours, func.count(), late).group_by(Promise.ours)
    return {ours: Debts(number, int(late or 0)) for ours, number, late in actor.session.execute(found)}


def _standing(actor: Actor, account: Account, when: When) -> Select[Any]:
    still: ColumnElement[bool] = PromiseFact.state.in_((OPEN, CONTESTED))
    return (
        allowed(actor, May.READ_PROMISE)
        .join(PromiseFact, PromiseFact.promise_pk == Promise.pk)
        .where(Promise.account_pk == account.pk, Promise.said_at <= when.at, as_of(PromiseFact, when.at, when.known_at), still)
    )
