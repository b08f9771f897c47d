"""What of accounts is findable: the account itself, its contacts, and notes. Their team alone sees them."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from portal.accounts.models import Account, Contact, Note
from portal.accounts.policy import May
from portal.kernel import markdown
from portal.kernel.indexing import Findable, FindableKind, findable

ACCOUNT_FIELDS = ("industry", "region", "website", "about", "lead_source")


def _account(account: Account) -> Findable | None:
    if account.removed_at is not None:
        return None
    words = [getattr(account, name) for name in ACCOUNT_FIELDS]
    words += [tag.name for tag in account.tags] + [domain.name for domain in account.domains]
    words += [other.name for other in account.aliases]
    return Findable(
        kind="account",
        id=account.id,
        pk=account.pk,
        audience_pk=account.audience_pk,
        account_pk=account.pk,
        workspace_pk=0,
        author_pk=0,
        at=account.created_at,
        title=account.name,
        body="\n".join(filter(None, words)),
    )


def _contact(contact: Contact) -> Findable | None:
    if contact.removed_at is not None or contact.account.removed_at is not None:
        return None
    return Findable(
        kind="contact",
        id=contact.id,
        pk=contact.pk,
        audience_pk=contact.account.audience_pk,
        account_pk=contact.account_pk,
        workspace_pk=0,
        author_pk=0,
        at=contact.created_at,
        title=contact.name,
        body="\n".join(filter(None, [contact.title, contact.email, contact.phone, *contact.tags])),
    )


def _note(note: Note) -> Findable | None:
    if note.removed_at is not None:
        return None
    return Findable(
        kind="note",
        id=note.id,
        pk=note.pk,
        audience_pk=note.audience_pk,
        account_pk=note.account_pk,
        workspace_pk=0,
        author_pk=note.author_pk,
        at=note.at,
        title="",
        body=markdown.spoken(note.body),
    )


def _subject_of(kind: str) -> Any:
    def affected(session: Session, event: Any) -> Iterable[str]:
        return [event.subject_id] if event.subject_kind == kind else []

    return affected


def _contacts_of(session: Session, event: Any) -> Iterable[str]:
    """A contact itself; whoever joins may become one."""
    if event.subject_kind == "contact":
        return [event.subject_id, *filter(None, [event.facts.get("other_id")])]  # who was merged, or is one again
    if event.kind == "member.joined" and event.account_pk:
        return list(session.scalars(select(Contact.id).where(Contact.account_pk == event.account_pk)))
    return []


findable(
    FindableKind(
        "account",
        1,
        May.READ_ACCOUNT,
        _account,
        _subject_of("account"),
        (Account.name, Account.about),
        lambda: (selectinload(Account.tags), selectinload(Account.domains), selectinload(Account.aliases)),
    )
)
findable(
    FindableKind(
        "contact",
        2,
        May.READ_CONTACT,
        _contact,
        _contacts_of,
        (Contact.name, Contact.email),
        lambda: (joinedload(Contact.account),),
    )
)
findable(FindableKind("note", 3, May.READ_NOTE, _note, _subject_of("note"), (Note.body,)))
