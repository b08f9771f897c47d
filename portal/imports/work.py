"""One batch of an import on its way in: what importers write with, and where each row's outcome is kept."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select

from portal.imports.models import CHANGED, MADE, REJECTED, UNCHANGED, ExternalKey, ImportRun
from portal.imports.registry import Plan, Row
from portal.kernel.actor import Actor
from portal.kernel.bulk import Bulk
from portal.kernel.errors import Invalid
from portal.kernel.house import House

KEY = 200  # characters of an external key


class Work:
    """A batch within one transaction. `actor` is the importer with the system's rights: an admin imports what they may not read.

    `would` holds the keys of what a trial would have made in the batches before, which are taken back one by one.
    """

    def __init__(self, house: House, actor: Actor, run: ImportRun, plan: Plan, would: set[str]) -> None:
        self.house, self.actor, self.session, self.run, self.plan = house, actor, actor.session, run, plan
        self.bulk = Bulk(actor)
        self.would = would
        self.things: list[dict[str, Any]] = []
        self.beside: dict[str, int] = {}

    # --- What comes of a row --------------------------------------------------------------------------------------------

    def made(self, row: Row, kind: str, thing: Any, *keys: str) -> None:
        """The row has made this. `keys` are what a second row of the same thing would be known by."""
        row.outcome = MADE
        self.note(kind, thing)
        self.would.update(f"{kind}:{key}" for key in keys)

    def changed(self, row: Row, kind: str, thing: Any, was: dict[str, Any], now: dict[str, Any]) -> None:
        row.outcome = CHANGED
        self._keep(kind, thing, CHANGED, was, now)

    def unchanged(self, row: Row) -> None:
        row.outcome = row.outcome or UNCHANGED

    def reject(self, row: Row, reason: str | Invalid) -> None:
        row.outcome = REJECTED
        row.reason = _spoken(reason) if isinstance(reason, Invalid) else reason

    def would_be_there(self, kind: str, *keys: str) -> bool:
        """Whether a trial has made this in a batch that was taken back."""
        return self.run.dry and any(f"{kind}:{key}" in self.would for key in keys)

    def beside_rows(self, kind: str, thing: Any) -> None:
        """Something that no row is about was made on the way."""
        self.note(kind, thing)
        self.beside[kind] = self.beside.get(kind, 0) + 1

    def note(self, kind: str, thing: Any) -> None:
        """An undo takes this back."""
        self._keep(kind, thing, MADE, {}, {})

    def _keep(self, kind: str, thing: Any, act: str, was: dict[str, Any], now: dict[str, Any]) -> None:
        self.things.append({"run_pk": self.run.pk, "kind": kind, "thing_id": thing.id, "act": act, "was": was, "now": now})

    # --- What things are called where they come from ----------------------------------------------------------------------

    def known(self, kind: str, keys: Iterable[str]) -> dict[str, str]:
        """External key -> id of the thing, of those that came before. One query."""
        asked = {key[:KEY] for key in keys if key}
        if not asked:
            return {}
        found = select(ExternalKey.key, ExternalKey.thing_id).where(ExternalKey.kind == kind, ExternalKey.key.in_(asked))
        return dict(self.session.execute(found).all())

    def remember(self, kind: str, keys: Iterable[tuple[str, str]]) -> None:
        """(external key, id of the thing) of what was made."""
        self.bulk.insert(ExternalKey, [{"kind": kind, "key": key[:KEY], "thing_id": id} for key, id in dict(keys).items() if key])


def _spoken(wrong: Invalid) -> str:
    return "; ".join(f"{field}: {words}" if field else words for field, words in wrong.errors)[:500]
