"""Notes of what happened elsewhere: a call, a meeting, a mail. One field, no form."""

from datetime import datetime, timedelta
from typing import Any

from portal.accounts.events import NOTE_EDITED, NOTE_REMOVED, NOTE_RESTORED, NOTE_WRITTEN
from portal.accounts.models import Account, Note, NoteRevision
from portal.accounts.policy import May
from portal.kernel import markdown
from portal.kernel.actions import action
from portal.kernel.actor import Actor
from portal.kernel.clock import now
from portal.kernel.errors import Invalid
from portal.kernel.events import Event, EventKind, record
from portal.kernel.words import gettext as _
from portal.kernel.words import kept

AHEAD = timedelta(days=1)  # a clock may be wrong by a time zone, not by more


@action(May.WRITE_NOTE)
def write_note(actor: Actor, account: Account, *, body: str, kind: str = "call", at: datetime | None = None) -> Note:
    """A note for the account's team. `at` is when it happened (now); Raises Invalid where that is yet to come."""
    _refuse_future(at)
    note = Note(
        account_pk=account.pk,
        audience_pk=account.audience_pk,
        author_pk=actor.pk,
        kind=kind,
        at=at or now(),
        body=body,
        html=markdown.render(body),
    )
    actor.session.add(note)
    actor.session.flush()
    event = _record(actor, NOTE_WRITTEN, note, at=note.at, words=body)
    actor.session.add(NoteRevision(note_pk=note.pk, event_id=event.id, at=event.recorded_at, body=body))
    return note


@action(May.CHANGE_NOTE)
def edit_note(actor: Actor, note: Note, *, body: str | None = None, kind: str | None = None, at: datetime | None = None) -> Note:
    """Change one's own note; what it said before stays readable to the team."""
    _refuse_future(at)
    wanted = {"body": body, "kind": kind, "at": at}
    changed = {field: value for field, value in wanted.items() if value is not None and value != getattr(note, field)}
    if not changed:
        return note
    for field, value in changed.items():
        setattr(note, field, value)
    note.html, note.edited_at = markdown.render(note.body), now()
    event = _record(actor, NOTE_EDITED, note, words=note.body)
    actor.session.add(NoteRevision(note_pk=note.pk, event_id=event.id, at=event.recorded_at, body=note.body))
    return note


@action(May.CHANGE_NOTE)
def remove_note(actor: Actor, note: Note) -> None:
    """Take one's own note away; the trail keeps that there was one."""
    note.removed_at = now()
    _record(actor, NOTE_REMOVED, note)


@action(May.RESTORE_NOTE)
def restore_note(actor: Actor, note: Note) -> Note:
    """Bring one's own removed note back."""
    if note.removed_at is not None:
        note.removed_at = None
        _record(actor, NOTE_RESTORED, note)
    return note


def words_for(kind: str) -> str:
    """A kind of note in the middle of a sentence."""
    return {"call": _("call"), "meeting": _("meeting"), "email": _("mail"), "other": _("thing that happened")}[kind]


def _refuse_future(at: datetime | None) -> None:
    if at is not None and at > now() + AHEAD:
        raise Invalid(("at", _("This is still to come. Write when it happened.")))


def _record(actor: Actor, of: EventKind, note: Note, *, at: datetime | None = None, words: str | None = None) -> Event:
    account = actor.session.get_one(Account, note.account_pk)
    facts: dict[str, Any] = {"kind": kept(words_for, note.kind)}
    return record(actor, of, note, audience_pk=note.audience_pk, account=account, facts=facts, words=words, at=at)
