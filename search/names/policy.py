"""Who sees the company's own names and words: staff. Admins and managers change them; no client ever hears of them."""

from sqlalchemy import false

from portal.kernel.actor import Actor
from portal.kernel.policy import Condition, Verbs, rule
from search.names.models import Name

_LEADS = "Only admins and managers change what the company’s names and words are."


class May(Verbs):
    """Verbs of names and words."""

    SEE_NAMES = "See the list of products, competitors and words: staff"
    ADD_NAMES = "Add to the list of products, competitors and words: admins and managers"
    READ_NAME = "See a product, competitor or word: staff"
    CHANGE_NAME = "Change or remove a product, competitor or word: admins and managers"
    RESTORE_NAME = "Bring back a product, competitor or word that was removed: admins and managers"


def _leads(actor: Actor) -> bool:
    return actor.is_staff and bool(actor.is_admin or actor.person.is_manager)


@rule(May.SEE_NAMES)
def see_names(actor: Actor) -> bool:
    return actor.is_staff


@rule(May.ADD_NAMES, refusal=_LEADS)
def add_names(actor: Actor) -> bool:
    return _leads(actor)


@rule(May.READ_NAME, Name, reads=True)
def read_name(actor: Actor) -> Condition:
    return Name.removed_at.is_(None) if actor.is_staff else false()


@rule(May.CHANGE_NAME, Name, refusal=_LEADS)
def change_name(actor: Actor) -> Condition:
    return read_name(actor) if _leads(actor) else false()


@rule(May.RESTORE_NAME, Name, refusal=_LEADS)
def restore_name(actor: Actor) -> Condition:
    return Name.removed_at.is_not(None) if _leads(actor) else false()
