"""Letters about signing in."""

from typing import Any

from sqlalchemy import select

from portal.kernel.actor import Actor
from portal.kernel.house import House
from portal.kernel.words import gettext as _
from portal.mail.letters import letter
from portal.mail.queue import composes
from portal.mail.transport import Letter
from portal.people import sign_ins
from portal.people.actions.links import arm_link
from portal.people.models import Person, SignInLink
from portal.people.queries import vendor


@composes("sign_in")
def sign_in(house: House, actor: Actor, *, link: str) -> Letter | None:
    """Link and code for who asked. Nothing goes to an address that nobody here has."""
    asked = actor.session.scalar(select(SignInLink).where(SignInLink.id == link, SignInLink.used_at.is_(None)))
    if asked is None:
        return None  # a newer one was asked for
    token, code = arm_link(actor, asked, key=house.settings.secret_key)
    person = actor.session.get(Person, asked.person_pk) if asked.person_pk else None
    if person is None or person.suspended_at is not None:
        return None
    return _entry(house, actor, "sign_in", person, key=link, path=sign_ins.link_path(token), code=code)


@composes("sign_in_for")
def sign_in_for(house: House, actor: Actor, *, person: str, by: str, nonce: str) -> Letter | None:
    """A link that an admin had sent: works in any browser, once, for a day."""
    found = actor.session.scalar(select(Person).where(Person.id == person, Person.suspended_at.is_(None)))
    if found is None:
        return None
    return _entry(house, actor, "sign_in_for", found, key=nonce, path=sign_ins.make_link(actor.session, found), by=by)


@composes("password_changed")
def password_changed(house: House, actor: Actor, *, person: str, nonce: str) -> Letter | None:
    """Word of a changed password, to its owner."""
    found = actor.session.scalar(select(Person).where(Person.id == person, Person.suspended_at.is_(None)))
    if found is None:
        return None
    return letter(house, "password_changed", to=found, subject=lambda: _("Your password was changed"), key=f"password-{nonce}")


def _entry(house: House, actor: Actor, template: str, person: Person, *, key: str, **context: Any) -> Letter:
    name = vendor(actor).name
    return letter(
        house,
        template,
        to=person,
        subject=lambda: _("Sign in to %(vendor)s", vendor=name),
        key=f"sign-in-{key}",
        asked_for=True,
        **context,
    )
