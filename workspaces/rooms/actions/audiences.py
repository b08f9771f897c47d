"""Whom a place is for, changed. What was written stays under its audience; that audience's definition changes, or with
*from now on* the place has another one for what comes.

Between the team's own and what clients may hold nothing is redefined: whatever else stands under the team's audience, a report, a team
note, must not turn public with it. There the place has new audiences, and what may follow is stamped anew, as if it were moved.
"""

from collections.abc import Callable
from typing import Any

from sqlalchemy import select

from portal.kernel.actor import Actor
from portal.kernel.audiences import Audience, people_in
from portal.kernel.bus import announce
from portal.kernel.errors import Invalid
from portal.kernel.words import gettext as _
from portal.kernel.words import later
from workspaces.rooms.actions.meeting import refuse_among
from workspaces.rooms.actions.workspaces import place_audiences
from workspaces.rooms.models import Group, Workspace
from workspaces.rooms.queries.readers import Difference, difference

WantedAudience = str | Group  # 'everyone', 'staff', or a group of the workspace


def set_audience(
    actor: Actor, place: Any, workspace: Workspace, wanted: WantedAudience, *, from_now_on: bool, restamp: Callable[[int], object]
) -> Difference | None:
    """Have a place be for others, for the actions that have found this to be right; None where it is for them already.

    `restamp(old audience pk)` brings what was written under it under the place's new audiences. Raises Invalid where the actor would
    not see the place any more.
    """
    session = actor.session
    meant = place.open_audience
    if _definition(workspace, wanted) == (meant.kind, meant.subject_pk, meant.staff_only):
        return None
    old, before = place.open_audience_pk, people_in(session, place.open_audience_pk)
    crosses = meant.staff_only != (wanted == "staff")
    if from_now_on or crosses:
        shared, team = place_audiences(actor, workspace, wanted)
        place.open_audience_pk, place.team_audience_pk = shared.pk, team.pk
        session.flush()
        session.expire(place, ["open_audience"])
        if not from_now_on:
            restamp(old)
    else:
        _redefine(actor, place, workspace, wanted)
    after = people_in(session, place.open_audience_pk)
    if actor.person and actor.pk not in after:
        raise Invalid(("audience", _("You would not see this any more yourself. Put yourself into the group first.")))
    refuse_among(actor, after, field="audience")
    told = difference(actor, workspace, before, after, [old if from_now_on or not crosses else place.open_audience_pk])
    announce(session, {"access": sorted(before | after)})
    return told


def for_whom(wanted: WantedAudience) -> dict[str, str]:
    """Whom a place is for, as facts of an event whose sentence says `now`."""
    if isinstance(wanted, Group):
        return {"now": later("the group “%(group)s”"), "group": wanted.name}
    return {"now": later("the team alone") if wanted == "staff" else later("everyone in the workspace")}


def of_group(actor: Actor, group: Group) -> list[int]:
    """The audiences that are for a group, open and team; empty while no place is for it."""
    theirs = select(Audience.pk).where(Audience.kind == "group", Audience.subject_pk == group.pk)
    return list(actor.session.scalars(theirs.order_by(Audience.pk)))


def _redefine(actor: Actor, place: Any, workspace: Workspace, wanted: WantedAudience) -> None:
    kind, subject_pk, _staff_only = _definition(workspace, wanted)
    for pk in {place.open_audience_pk, place.team_audience_pk}:
        audience = actor.session.get_one(Audience, pk)
        audience.kind, audience.subject_pk = kind, subject_pk
    actor.session.flush()


def _definition(workspace: Workspace, wanted: WantedAudience) -> tuple[str, int, bool]:
    return ("group", wanted.pk, False) if isinstance(wanted, Group) else ("workspace", workspace.pk, wanted == "staff")
