"""What the actions of forums share: their events."""

from typing import Any

from portal.accounts.models import Account
from portal.kernel.actor import Actor
from portal.kernel.events import Event, EventKind, record
from workspaces.forums.events import KNOTS
from workspaces.forums.models import Post, Topic


def record_about(actor: Actor, of: EventKind, topic: Topic, subject: Any, *, words: str | None = None, **facts: Any) -> Event:
    """The event of a change of a topic or of one of its posts, on the trail of the account that the subject belongs to."""
    if of.name in KNOTS:
        topic.knots += 1
    account = actor.session.get(Account, subject.account_pk) if subject.account_pk else None
    return record(
        actor,
        of,
        subject,
        audience_pk=subject.audience_pk,
        account=account,
        workspace_pk=topic.workspace_pk,
        facts={"title": topic.title, **facts},
        words=words,
    )


def record_for_us(actor: Actor, of: EventKind, post: Post, *, account_pk: int | None, **facts: Any) -> Event:
    """The event of what our side says of a message: about that message, so that who may not see it is told nothing, for our side alone,
    and on the trail of this account."""
    return record(
        actor,
        of,
        post,
        audience_pk=post.audience_pk if post.team else post.topic.team_audience_pk,
        account=actor.session.get(Account, account_pk) if account_pk else None,
        workspace_pk=post.workspace_pk,
        facts={"title": post.topic.title, **facts},
    )
