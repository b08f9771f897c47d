"""Who may import: admins. What they bring in they need not be able to read."""

from portal.imports.models import ImportRun
from portal.kernel.actor import Actor
from portal.kernel.policy import Verbs, rule


class May(Verbs):
    """Verbs of imports."""

    IMPORT = "Bring in what other systems have written: admins"
    READ_IMPORT = "See an import, its counts and the rows it refused: admins"
    RUN_IMPORT = "Start an import that is ready, or take back what it made: admins"


@rule(May.IMPORT, refusal="Only an admin can import.")
def bring_in(actor: Actor) -> bool:
    return actor.is_admin


@rule(May.READ_IMPORT, ImportRun, reads=True)
def read_import(actor: Actor) -> bool:
    return actor.is_admin


@rule(May.RUN_IMPORT, ImportRun)
def run_import(actor: Actor) -> bool:
    return actor.is_admin
