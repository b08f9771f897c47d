"""Imports are begun, tried, started and taken back. The worker does what they ask for."""

from sqlalchemy import delete

from portal.imports.models import BUSY, DONE, NEW, RUNNING, TRIED, UNDOING, WAITING, ImportReject, ImportRun
from portal.imports.policy import May
from portal.imports.registry import Plan
from portal.kernel import outbox
from portal.kernel.actions import action
from portal.kernel.actor import Actor
from portal.kernel.errors import Invalid
from portal.kernel.outbox import Task
from portal.kernel.words import gettext as _
from portal.people.models import Person

TOPIC = "imports"


@action(May.IMPORT)
def begin_import(actor: Actor, *, kind: str, name: str, sha256: str = "", size: int = 0, by: Person | None = None) -> ImportRun:
    """A file that is to be imported; nothing of it is read yet. `by` is in whose name, where the operator's shell does it."""
    run = ImportRun(kind=kind, name=name[:255], sha256=sha256, size=size, by_pk=(by or actor.person).pk, state=NEW)
    actor.session.add(run)
    actor.session.flush()
    return run


@action(May.RUN_IMPORT)
def plan_import(actor: Actor, run: ImportRun, *, plan: Plan, dry: bool) -> ImportRun:
    """From the first row on, by this plan; a trial's counts and refusals are forgotten. Raises Invalid for a run that is on or done."""
    if run.state in (*BUSY, DONE, UNDOING):
        raise Invalid(("", _("This import is on its way, or was done.")))
    run.columns = {"columns": plan.columns, "fixed": plan.fixed}
    run.options, run.dry = dict(plan.options), dry
    run.position, run.counts, run.beside, run.error = 0, {}, {}, ""
    run.started_at = run.ended_at = None
    actor.session.execute(delete(ImportReject).where(ImportReject.run_pk == run.pk))
    run.state = WAITING
    return run


@action(May.RUN_IMPORT)
def start_import(actor: Actor, run: ImportRun) -> None:
    """Have the worker carry out what was planned."""
    outbox.enqueue(actor.session, TOPIC, Task(run.id, {"run": run.pk}))


@action(May.RUN_IMPORT)
def undo_import(actor: Actor, run: ImportRun, *, here: bool = False) -> None:
    """Have what it made taken back by the worker, or `here` by who calls. Raises Invalid for what has made nothing."""
    if run.state == RUNNING or run.state not in (DONE, "failed"):
        raise Invalid(("", _("Only an import that is done can be taken back.")))
    run.state, run.left = UNDOING, []
    if not here:
        outbox.enqueue(actor.session, TOPIC, Task(run.id, {"run": run.pk}))


def may_start(run: ImportRun) -> bool:
    return run.state in (NEW, TRIED, "failed")
