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
    due: date | None
    contested: bool


def stood(actor: Actor, account: Account, at: datetime | None = None) -> list[Stood]:
    """What we had still to keep at a moment, or have now, what is due first first. Whether there is any is asked together with what
    waits in the inbox, which every page shows."""
    row: Any = _counts(actor, account=account.pk).one()
    note_unread(actor, row[0])
    if not row[1]:
        return []
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
        .add_columns(PromiseFact.due, PromiseFact.state)
        .order_by(func.coalesce(PromiseFact.due, date.max), Promise.said_at.desc())
        .limit(LINES)
    )
    return [Stood(promise, due, state == CONTESTED) for promise, due, state in actor.session.execute(found)]


@prepared
def _counts(actor: Actor, *, account: Any) -> Any:
    ours = allowed(actor, May.READ_PROMISE).where(Promise.account_pk == account, Promise.ours.is_(True))
    return select(unread_things(actor).scalar_subquery(), ours.with_only_columns(func.count(Promise.pk)).scalar_subquery())
