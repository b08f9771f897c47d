"""Who may place what is on the shelf, and who sees that something comes from there: never a client."""

from typing import Any

from sqlalchemy import Select, and_, exists, select

from portal.kernel.actor import Actor
from portal.kernel.audiences import Audience, branch
from portal.kernel.policy import Condition, Verbs, rule
from portal.people.models import Person
from workspaces.library.models import File, Folder
from workspaces.library.policy import add_file, add_version, read_file
from workspaces.rooms.models import SHELF, Workspace
from workspaces.shelf.models import Placement

_the_shelf = select(Workspace.pk).where(Workspace.kind == SHELF)


class May(Verbs):
    """Verbs of the shelf. What is on it is read, added and changed by the verbs of the library."""

    USE_SHELF = "Come to the shelf of master documents, and open it the first time: staff"
    PLACE_MASTER = "Place a document of the shelf in workspaces, see where it is placed: staff"
    PLACE_IN = "Place something from the shelf in a folder: staff who may add files there"
    READ_PLACEMENT = "See that a file comes from the shelf: staff who may read the file"
    CHANGE_PLACEMENT = (
        "Take a newer version from the shelf or keep one's own, have it follow or ask: staff who may add versions of the file"
    )


@branch(SHELF)
def _all_staff() -> Select[Any, Any]:
    """What is on the shelf is for all staff, and never for a client."""
    staff = and_(Person.is_staff.is_(True), Person.suspended_at.is_(None))
    return select(Audience.pk, Person.pk).join(Person, staff).where(Audience.kind == SHELF)


@rule(May.USE_SHELF)
def use_shelf(actor: Actor) -> bool:
    return actor.is_staff


@rule(May.PLACE_MASTER, File)
def place_master(actor: Actor) -> Condition | bool:
    return and_(File.workspace_pk.in_(_the_shelf), read_file(actor)) if actor.is_staff else False


@rule(May.PLACE_IN, Folder, refusal="You can read here, but not add files.")
def place_in(actor: Actor) -> Condition | bool:
    return and_(Folder.workspace_pk.not_in(_the_shelf), add_file(actor)) if actor.is_staff else False


@rule(May.READ_PLACEMENT, Placement, reads=True)
def read_placement(actor: Actor) -> Condition | bool:
    return exists().where(File.pk == Placement.file_pk, read_file(actor)).correlate(Placement) if actor.is_staff else False


@rule(May.CHANGE_PLACEMENT, Placement, refusal="You can read here, but not add files.")
def change_placement(actor: Actor) -> Condition | bool:
    return exists().where(File.pk == Placement.file_pk, add_version(actor)).correlate(Placement) if actor.is_staff else False
