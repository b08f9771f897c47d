"""What the API tells of who can see something, and of what another audience would mean."""

from typing import Any

from flask import Response, request

from portal.kernel.actor import Actor
from portal.people.models import Person
from portal.web.api import answer, listed
from workspaces.rooms.models import Workspace
from workspaces.rooms.queries.readers import Difference, Reader, companies, people_meant
from workspaces.rooms.shapes import change_json, readers_json


def list_readers(actor: Actor, workspace: Workspace, audience_pk: int) -> Response:
    """Everyone whom an audience has at this moment and whom the caller sees, by name."""

    def show(people: list[Person]) -> list[Any]:
        known = companies(actor, workspace, people)
        return list(readers_json(Reader(person, known.get(person.pk)) for person in people))

    return listed(actor, people_meant(actor, workspace, audience_pk), [Person.name, Person.pk], show)


def changed(actor: Actor, shown: Any, meant: Difference | None) -> Response:
    """The thing as it is now; with ?preview=true as it would be, and nothing of it has happened."""
    if request.args.get("preview") != "true":
        return answer(shown)
    told = answer({**shown, "change": change_json(meant)})
    actor.session.rollback()
    return told
