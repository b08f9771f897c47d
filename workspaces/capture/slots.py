"""What capturing shows on the pages of accounts, notes, discussions and workspaces: to the team alone."""

from typing import Any

from portal.accounts.models import Account, Note
from portal.kernel.actor import Actor
from portal.kernel.policy import may
from portal.web.unit import house
from workspaces.capture import queries
from workspaces.capture.policy import May
from workspaces.forums.models import Topic
from workspaces.rooms.models import Workspace


def is_on() -> bool:
    """Whether this installation takes in mail at all."""
    return bool(house().settings.inbound_url)


def written(local: str) -> str:
    """The whole address; '' where there is none."""
    return f"{local}@{house().settings.capture_domain}" if local else ""


def beside_account(actor: Actor, account: Account, **context: Any) -> dict[str, Any] | None:
    """For `account.beside`: the address, and how many letters wait. Where no mail is taken in nothing is looked up."""
    if not is_on():
        return {"is_on": False, "address": "", "waiting": 0}
    local, waiting = queries.at_a_glance(actor, account)
    return {"is_on": True, "address": written(local), "waiting": waiting}


def beside_note(actor: Actor, note: Note, **context: Any) -> dict[str, Any] | None:
    """For `note.beside`: what it was made of."""
    found = queries.originals_of(actor, "note", note.id)
    return {"originals": found} if found else None


def beside_topic(actor: Actor, topic: Topic, **context: Any) -> dict[str, Any] | None:
    """For `topic.beside`, where only the team reads: the letters as they came."""
    found = queries.originals_in(actor, topic) if actor.is_staff and actor.viewer is None and topic.for_team else []
    return {"originals": found} if found else None


def in_settings(actor: Actor, workspace: Workspace, **context: Any) -> dict[str, Any] | None:
    """For `workspace.space`: the way to the workspace's address."""
    return {"is_on": is_on()} if may(actor, May.CAPTURE_INTO, workspace) else None
