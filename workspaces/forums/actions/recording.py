"""What the actions of forums share: their events."""

from typing import Any

from portal.accounts.models import Account
from portal.kernel.actor import Actor
from portal.kernel.events import Event, EventKind, record
from workspaces.forums.events import KNOTS
from workspaces.forums.models import Topic


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
