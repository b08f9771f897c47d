"""/me and /people."""

from typing import Any

from flask import Response
from sqlalchemy.orm import joinedload

from portal.kernel.actor import Actor
from portal.kernel.errors import Invalid
from portal.kernel.policy import allowed
from portal.kernel.words import gettext as _
from portal.people import actions, queries, shapes
from portal.people.models import Person
from portal.people.policy import May
from portal.people.schemas import NewStaff, StaffChange
from portal.people.shapes import ColleagueJson, MeJson, OneselfJson, PersonJson
from portal.web.api import answer, body, listed, resource
from portal.web.described import described
from portal.web.endpoint import guarded, own
from portal.web.render import SHARED

api = resource("people", "Oneself and the staff")


@api.get("/me")
@described("Who is asking", gives=MeJson)
@own("who is asking")
def me(actor: Actor) -> Response:
    unread = {"notifications": SHARED["inbox_count"](actor)}
    return answer({"person": shapes.oneself(actor.person), "roles": actor.person.roles, "unread": unread})


@api.get("/people")
@described("The vendor's staff, by name", lists=ColleagueJson)
@guarded(May.SEE_DIRECTORY)
def list_people(actor: Actor) -> Response:
    staff = allowed(actor, May.READ_STAFF).where(Person.is_staff.is_(True)).options(joinedload(Person.manager))
    return listed(actor, staff, [Person.name, Person.pk], lambda rows: [shapes.colleague(row) for row in rows])


@api.post("/people")
@described("Add a colleague", takes=NewStaff, makes=ColleagueJson)
@guarded(May.MANAGE_PEOPLE, scope="admin")
def add_person(actor: Actor) -> Response:
    told = body(NewStaff)
    manager = queries.staff_of_id(actor, told.manager)
    made = actions.add_staff(actor, email=told.email, name=told.name, title=told.title, roles=list(told.roles), manager=manager)
    return answer(shapes.colleague(made), 201)


@api.get("/people/<ref:person>")
@described("One of the staff, or oneself", gives=ColleagueJson | OneselfJson)
@guarded(person=May.READ_STAFF)
def show_person(actor: Actor, person: Person) -> Response:
    return answer(shapes.colleague(person) if person.is_staff else shapes.oneself(person))


@api.patch("/people/<ref:person>")
@described("Change a colleague", takes=StaffChange, gives=ColleagueJson)
@guarded(person=May.MANAGE_PERSON, scope="admin")
def change_person(actor: Actor, person: Person) -> Response:
    fields: dict[str, Any] = body(StaffChange).model_dump(exclude_unset=True)
    if "manager" in fields:
        fields["manager"] = queries.staff_of_id(actor, fields["manager"])
    if empty := [name for name, value in fields.items() if value is None and name != "manager"]:
        raise Invalid(*((name, _("Write something here.")) for name in empty))
    actions.change_staff(actor, person=person, **fields)
    actor.session.flush()
    actor.session.refresh(person)
    return answer(shapes.colleague(person))


@api.post("/people/<ref:person>/suspend")
@described("End somebody's access at once", gives=ColleagueJson | PersonJson)
@guarded(person=May.SUSPEND_PERSON)
def suspend(actor: Actor, person: Person) -> Response:
    actions.suspend_person(actor, person)
    return answer(_shown(person))


@api.post("/people/<ref:person>/restore")
@described("Give somebody their access back", gives=ColleagueJson | PersonJson)
@guarded(person=May.SUSPEND_PERSON)
def restore(actor: Actor, person: Person) -> Response:
    actions.restore_person(actor, person)
    return answer(_shown(person))


def _shown(person: Person) -> ColleagueJson | PersonJson:
    return shapes.colleague(person) if person.is_staff else shapes.person(person)
