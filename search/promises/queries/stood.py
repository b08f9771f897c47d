"""What of our promises stood on a day: for the column beside an account's trail."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from portal.accounts.models import Account, Note
from portal.kernel.actor import Actor
from portal.kernel.clock import now
from portal.kernel.history import as_of
from portal.kernel.policy import allowed
from portal.kernel.prepared import prepared
from portal.notices.queries import note_unread, unread_things
from search.promises.models import CONTESTED, OPEN, Promise, PromiseFact
from search.promises.policy import May
from workspaces.forums.models import Post

LINES = 5


@dataclass(frozen=True)
class Stood:
    """A promise of ours that was still to be kept, and until when."""

    promise: Promise
    words: str  # as they were at that moment
    due: date | None
    contested: bool


def stood(actor: Actor, account: Account, at: datetime | None = None, *, most: int = LINES) -> tuple[list[Stood], int]:
    """What we had still to keep at a moment, or have now, what is due first first, no more than `most`; and how many of it there were.
    Whether there is any is asked together with what waits in the inbox, which every page shows."""
    row: Any = _counts(actor, account=account.pk).one()
    note_unread(actor, row[0])
    if not row[1]:
        return [], 0
    found = (
        allowed(actor, May.READ_PROMISE)
        .join(PromiseFact, PromiseFact.promise_pk == Promise.pk)
        .where(Promise.account_pk == account.pk, Promise.ours.is_(True), as_of(PromiseFact, at or now()))
        .where(PromiseFact.state.in_((OPEN, CONTESTED)))
        .options(
            joinedload(Promise.by),
            joinedload(Promise.post).joinedload(Post.topic),
            joinedload(Promise.note).joinedload(Note.account),
        )
        .add_columns(PromiseFact, func.count().over())
        .order_by(func.coalesce(PromiseFact.due, date.max), Promise.said_at.desc(), Promise.pk)
        .limit(most)
    )
    rows = actor.session.execute(found).all()
    lines = [Stood(promise, fact.about or fact.words, fact.due, fact.state == CONTESTED) for promise, fact, _all in rows]
    return lines, rows[0][-1] if rows else 0


@prepared
def _counts(actor: Actor, *, account: Any) -> Any:
    ours = allowed(actor, May.READ_PROMISE).where(Promise.account_pk == account, Promise.ours.is_(True))
    return select(unread_things(actor).scalar_subquery(), ours.with_only_columns(func.count(Promise.pk)).scalar_subquery())
