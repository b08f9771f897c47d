"""Forums of a workspace, and whom each is for, in words."""

from typing import Any

from sqlalchemy import Select, func
from sqlalchemy.orm import joinedload

from portal.kernel.actor import Actor
from portal.kernel.errors import Invalid, Refused
from portal.kernel.policy import allowed, fetch
from portal.kernel.prepared import prepared
from portal.kernel.words import gettext as _
from workspaces.forums.models import Forum, Topic
from workspaces.forums.policy import May
from workspaces.rooms.models import Group, Workspace
from workspaces.rooms.queries.places import groups_meant


def forums_of(actor: Actor, workspace: Workspace) -> list[Forum]:
    """The forums the reader may see, in the workspace's order."""
    return list(_in_order(actor, May.READ_FORUM, workspace=workspace.pk).scalars())


def startable(actor: Actor, workspace: Workspace) -> list[Forum]:
    """The forums in which they may start a discussion."""
    return list(_in_order(actor, May.START_TOPIC, workspace=workspace.pk).scalars())


@prepared
def _in_order(actor: Actor, verb: May, *, workspace: Any) -> Select[Any]:
    found = allowed(actor, verb).where(Forum.workspace_pk == workspace).options(joinedload(Forum.open_audience))
    return found.order_by(Forum.position, Forum.pk)


def audience_words(actor: Actor, forums: list[Forum], company: str | None, vendor: str) -> dict[int, str]:
    """forum pk -> who sees what is written there, in words; one query for the groups of all."""
    groups = groups_meant(actor, forums)
    return {forum.pk: _words(forum, groups, company, vendor) for forum in forums}


def topic_counts(actor: Actor, workspace: Workspace) -> dict[int, int]:
    """forum pk -> how many discussions in it the reader may see."""
    found = allowed(actor, May.READ_TOPIC).where(Topic.workspace_pk == workspace.pk).group_by(Topic.forum_pk)
    return dict(actor.session.execute(found.with_only_columns(Topic.forum_pk, func.count())).all())


def forum_named(actor: Actor, workspace: Workspace, id: str, verb: May = May.START_TOPIC) -> Forum:
    """The forum of an id typed or chosen, or Invalid at the field 'forum'."""
    try:
        found: Forum = fetch(actor, verb, id)
    except Refused:
        found = None  # type: ignore[assignment]
    if found is None or found.workspace_pk != workspace.pk:
        raise Invalid(("forum", _("Choose a forum in which you may write.")))
    return found


def _words(forum: Forum, groups: dict[int, Group], company: str | None, vendor: str) -> str:
    if forum.for_team:
        return _("Only the team of %(vendor)s", vendor=vendor)
    if forum.open_audience.kind == "group":
        return _("The group %(group)s and the team of %(vendor)s", group=groups[forum.open_audience.subject_pk].name, vendor=vendor)
    if company:
        return _("Everyone from %(company)s and %(vendor)s here", company=company, vendor=vendor)
    return _("Everyone in this workspace")
