"""What people do with their own rows: their words about themselves, how the pages look, how they sign in."""

from typing import Any

from portal.kernel.actions import action
from portal.kernel.actor import Actor
from portal.kernel.bus import announce
from portal.kernel.ids import new_id
from portal.mail.queue import queue
from portal.people import sign_ins
from portal.people.actions.installation import note
from portal.people.events import PERSON_CHANGED
from portal.people.models import SignIn
from portal.people.policy import May

TOLD = ("name", "title", "phone")  # what others see
OWN = (*TOLD, "timezone", "language", "theme", "keys", "present")


@action(open="a person's own row, and no other")
def change_own(actor: Actor, **fields: Any) -> None:
    """Change what a person may change of themselves; `fields` are of OWN."""
    person = actor.person
    changed = [name for name, value in fields.items() if getattr(person, name) != value]
    for name in changed:
        if name not in OWN:
            raise ValueError(f"nobody changes their own {name}")
        setattr(person, name, fields[name])
    if "present" in changed:
        announce(actor.session, {"access": [person.pk]})
    if told := [name for name in TOLD if name in changed]:
        note(actor, PERSON_CHANGED, person, name=person.name, fields=told)


@action(open="a person's own password, by whoever has just shown that they are that person")
def set_password(actor: Actor, *, hash: str, others: bool) -> None:
    """Keep the hash of a new password, and tell the mailbox. `others`: sign out everywhere but here."""
    actor.person.password_hash = hash
    queue(actor.session, "password_changed", key=f"password:{actor.person.id}", person=actor.person.id, nonce=new_id())
    if others:
        sign_ins.end_all(actor.session, actor.pk, but=actor.sign_in)


@action(May.END_SIGN_IN)
def end_sign_in(actor: Actor, sign_in: SignIn) -> None:
    """Sign a browser of one's own out at once."""
    if sign_in.ended_at is None:
        sign_ins.end(actor.session, sign_in)
