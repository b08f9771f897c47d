"""/workspaces/{id}/members"""

from flask import Response
from sqlalchemy import select

from portal.kernel.actor import Actor
from portal.kernel.history import current
from portal.people.models import Person
from portal.web.api import answer, body, listed
from portal.web.described import described
from portal.web.endpoint import guarded
from workspaces.rooms import actions
from workspaces.rooms.api.resource import api
from workspaces.rooms.consent import seen
from workspaces.rooms.models import Membership, Workspace
from workspaces.rooms.policy import May
from workspaces.rooms.queries import people
from workspaces.rooms.schemas import BeingSeen, MemberChange, Pausing
from workspaces.rooms.shapes import MemberJson, PauseJson, member_json, pause_json


@api.get("/workspaces/<workspace>/members")
@described("Who is in it, by name; in a community clients see of other companies those who agreed to be seen", lists=MemberJson)
@guarded(workspace=May.SEE_PEOPLE)
def list_members(actor: Actor, workspace: Workspace) -> Response:
    here = select(Membership.person_pk).where(Membership.workspace_pk == workspace.pk, current(Membership))
    found = select(Person).where(Person.pk.in_(here), Person.suspended_at.is_(None), seen(actor, Person.pk, workspace.pk))
    return listed(actor, found, [Person.name, Person.pk], lambda rows: shown(actor, workspace, rows))


@api.get("/workspaces/<workspace>/members/<person>")
@described("One of the members", gives=MemberJson)
@guarded(workspace=May.SEE_PEOPLE)
def show_member(actor: Actor, workspace: Workspace, person: str) -> Response:
    return answer(shown(actor, workspace, [people.member(actor, workspace, person)])[0])


@api.put("/workspaces/<workspace>/seen")
@described("Say whether people of other companies see one in a community", takes=BeingSeen, gives=MemberJson)
@guarded(workspace=May.BE_SEEN)
def let_be_seen(actor: Actor, workspace: Workspace) -> Response:
    actions.let_be_seen(actor, workspace, shown=body(BeingSeen).shown)
    return answer(shown(actor, workspace, [actor.person])[0])


@api.patch("/workspaces/<workspace>/members/<person>")
@described("Change a member's role, groups, and when the membership ends", takes=MemberChange, gives=MemberJson)
@guarded(workspace=May.RUN_WORKSPACE)
def change_member(actor: Actor, workspace: Workspace, person: str) -> Response:
    someone = people.member(actor, workspace, person)
    asked = body(MemberChange)
    if asked.role is not None:
        actions.change_role(actor, workspace, person=someone, role=asked.role)
    if asked.groups is not None:
        actions.set_groups(actor, workspace, person=someone, groups=people.groups_of_ids(actor, workspace, asked.groups))
    if "ends_at" in asked.model_fields_set:
        actions.set_end(actor, workspace, person=someone, ends_at=asked.ends_at)
    return answer(shown(actor, workspace, [someone])[0])


@api.delete("/workspaces/<workspace>/members/<person>")
@described("End a membership")
@guarded(workspace=May.SEE_PEOPLE)
def remove_member(actor: Actor, workspace: Workspace, person: str) -> Response:
    """By those who run the workspace; oneself by anybody."""
    someone = people.member(actor, workspace, person)
    if someone.pk == actor.pk:
        actions.leave_workspace(actor, workspace)
    else:
        actions.remove_member(actor, workspace, person=someone)
    return Response(status=204)


@api.put("/workspaces/<workspace>/members/<person>/pause")
@described("Have a client read and not write until a day; they read why", takes=Pausing, gives=PauseJson)
@guarded(workspace=May.MODERATE)
def pause_member(actor: Actor, workspace: Workspace, person: str) -> Response:
    someone = people.member(actor, workspace, person)
    asked = body(Pausing)
    return answer(pause_json(actions.pause_person(actor, workspace, person=someone, until=asked.until, reason=asked.reason)))


@api.delete("/workspaces/<workspace>/members/<person>/pause")
@described("Let them write again")
@guarded(workspace=May.MODERATE)
def end_pause(actor: Actor, workspace: Workspace, person: str) -> Response:
    actions.end_pause(actor, workspace, person=people.member(actor, workspace, person))
    return Response(status=204)


def shown(actor: Actor, workspace: Workspace, rows: list[Person]) -> list[MemberJson]:
    """These members, with the groups of theirs that the caller may know of."""
    memberships = people.memberships(actor, workspace, rows)
    seen = people.visits(actor, workspace, rows)
    groups = people.groups(actor, workspace)
    inside = {group_pk: {each.pk for each in members} for group_pk, members in people.in_groups(actor, groups).items()}
    return [
        member_json(
            memberships[person.pk],
            groups=[group for group in groups if person.pk in inside[group.pk]],
            seen=seen.get(person.pk),
            email=actor.is_staff or person.pk == actor.pk,
        )
        for person in rows
        if person.pk in memberships
    ]
