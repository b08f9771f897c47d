"""Seal events by ids: a chain of hashes holds in another installation too, where inner keys differ.

Each chain is checked as it was sealed before it is sealed anew. What did not hold before does not hold afterwards: a seal, a link
or a head that was found broken is left broken, so that `mainstay verify` goes on naming it.
"""

import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

GENESIS = "0" * 64
STEP = 1000  # events in memory

event = sa.table(
    "event",
    *(sa.column(name) for name in ("pk", "id", "kind", "actor_pk", "account_pk", "workspace_pk", "subject_kind", "subject_id")),
    *(sa.column(name) for name in ("facts_digest", "words_digest", "chain", "seq", "previous", "hash")),
    *(sa.column(name, sa.DateTime(timezone=True)) for name in ("at", "recorded_at")),
)
chain = sa.table("chain", sa.column("name"), sa.column("seq"), sa.column("hash"))
NAMED = {name: sa.table(name, sa.column("pk"), sa.column("id")) for name in ("person", "account", "workspace")}


def upgrade() -> None:
    reseal(before=_keys, after=_ids)


def downgrade() -> None:
    reseal(before=_ids, after=_keys)


def reseal(before: Any, after: Any) -> None:
    bind = op.get_bind()
    heads = {name: (seq, hash) for name, seq, hash in bind.execute(sa.select(chain))}
    name, old, new, last = "", GENESIS, GENESIS, 0
    for rows in _pages(bind):
        changed = []
        for row in rows:
            if row.chain != name:
                name, old, new, last = row.chain, GENESIS, GENESIS, 0
            linked = row.seq == last + 1 and row.previous == old
            previous = new if linked else row.previous
            holds = row.hash == _sealed(row, row.previous, before(row))
            hash = _sealed(row, previous, after(row)) if holds else row.hash
            changed.append({"at_pk": row.pk, "to_previous": previous, "to_hash": hash})
            if heads.get(name) == (row.seq, row.hash):
                bind.execute(chain.update().where(chain.c.name == name).values(hash=hash))
            old, new, last = row.hash, hash, row.seq
        told = event.update().where(event.c.pk == sa.bindparam("at_pk"))
        bind.execute(told.values(previous=sa.bindparam("to_previous"), hash=sa.bindparam("to_hash")), changed)


def _pages(bind: sa.Connection) -> Iterator[list[Any]]:
    """All events by chain and number, some at a time: a cursor would not outlive the changes."""
    found = sa.select(event, *(table.c.id.label(f"{name}_id") for name, table in NAMED.items())).order_by(event.c.chain, event.c.seq)
    for column, table in zip((event.c.actor_pk, event.c.account_pk, event.c.workspace_pk), NAMED.values(), strict=True):
        found = found.outerjoin(table, table.c.pk == column)
    after = found
    while rows := list(bind.execute(after.limit(STEP))):
        yield rows
        last = rows[-1]
        after = found.where(sa.or_(event.c.chain > last.chain, sa.and_(event.c.chain == last.chain, event.c.seq > last.seq)))


def _keys(row: Any) -> list[Any]:
    return [row.actor_pk, row.account_pk, row.workspace_pk]


def _ids(row: Any) -> list[Any]:
    return [row.person_id, row.account_id, row.workspace_id]


def _sealed(row: Any, previous: str, named: list[Any]) -> str:
    parts = [previous, row.chain, row.seq, row.id, row.kind, _told(row.at), _told(row.recorded_at), *named]
    parts += [row.subject_kind, row.subject_id, row.facts_digest, row.words_digest]
    return hashlib.sha256(json.dumps(parts, separators=(",", ":"), ensure_ascii=False).encode()).hexdigest()


def _told(moment: datetime) -> str:
    moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    return moment.isoformat(timespec="microseconds").replace("+00:00", "Z")
