"""Writing much at once: rows, their events and their outbox rows together, in one transaction, with few statements.

For what comes from elsewhere (imports) and was news long ago: nobody is told, no live event goes out; of the consumers only those
that want `history` hear of it. It is the only other way to write content beside actions: `record` is owed here too, or the commit is
refused.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import insert, select

from portal.kernel import horizon, outbox
from portal.kernel.actor import Actor
from portal.kernel.content import Content, Unrecorded, note_recorded
from portal.kernel.events import GENESIS, HISTORY, Chain, Event, EventKind, chain_of, linked
from portal.kernel.ids import new_id

Rows = TypeVar("Rows", bound=Sequence[Any])


@dataclass
class Pending:
    """An event that has its name but not yet its place in the chain."""

    id: str
    actor: Actor
    of: EventKind
    subject: Any
    account: Any
    more: dict[str, Any]


class Bulk:
    """One batch within the actor's write transaction; `settle()` before it is committed. Actions that are called meanwhile tell
    nobody either."""

    def __init__(self, actor: Actor) -> None:
        self.actor, self.session = actor, actor.session
        self.session.info[HISTORY] = True
        self._pending: list[Pending] = []

    def add(self, rows: Rows) -> Rows:
        """New rows, with their pks from here on. Rows that need each other's pks come in the order of the need."""
        self.session.add_all(rows)
        self.session.flush()
        return rows

    def insert(self, model: Any, values: Iterable[dict[str, Any]]) -> None:
        """New rows that nobody needs back. Raises Unrecorded for content, whose rows must be seen by the guard."""
        if issubclass(model, Content):
            raise Unrecorded(f"{model.__name__} is content: add it, and record it")
        if rows := list(values):
            self.session.execute(insert(model), rows)

    def record(
        self,
        of: EventKind,
        subject: Any,
        *,
        audience_pk: int,
        account: Any = None,
        workspace_pk: int | None = None,
        facts: dict[str, Any] | None = None,
        words: str | None = None,
        at: datetime | None = None,
        by: Actor | None = None,
    ) -> str:
        """The event of a row of this batch, as portal.kernel.events.record; its id. `by` is who did it, where that is not the actor."""
        more = {"audience_pk": audience_pk, "workspace_pk": workspace_pk, "facts": facts, "words": words, "at": at}
        made = Pending(new_id(), by or self.actor, of, subject, account, more)
        self._pending.append(made)
        return made.id

    def settle(self) -> int:
        """Write the events in the order in which they were recorded, each on its chain, and what consumers want; how many they were."""
        self.session.flush()
        horizon.mark(self.session)
        heads = self._heads({chain_of(each.account) for each in self._pending})
        events = [self._event(heads[chain_of(each.account)], each) for each in self._pending]
        self.session.add_all(events)
        self.session.flush()
        for event in events:
            outbox.enqueue_event(self.session, event, history=True)
        self.session.flush()
        self._pending.clear()
        return len(events)

    def _event(self, head: Chain, told: Pending) -> Event:
        event = linked(head, told.actor, told.of, told.subject, account=told.account, **told.more, id=told.id)
        note_recorded(self.session, told.subject)
        return event

    def _heads(self, names: set[str]) -> dict[str, Chain]:
        """The heads of these chains, locked until the commit in one order, so that two batches never wait for each other."""
        found = select(Chain).where(Chain.name.in_(names)).order_by(Chain.name).with_for_update()
        heads = {head.name: head for head in self.session.scalars(found.execution_options(populate_existing=True))}
        missing = [Chain(name=name, seq=0, hash=GENESIS) for name in sorted(names - heads.keys())]
        self.session.add_all(missing)
        self.session.flush()
        return heads | {head.name: head for head in missing}
