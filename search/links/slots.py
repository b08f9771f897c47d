"""What others' pages show of links, to staff alone: on the page of a message, in what was noticed, on accounts, contacts and names."""

from typing import Any

from portal.accounts.models import Account, Contact
from portal.kernel.actor import Actor
from search.links import queries
from search.names.models import Name
from workspaces.forums.models import Post, Topic

SHOWN = 5


def of_message(actor: Actor, post: Post, **context: Any) -> dict[str, Any] | None:
    found = queries.of_post(actor, post)
    return {"spoken": found} if found else None


def of_topic(actor: Actor, topic: Topic, **context: Any) -> dict[str, Any] | None:
    found = queries.in_topic(actor, topic)
    return {"spoken": found} if found else None


def of_account(actor: Actor, account: Account, **context: Any) -> dict[str, Any] | None:
    """The way to the page; nothing is asked for it."""
    return {} if actor.is_staff else None


def of_contact(actor: Actor, contact: Contact, **context: Any) -> dict[str, Any] | None:
    return _latest(actor, contact=contact)


def of_name(actor: Actor, of: Name, **context: Any) -> dict[str, Any] | None:
    return _latest(actor, name=of)


def _latest(actor: Actor, **about: Any) -> dict[str, Any] | None:
    found = queries.latest(actor, queries.about(actor, **about), SHOWN) if actor.is_staff else []
    return {"spoken": found} if found else None
