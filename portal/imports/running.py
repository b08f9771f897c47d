"""A run, batch by batch: rows are read once, each batch is one transaction together with its counts, and a run that was cut off goes on
where it stopped. The worker runs what pages ask for, a command its own."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import islice
from typing import Any

import structlog
from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from portal.imports import mapping
from portal.imports.events import IMPORTED, TAKEN_BACK
from portal.imports.models import DONE, FAILED, MADE, RUNNING, TRIED, UNDONE, ExternalKey, ImportedThing, ImportReject, ImportRun
from portal.imports.registry import IMPORTERS, Importer, Plan, Row, Source
from portal.imports.work import Work
from portal.kernel.actor import Actor
from portal.kernel.clock import now
from portal.kernel.errors import Invalid
from portal.kernel.house import House
from portal.kernel.words import gettext as _
from portal.people.actions.installation import note

UNDO_BATCH = 50
log = structlog.get_logger(__name__)
Told = Callable[[int], None]  # how many rows more


class TryingOnly(Exception):
    """Carries a trial out of its transaction, which is taken back."""


def plan_of(run: ImportRun) -> Plan:
    """The plan that a run was given."""
    told = run.columns or {}
    return Plan(dict(told.get("columns", {})), dict(run.options or {}), dict(told.get("fixed", {})))


def source_of(house: House, run: ImportRun) -> Source:
    """An uploaded file."""
    return Source(run.name, lambda: house.storage.open(run.sha256), None, run.size)


def carry_out(house: House, run_pk: int, source: Source, told: Told = lambda n: None) -> None:
    """Read the whole source into the database, or where the run is a trial, only say what would come of it. Raises Invalid where
    nothing of it can be read; then the run has failed and says why."""
    try:
        with house.db.writing() as session:
            run = session.get_one(ImportRun, run_pk)
            importer, plan, dry, done = IMPORTERS[run.kind], plan_of(run), run.dry, run.position
            run.state, run.started_at = RUNNING, run.started_at or now()
            importer.check(session, plan)
        rows = importer.arrange(importer.rows(house, source, plan) if importer.rows else mapping.rows_of(importer, source, plan), plan)
        would: set[str] = set()
        for batch in _batches(islice(rows, done, None), importer.batch):
            _batch(house, run_pk, importer, plan, batch, would)
            told(len(batch))
        with house.db.writing() as session:
            _finish(session, session.get_one(ImportRun, run_pk), TRIED if dry else DONE)
    except Invalid as wrong:
        fail(house, run_pk, wrong.words)
        raise


def fail(house: House, run_pk: int, why: str) -> None:
    with house.db.writing() as session:
        run = session.get_one(ImportRun, run_pk)
        run.state, run.error, run.ended_at = FAILED, why[:1000], now()


def take_back(house: House, run_pk: int, told: Told = lambda n: None) -> None:
    """Take back what a run made or changed and nobody has touched since, the last first; what stays is named with its reason."""
    while _take_back_some(house, run_pk, told):
        pass
    with house.db.writing() as session:
        run = session.get_one(ImportRun, run_pk)
        run.state, run.ended_at = UNDONE, now()
        note(_actor(session, run), TAKEN_BACK, run, file=run.name, left=len(run.left))


def importer_of(session: Session, run: ImportRun) -> Importer:
    return IMPORTERS[run.kind]


def _actor(session: Session, run: ImportRun) -> Actor:
    """The importer, with the system's rights."""
    return Actor(session, run.by, system=True)


def _batches(rows: Iterator[Row], size: int) -> Iterator[list[Row]]:
    while batch := list(islice(rows, size)):
        yield batch


def _batch(house: House, run_pk: int, importer: Importer, plan: Plan, batch: list[Row], would: set[str]) -> None:
    """One transaction: the rows, and what came of them. A trial writes the same, takes it back, and keeps the counts alone."""
    beside: dict[str, int] = {}
    good = [row for row in batch if not row.reason]
    with suppress(TryingOnly), house.db.writing() as session:
        run = session.get_one(ImportRun, run_pk)
        work = Work(house, _actor(session, run), run, plan, would)
        importer.write(work, good)
        work.bulk.settle()
        if run.dry:
            raise TryingOnly
        beside = work.beside
        work.bulk.insert(ImportedThing, work.things)
        _count(session, run, batch, beside)
        return
    with house.db.writing() as session:
        _count(session, session.get_one(ImportRun, run_pk), batch, {})


def _count(session: Session, run: ImportRun, batch: list[Row], beside: dict[str, int]) -> None:
    counts = dict(run.counts)
    rejects = []
    for row in batch:
        outcome = "rejected" if row.reason else row.outcome
        counts[outcome] = counts.get(outcome, 0) + 1
        if row.reason:
            rejects.append({"run_pk": run.pk, "line": row.line, "reason": row.reason[:500], "cells": [_kept(cell) for cell in row.cells]})
    run.counts = counts
    run.beside = {kind: run.beside.get(kind, 0) + beside.get(kind, 0) for kind in run.beside.keys() | beside.keys()}
    run.position += len(batch)
    if rejects:
        session.execute(insert(ImportReject), rejects)


def _kept(cell: str) -> str:
    """No database of ours takes NUL, and PostgreSQL no half of a pair."""
    return cell.replace("\0", "").encode("utf-8", "replace").decode()


def _finish(session: Session, run: ImportRun, state: str) -> None:
    run.state, run.ended_at = state, now()
    if state == DONE:
        note(_actor(session, run), IMPORTED, run, what=run.kind, file=run.name, counts=run.counts)


def _take_back_some(house: House, run_pk: int, told: Told) -> bool:
    with house.db.writing() as session:
        run = session.get_one(ImportRun, run_pk)
        mine = select(ImportedThing).where(ImportedThing.run_pk == run_pk).order_by(ImportedThing.pk.desc()).limit(UNDO_BATCH)
        things = list(session.scalars(mine))
        work = Work(house, _actor(session, run), run, plan_of(run), set())
        left = [[thing.kind, thing.thing_id, why] for thing in things if (why := _left(work, thing))]
        run.left = run.left + left
        gone = [thing.thing_id for thing in things if thing.act == MADE and not any(thing.thing_id == each[1] for each in left)]
        session.execute(delete(ExternalKey).where(ExternalKey.thing_id.in_(gone)))
        session.execute(delete(ImportedThing).where(ImportedThing.pk.in_([thing.pk for thing in things])))
        work.bulk.settle()
    told(len(things))
    return bool(things)


def _left(work: Work, thing: ImportedThing) -> str:
    for importer in IMPORTERS.values():
        if thing.kind in importer.take_back:
            return importer.take_back[thing.kind](work, thing)
    return _("Nothing here knows how to take this back.")


def things_of(session: Session, run: ImportRun) -> Any:
    """How many things an undo would look at."""
    return session.scalar(select(func.count(ImportedThing.pk)).where(ImportedThing.run_pk == run.pk)) or 0
