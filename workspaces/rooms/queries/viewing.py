"""What somebody of the team sees who looks as a client: what the client would see, and never more than they may see themselves."""

from sqlalchemy import select

from portal.kernel.actor import Actor
from portal.kernel.audiences import Audience, held_pks
from portal.kernel.ids import is_id
from portal.kernel.policy import allowed
from portal.people.models import Person
from workspaces.rooms.models import Workspace
from workspaces.rooms.policy import May
from workspaces.rooms.queries.people import members

NOBODY = -1  # the key of who is not there: nothing of anybody's own, no draft, no mark, is shown or touched


def clients(actor: Actor, workspace: Workspace) -> list[Person]:
    """As whom one can look."""
    return list(actor.session.scalars(members(workspace).where(Person.is_staff.is_(False)).order_by(Person.name, Person.pk)))


def client_named(actor: Actor, workspace: Workspace, id: str) -> Person | None:
    """The client of this id among the members."""
    mine = members(workspace).where(Person.is_staff.is_(False), Person.id == id)
    found: Person | None = actor.session.scalar(mine) if is_id(id) else None
    return found


def through_eyes_of(actor: Actor, workspace_id: str, person_id: str, name: str) -> Actor | None:
    """The actor by whose eyes the workspace is shown; None where the look may not be had, or the client is no member any more."""
    workspace = actor.session.scalar(allowed(actor, May.VIEW_AS).where(Workspace.id == workspace_id))
    if workspace is None:
        return None
    person = client_named(actor, workspace, person_id) if person_id else None
    if person_id and person is None:
        return None
    session = actor.session
    theirs = held_pks(Actor(session, person)) if person is not None else frozenset(session.scalars(_of_everyone(workspace)))
    stand_in = Person(
        pk=NOBODY,
        id=person.id if person is not None else workspace.id,
        name=person.name if person is not None else name,
        email="",
        title=person.title if person is not None else "",
        account_pk=person.account_pk if person is not None else None,
        is_staff=False,
        is_rep=False,
        is_manager=False,
        is_admin=False,
        imported=False,
        keys=False,
        timezone=actor.person.timezone,
        language=actor.person.language,
        theme=actor.person.theme,
    )
    return Actor(session, stand_in, holds=theirs & held_pks(actor), viewer=actor.person)


def _of_everyone(workspace: Workspace):  # type: ignore[no-untyped-def]
    whole = Audience.kind == "workspace", Audience.subject_pk == workspace.pk, Audience.staff_only.is_(False)
    return select(Audience.pk).where(*whole)
