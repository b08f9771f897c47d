"""Signing in by mail: somebody asks, the mailbox hears, the asking browser comes in by link or code. Once, and newest wins."""

import hmac
import secrets
from datetime import timedelta

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.orm import Session

from portal.kernel.actions import action
from portal.kernel.actor import Actor
from portal.kernel.clock import now
from portal.kernel.errors import Gone
from portal.kernel.ids import new_id
from portal.kernel.words import gettext as _
from portal.mail.queue import queue
from portal.people.models import Person, SignInLink
from portal.people.policy import May
from portal.people.sign_ins import hashed

LASTS = timedelta(minutes=10)  # from the moment the mail is written
WAITS = timedelta(hours=1)  # at most, until then
TRIES = 5


@action(open="anybody may ask; only the mailbox hears whether somebody is known here")
def ask_link(actor: Actor, *, email: str, browser: str) -> SignInLink:
    """Have a link and a code sent, good for the browser that holds the secret `browser`.

    An unknown address gets the same rows; what happens next is decided where the letter is written. Earlier asked ones stop working.
    """
    session = actor.session
    session.execute(delete(SignInLink).where(SignInLink.email == email, SignInLink.browser != ""))
    person_pk = session.scalar(select(Person.pk).where(Person.email == email))
    link = SignInLink(
        person_pk=person_pk,
        email=email,
        token_hash=hashed(secrets.token_urlsafe(32)),  # of nothing that anybody knows, until the letter is written
        browser=hashed(browser),
        expires_at=now() + WAITS,
    )
    session.add(link)
    session.flush()
    queue(session, "sign_in", key=f"sign-in:{link.id}", link=link.id)
    return link


@action(May.LOOK_AFTER_PERSON)
def send_link(actor: Actor, person: Person) -> None:
    """Have a link sent to somebody's own mailbox; who sends it never sees it."""
    queue(actor.session, "sign_in_for", key=f"sign-in-for:{person.id}", person=person.id, by=actor.name, nonce=new_id())


@action(open="the worker writes the letter; nobody else calls this")
def arm_link(actor: Actor, link: SignInLink, *, key: str) -> tuple[str, str]:
    """A new token and code for the link, told only now; good for 10 minutes."""
    token, code = secrets.token_urlsafe(32), f"{secrets.randbelow(10**6):06}"
    link.token_hash, link.code_hash = hashed(token), code_hash(key, link, code)
    link.expires_at = now() + LASTS
    return token, code


@action(open="whoever holds the secret of the mail and of the asking browser")
def use_link(actor: Actor, link: SignInLink) -> Person:
    """The link's person; the link works no second time. Raises Gone where it was used meanwhile or its address changed."""
    claimed = update(SignInLink).where(SignInLink.pk == link.pk, SignInLink.used_at.is_(None), SignInLink.expires_at > now())
    person = actor.session.get(Person, link.person_pk) if link.person_pk else None
    if person is None or person.suspended_at is not None or person.email != link.email:
        raise Gone(_("This link has run out."))
    if not actor.session.execute(claimed.values(used_at=now())).rowcount:  # type: ignore[attr-defined]
        raise Gone(_("This link has run out."))
    return person


def live_link(session: Session, token: str) -> SignInLink | None:
    """The link of a token, if it can still be used."""
    found = session.scalar(select(SignInLink).where(SignInLink.token_hash == hashed(token), *_usable()))
    return found if found is not None and found.person_pk else None


def asked_link(session: Session, browser: str) -> SignInLink | None:
    """The link that the browser with this secret asked for, if it can still be used."""
    return session.scalar(select(SignInLink).where(SignInLink.browser == hashed(browser), *_usable())) if browser else None


def count_try(session: Session, browser: str, code: str, key: str) -> tuple[int, int]:
    """Count one typed code: (pk of the link it opens or 0, tries that are left). Commit it whatever comes after."""
    link = asked_link(session, browser)
    if link is None or link.tries >= TRIES:
        return 0, 0
    link.tries += 1
    right = hmac.compare_digest(link.code_hash, code_hash(key, link, code))
    return (link.pk, TRIES) if right and link.person_pk else (0, TRIES - link.tries)


def code_hash(key: str, link: SignInLink, code: str) -> str:
    """Six digits are guessed in no time from a plain hash: this one needs the installation's key."""
    return hmac.new(key.encode(), f"{link.id}:{code}".encode(), "sha256").hexdigest()


def _usable() -> tuple[ColumnElement[bool], ...]:
    return SignInLink.used_at.is_(None), SignInLink.expires_at > now()
