"""How far events can be read on without ever missing one that is still being written.

Events are read in the order of their pk. On PostgreSQL a pk is drawn before its transaction commits, so a slow one would come up
behind a reader who is past it. A transaction therefore says, before it draws its first, that everything from there on is not settled:
by a shared advisory lock whose number is the sequence's, held until it ends. SQLite's writers are one at a time, and need none.
"""

from typing import Any

from sqlalchemy import BigInteger, select, text
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session
from sqlalchemy.sql.functions import FunctionElement

MARK = 7741  # the first half of the locks' numbers, also in SETTLED

UNDER_WAY = text("SELECT pg_advisory_xact_lock_shared(:mark, (last_value - 1)::int) FROM event_pk_seq")
SETTLED = (  # what was drawn is read first: the locks are looked through for each line of it, and there is one
    "(SELECT least(drawn.pk, lowest.pk) FROM (SELECT last_value AS pk FROM event_pk_seq) AS drawn LEFT JOIN LATERAL"
    " (SELECT min(objid::bigint) AS pk FROM pg_locks WHERE locktype = 'advisory' AND classid = 7741 AND objsubid = 2"
    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    " AND objid::bigint <= drawn.pk) AS lowest ON true)"
)


class Reached(FunctionElement[int]):
    """In a statement beside something else: the pk up to which what the next statement reads has every event."""

    name = "reached"
    inherit_cache = True  # heeded of a function; a bare ColumnElement with it has every statement that it is in built anew each time
    type = BigInteger()


@compiles(Reached, "sqlite")
def _in_sqlite(element: Reached, compiler: Any, **how: Any) -> str:
    return "coalesce((SELECT max(pk) FROM event), 0)"


@compiles(Reached, "postgresql")
def _in_postgresql(element: Reached, compiler: Any, **how: Any) -> str:
    """In this order: whoever drew a pk up to `drawn` held their mark before, so either it is seen now, or they have ended and what they
    wrote is seen by the next statement."""
    return SETTLED


def mark(session: Session) -> None:
    """Say that this transaction writes events; call it before the first of them is written."""
    transaction = session.get_transaction()
    if session.get_bind().dialect.name != "postgresql" or session.info.get("marked") is transaction:
        return
    session.execute(UNDER_WAY, {"mark": MARK})
    session.info["marked"] = transaction


def settled(session: Session) -> int | None:
    """The pk up to which no event can come any more; None where all that can be seen is settled."""
    return None if session.get_bind().dialect.name != "postgresql" else reached(session)


def reached(session: Session) -> int:
    """The pk up to which all that the session reads from here on is there."""
    return session.scalar(select(Reached())) or 0
