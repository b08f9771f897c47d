"""How an event, a hit or a citation finds an account, a contact, a note."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from portal.accounts.actions.notes import words_for
from portal.accounts.models import Account, Contact, Note, NoteRevision
from portal.accounts.policy import May
from portal.kernel import ids, markdown
from portal.kernel.sources import Source, source
from portal.kernel.words import gettext as _


def account_path(account: Account) -> str:
    """The account's overview; `/trail`, `/people` … are below it."""
    words = ids.words(account.name)
    return f"/accounts/{account.id}-{words}" if words else f"/accounts/{account.id}"


def contact_path(contact: Contact) -> str:
    """Their line among the people; of who was merged, that of whom they are."""
    return f"{account_path(contact.account)}/people#c-{contact.stands.id}"


def note_path(note: Note) -> str:
    return f"{account_path(note.account)}/notes/{note.id}"


def _note_title(note: Note) -> str:
    return _("Note of a %(kind)s by %(name)s", kind=words_for(note.kind), name=note.author.name)


def _note_words(session: Session, event: Any) -> str | None:
    """The words that the event's digest was made of."""
    return session.scalar(select(NoteRevision.body).where(NoteRevision.event_id == event.id))


source(Source("account", Account, May.READ_ACCOUNT, url=account_path, title=lambda account: account.name))
source(
    Source(
        "contact",
        Contact,
        May.READ_CONTACT,
        url=contact_path,
        title=lambda contact: contact.stands.name,
        excerpt=lambda contact: contact.stands.title,
        options=lambda: (joinedload(Contact.account), joinedload(Contact.same_as)),
    )
)
source(
    Source(
        "note",
        Note,
        May.READ_NOTE,
        url=note_path,
        title=_note_title,
        excerpt=lambda note: markdown.plain(note.body, 280),
        options=lambda: (joinedload(Note.account), joinedload(Note.author)),
        words=_note_words,
        text=lambda note: note.body,
    )
)
