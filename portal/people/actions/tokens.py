"""API tokens: made, told once, revoked."""

import secrets
from datetime import timedelta

from portal.kernel.actions import action
from portal.kernel.actor import Actor
from portal.kernel.bus import announce
from portal.kernel.clock import now
from portal.kernel.errors import Invalid
from portal.kernel.words import gettext as _
from portal.people.actions.installation import note
from portal.people.events import TOKEN_MADE, TOKEN_REVOKED
from portal.people.models import Person, Token
from portal.people.policy import May
from portal.people.sign_ins import SCOPES, hashed

PREFIX = "mst_"  # so that a leaked token is recognised as what it is


@action(May.MAKE_TOKEN)
def make_token(
    actor: Actor, *, name: str, scopes: list[str], person: Person | None = None, lasts: timedelta | None = None
) -> tuple[Token, str]:
    """An API token and its secret, which is told only now. A scope holds the lesser ones.

    `person` is for the operator's shell; people make tokens for themselves. Raises Invalid for an unknown scope, for the scope
    "admin" where the owner is no admin, and for owners who are not staff or are suspended.
    """
    owner = person if actor.system else actor.person
    if owner is None or not owner.is_staff or owner.suspended_at is not None:
        raise Invalid(("person", _("Only staff who may sign in can have API tokens.")))
    secret = PREFIX + secrets.token_urlsafe(32)
    token = Token(
        person_pk=owner.pk,
        name=name,
        token_hash=hashed(secret),
        scopes=_with_lesser(owner, scopes),
        expires_at=now() + lasts if lasts else None,
    )
    actor.session.add(token)
    actor.session.flush()
    note(actor, TOKEN_MADE, token, name=name, owner=owner.name, scopes=token.scopes)
    return token, secret


@action(May.REVOKE_TOKEN)
def revoke_token(actor: Actor, token: Token) -> None:
    """The token stops working at once, sockets too."""
    if token.revoked_at is None:
        token.revoked_at = now()
        announce(actor.session, {"ended": [-token.pk]})
        note(actor, TOKEN_REVOKED, token, name=token.name)


def _with_lesser(owner: Person, scopes: list[str]) -> list[str]:
    if unknown := sorted(set(scopes) - set(SCOPES)):
        raise Invalid(("scopes", _("There is no scope “%(scope)s”. Choose of read, write, admin.", scope=", ".join(unknown))))
    if not scopes:
        raise Invalid(("scopes", _("Choose what the token may do.")))
    if "admin" in scopes and not owner.is_admin:
        raise Invalid(("scopes", _("Only an admin's token can have the scope “admin”.")))
    return list(SCOPES[: 1 + max(SCOPES.index(scope) for scope in scopes)])
