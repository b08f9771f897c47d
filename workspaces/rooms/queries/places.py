"""Places of a workspace, forums and folders: whom each is for, and whom a new one is to be for."""

from collections.abc import Iterable

from sqlalchemy import select

from portal.kernel.actor import Actor
from portal.kernel.errors import Invalid
from portal.kernel.ids import is_id
from portal.kernel.policy import allowed
from portal.kernel.words import gettext as _
from workspaces.rooms.models import Group, Place, Workspace
from workspaces.rooms.policy import May
from workspaces.rooms.schemas import OfGroup


def groups_meant(actor: Actor, places: Iterable[Place]) -> dict[int, Group]:
    """The groups that these places are for, by pk, in one query: who sees a place may know whom it is for."""
    pks = {place.open_audience.subject_pk for place in places if place.open_audience.kind == "group"}
    return {group.pk: group for group in actor.session.scalars(select(Group).where(Group.pk.in_(pks)))} if pks else {}


def audience_chosen(actor: Actor, workspace: Workspace, told: str | OfGroup) -> str | Group:
    """Whom a new place is for: 'everyone', 'staff', or the group of an id. Raises Invalid at the field 'audience'."""
    if isinstance(told, str) and told in ("everyone", "staff"):
        return told
    id = told if isinstance(told, str) else told.group
    of_workspace = allowed(actor, May.READ_GROUP).where(Group.workspace_pk == workspace.pk, Group.id == id)
    found: Group | None = actor.session.scalar(of_workspace) if is_id(id) else None
    if found is None:
        raise Invalid(("audience", _("There is no such group here.")))
    return found


def audience_choices(actor: Actor, workspace: Workspace, vendor: str) -> list[tuple[str, str]]:
    """Whom a place of this workspace can be for, as a form offers it."""
    groups = actor.session.scalars(allowed(actor, May.READ_GROUP).where(Group.workspace_pk == workspace.pk).order_by(Group.name, Group.pk))
    whole = [("everyone", _("Everyone in this workspace")), ("staff", _("Only the team of %(vendor)s", vendor=vendor))]
    return whole + [(group.id, _("The group %(group)s", group=group.name)) for group in groups]


def audience_now(actor: Actor, place: Place) -> str:
    """Which of those it is for."""
    meant = place.open_audience
    if meant.kind == "group":
        return groups_meant(actor, [place])[meant.subject_pk].id
    return "staff" if meant.staff_only else "everyone"
