"""Another audience for a forum."""

from sqlalchemy import select

from portal.kernel.actions import action
from portal.kernel.actor import Actor
from portal.kernel.events import record
from workspaces.forums.actions.moving import be_for
from workspaces.forums.attachments import PORT
from workspaces.forums.events import FORUM_AUDIENCE
from workspaces.forums.models import Forum, Topic
from workspaces.forums.policy import May
from workspaces.rooms.actions import WantedAudience, for_whom, only_account, set_audience
from workspaces.rooms.queries.readers import Difference


@action(May.CHANGE_FORUM)
def change_forum_audience(actor: Actor, forum: Forum, *, audience: WantedAudience, from_now_on: bool = False) -> Difference | None:
    """Whom a forum is for: with `from_now_on` only for discussions that are started after this. Raises Invalid as set_audience does.

    The difference it makes; None where it is for them already.
    """
    stamped: list[Topic] = []
    told = set_audience(
        actor,
        forum,
        forum.workspace,
        audience,
        from_now_on=from_now_on,
        restamp=lambda old: stamped.extend(_restamp(actor, forum, old)),
    )
    if told is not None:
        facts = {"title": forum.title, "from_now_on": from_now_on, "stamped": bool(stamped)} | for_whom(audience)
        account, workspace_pk = only_account(forum.workspace), forum.workspace_pk
        record(actor, FORUM_AUDIENCE, forum, audience_pk=forum.team_audience_pk, account=account, workspace_pk=workspace_pk, facts=facts)
        for topic in stamped:
            PORT.moved(actor, topic)
    return told


def _restamp(actor: Actor, forum: Forum, old: int) -> list[Topic]:
    """What was written under that audience follows the forum. Removed discussions too: they may come back."""
    topics = list(actor.session.scalars(select(Topic).where(Topic.forum_pk == forum.pk, Topic.audience_pk == old).order_by(Topic.pk)))
    for topic in topics:
        be_for(actor, topic, forum)
    return topics
