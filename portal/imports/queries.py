"""What pages and commands ask about imports."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from portal.imports.models import ImportedThing, ImportReject, ImportRun
from portal.imports.policy import May
from portal.kernel.actor import Actor
from portal.kernel.policy import allowed

SHOWN, LISTED = 20, 100


def runs(actor: Actor) -> list[ImportRun]:
    """The imports, the newest first."""
    found = allowed(actor, May.READ_IMPORT).options(joinedload(ImportRun.by)).order_by(ImportRun.pk.desc()).limit(LISTED)
    return list(actor.session.scalars(found))


def run_of(session: Session, pk: int) -> ImportRun:
    """The run that a command has just carried out."""
    return session.get_one(ImportRun, pk)


def first_rejects(actor: Actor, run: ImportRun) -> list[ImportReject]:
    """The first few rows that were refused."""
    found = select(ImportReject).where(ImportReject.run_pk == run.pk).order_by(ImportReject.pk).limit(SHOWN)
    return list(actor.session.scalars(found))


def reasons(actor: Actor, run: ImportRun) -> list[tuple[str, int]]:
    """Why rows were refused, the commonest first; at most ten reasons."""
    count = func.count()
    found = select(ImportReject.reason, count).where(ImportReject.run_pk == run.pk).group_by(ImportReject.reason)
    return [(reason, number) for reason, number in actor.session.execute(found.order_by(count.desc(), ImportReject.reason).limit(10))]


def to_take_back(actor: Actor, run: ImportRun) -> int:
    """How many things an undo would look at."""
    return actor.session.scalar(select(func.count(ImportedThing.pk)).where(ImportedThing.run_pk == run.pk)) or 0
