"""How far events can be read on without ever missing one that is still being written.

Events are read in the order of their pk. On PostgreSQL a pk is drawn before its transaction commits, so a slow one would come up
behind a reader who is past it. A transaction therefore says, before it draws its first, that everything from there on is not settled:
by a shared advisory lock whose number is the sequence's, held until it ends. SQLite's writers are one at a time, and need none.
"""

from sqlalchemy import text
from sqlalchemy.orm import Session

MARK = 7741  # the first half of the locks' numbers

UNDER_WAY = text("SELECT pg_advisory_xact_lock_shared(:mark, (last_value - 1)::int) FROM event_pk_seq")
DRAWN = text("SELECT last_value FROM event_pk_seq")
LOWEST = text(
    "SELECT min(objid::bigint) FROM pg_locks WHERE locktype = 'advisory' AND classid = :mark AND objsubid = 2"
    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)


def mark(session: Session) -> None:
    """Say that this transaction writes events; call it before the first of them is written."""
    transaction = session.get_transaction()
    if session.get_bind().dialect.name != "postgresql" or session.info.get("marked") is transaction:
        return
    session.execute(UNDER_WAY, {"mark": MARK})
    session.info["marked"] = transaction


def settled(session: Session) -> int | None:
    """The pk up to which no event can come any more; None where all that can be seen is settled.

    In this order: whoever drew a pk up to `drawn` held their mark before, so either it is seen now, or they have ended and what they
    wrote is seen by the next statement.
    """
    if session.get_bind().dialect.name != "postgresql":
        return None
    drawn = session.scalar(DRAWN) or 0
    lowest: int | None = session.scalar(LOWEST, {"mark": MARK})
    return drawn if lowest is None else min(drawn, lowest)
