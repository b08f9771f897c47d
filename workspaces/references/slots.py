"""What others' pages show of references: the way to the finder, and to what a contact said."""

from typing import Any

from portal.accounts.models import Account, Contact
from portal.kernel.actor import Actor


def at_account(actor: Actor, account: Account, path: str, **context: Any) -> dict[str, Any]:
    """For `account.beside`. Nothing is looked up before it is wanted."""
    return {"path": path}


def at_contact(actor: Actor, contact: Contact, path: str, **context: Any) -> dict[str, Any] | None:
    """For `contact.beside`: whoever has been here can be asked."""
    return {"where": f"{path}/people/{contact.id}/reference"} if contact.person_pk is not None else None
