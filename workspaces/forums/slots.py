"""What forums give a new workspace, and show in its places: on its home, for the team, among its settings."""

from datetime import datetime, timedelta
from typing import Any

from portal.kernel.actor import Actor
from portal.kernel.clock import now
from portal.kernel.policy import allowed
from portal.kernel.words import gettext as _
from portal.people.queries import vendor
from workspaces.forums.actions.forums import make_forum
from workspaces.forums.actions.reading import mark_read
from workspaces.forums.models import Topic
from workspaces.forums.policy import May
from workspaces.forums.queries.forums import audience_words, forums_of
from workspaces.forums.queries.topics import topic_rows
from workspaces.forums.queries.unread import unanswered_topics, unread, with_news
from workspaces.rooms.actions.workspaces import only_account
from workspaces.rooms.models import Workspace

ON_HOME, WAITING, READ_AT_ONCE = 3, 4, 500
SATURDAY = 5


def fit(actor: Actor, workspace: Workspace) -> None:
    """A new workspace has one forum."""
    make_forum(actor, workspace, title=_("General"))


def newest(actor: Actor, workspace: Workspace, **context: Any) -> dict[str, Any] | None:
    """For `home.discussions`: the newest three."""
    rows, more = topic_rows(actor, workspace, limit=ON_HOME)
    return {"rows": rows, "more": more} if rows else None


def unanswered(actor: Actor, workspace: Workspace, **context: Any) -> dict[str, Any] | None:
    """For `home.team`: where a client has waited for more than a working day."""
    found = unanswered_topics(actor).where(Topic.workspace_pk == workspace.pk, Topic.unanswered_since < a_working_day_before(now()))
    topics = list(actor.session.scalars(found.limit(WAITING)))
    return {"topics": topics} if topics else None


def places(actor: Actor, workspace: Workspace, **context: Any) -> dict[str, Any] | None:
    """For `workspace.places`: each forum and whom it is for."""
    forums = forums_of(actor, workspace)
    account = only_account(workspace)
    audiences = audience_words(actor, forums, account.name if account else None, vendor(actor).name)
    return {"forums": forums, "audiences": audiences} if forums else None


def read_all(actor: Actor, workspace: Workspace) -> None:
    """Every discussion of the workspace is read."""
    news = allowed(actor, May.READ_TOPIC).where(Topic.workspace_pk == workspace.pk, Topic.pk.in_(with_news(actor, new=unread)))
    for topic in actor.session.scalars(news.limit(READ_AT_ONCE)).all():
        mark_read(actor, topic)


def a_working_day_before(moment: datetime) -> datetime:
    """The same hour of the working day before; of a Monday that is the Friday."""
    before = moment - timedelta(days=1)
    while before.weekday() >= SATURDAY:
        before -= timedelta(days=1)
    return before
