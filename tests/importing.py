"""What tests of imports share: a file is written, read in as a command would do it, and the run is given back."""

import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import select

from portal.imports import actions, mapping, running
from portal.imports.models import ImportReject, ImportRun
from portal.imports.registry import IMPORTERS, Plan, Source
from portal.kernel.actor import the_system
from portal.kernel.errors import Invalid
from portal.kernel.house import House
from portal.people.models import Person
from tests.cast import World

Bring = Callable[..., ImportRun]


def bringing(house: House, world: World, folder: Path) -> Bring:
    """`bring("accounts", "name\\nCalder\\n", unknown_owner="importer")`: text, bytes or a path; `plan` says which column is what."""

    def bring(kind: str, what: Any, *, by: str = "ada", dry: bool = False, plan: Plan | None = None, **options: str) -> ImportRun:
        path = what if isinstance(what, Path) else folder / f"{kind}.in"
        if not isinstance(what, Path):
            path.write_bytes(what.encode() if isinstance(what, str) else what)
        source, importer, told = Source(path.name, lambda: path.open("rb"), path), IMPORTERS[kind], plan or Plan()
        told = Plan(told.columns, {each.name: each.default for each in importer.options} | told.options | options, told.fixed)
        if importer.is_table:
            told = mapping.ready(importer, mapping.samples(source)[0], told)
        with house.db.writing() as session:
            run = actions.begin_import(the_system(session), kind=kind, name=path.name, by=session.get(Person, world.pks[by]))
            actions.plan_import(the_system(session), run, plan=told, dry=dry)
        with contextlib.suppress(Invalid):  # the run says why
            running.carry_out(house, run.pk, source)
        return again(house, run)

    return bring


def again(house: House, run: ImportRun) -> ImportRun:
    with house.db.reading() as session:
        return session.get_one(ImportRun, run.pk)


def undo(house: House, run: ImportRun) -> ImportRun:
    with house.db.writing() as session:
        actions.undo_import(the_system(session), session.get_one(ImportRun, run.pk), here=True)
    running.take_back(house, run.pk)
    return again(house, run)


def reasons(house: House, run: ImportRun) -> list[str]:
    with house.db.reading() as session:
        return list(session.scalars(select(ImportReject.reason).where(ImportReject.run_pk == run.pk).order_by(ImportReject.pk)))


def counts(run: ImportRun) -> tuple[int, int, int, int]:
    """made, changed, unchanged, rejected; together they are what was read."""
    told = tuple(run.count(name) for name in ("made", "changed", "unchanged", "rejected"))
    assert sum(told) == run.position
    return told  # type: ignore[return-value]
