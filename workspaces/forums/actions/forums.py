"""Forums made, described, put in order and removed."""

from sqlalchemy import func, select

from portal.kernel.actions import action
from portal.kernel.actor import Actor
from portal.kernel.clock import now
from portal.kernel.errors import Invalid
from portal.kernel.events import record
from portal.kernel.words import gettext as _
from workspaces.forums.events import FORUM_CHANGED, FORUM_MADE
from workspaces.forums.models import Forum, Topic
from workspaces.forums.policy import May
from workspaces.rooms.actions import only_account, place_audiences
from workspaces.rooms.models import Group, Workspace
from workspaces.rooms.policy import May as Rooms


@action(Rooms.RUN_WORKSPACE)
def make_forum(actor: Actor, workspace: Workspace, *, title: str, description: str = "", audience: str | Group = "everyone") -> Forum:
    """A forum for everyone, the staff, or a group. Raises Invalid where the title is taken in this workspace."""
    _refuse_taken(actor, workspace.pk, title)
    shared, team = place_audiences(actor, workspace, audience)
    last = actor.session.scalar(select(func.max(Forum.position)).where(Forum.workspace_pk == workspace.pk)) or 0
    forum = Forum(
        workspace_pk=workspace.pk,
        title=title,
        description=description,
        position=last + 1,
        open_audience_pk=shared.pk,
        team_audience_pk=team.pk,
    )
    actor.session.add(forum)
    actor.session.flush()
    record(
        actor,
        FORUM_MADE,
        forum,
        audience_pk=shared.pk,
        account=only_account(workspace),
        workspace_pk=workspace.pk,
        facts={"title": title},
    )
    return forum


@action(May.CHANGE_FORUM)
def change_forum(actor: Actor, forum: Forum, *, title: str, description: str = "") -> Forum:
    """Another title or description. Raises Invalid where the title is taken."""
    if (forum.title, forum.description) == (title, description):
        return forum
    _refuse_taken(actor, forum.workspace_pk, title, but=forum.pk)
    was, forum.title, forum.description = forum.title, title, description
    _record(actor, forum, was=was)
    return forum


@action(May.CHANGE_FORUM)
def order_forum(actor: Actor, forum: Forum, *, step: int) -> None:
    """One place up (step -1) or down (1) among its workspace's forums."""
    beside = select(Forum).where(Forum.workspace_pk == forum.workspace_pk, Forum.removed_at.is_(None))
    row = list(actor.session.scalars(beside.order_by(Forum.position, Forum.pk)))
    place = row.index(forum)
    row.insert(max(0, place + step), row.pop(place))
    for position, each in enumerate(row, 1):
        each.position = position


@action(May.CHANGE_FORUM)
def remove_forum(actor: Actor, forum: Forum) -> None:
    """Raises Invalid while there are topics in it, so that nothing is lost with a place."""
    if actor.session.scalar(select(Topic.pk).where(Topic.forum_pk == forum.pk, Topic.removed_at.is_(None)).limit(1)):
        raise Invalid(("", _("There are discussions in “%(title)s”. Move them to another forum first.", title=forum.title)))
    forum.removed_at = now()
    _record(actor, forum, removed=True)


def _refuse_taken(actor: Actor, workspace_pk: int, title: str, but: int = 0) -> None:
    taken = select(Forum.pk).where(Forum.workspace_pk == workspace_pk, Forum.title == title, Forum.removed_at.is_(None), Forum.pk != but)
    if actor.session.scalar(taken):
        raise Invalid(("title", _("There is a forum of this name already.")))


def _record(actor: Actor, forum: Forum, **facts: object) -> None:
    record(
        actor,
        FORUM_CHANGED,
        forum,
        audience_pk=forum.open_audience_pk,
        account=only_account(forum.workspace),
        workspace_pk=forum.workspace_pk,
        facts={"title": forum.title, **facts},
    )
