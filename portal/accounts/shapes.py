"""Accounts, contacts and notes as the API has them."""

from typing import Annotated, Any, NotRequired

from typing_extensions import TypedDict

from portal.accounts import actions, queries
from portal.accounts.keeping_apart import Apart
from portal.accounts.models import FIELDS, Account, Contact, Deputy, Note
from portal.accounts.policy import May
from portal.accounts.queries import Team
from portal.accounts.sources import account_path, contact_path, note_path
from portal.kernel.actor import Actor
from portal.kernel.clock import rfc3339
from portal.kernel.policy import may
from portal.kernel.shapes import Moment, means
from portal.people.shapes import NamedJson, named


class AccountNamedJson(TypedDict):
    """An account for who may give it to somebody, but not see what is in it."""

    id: str
    name: str
    owner: NamedJson | None


class AccountJson(AccountNamedJson):
    """A company that the vendor looks after."""

    industry: str
    region: str
    size: str
    website: str
    lead_source: Annotated[str, means("Where it came from.")]
    rating: str
    about: str
    tags: list[str]
    domains: Annotated[list[str], means("Mail domains of its people.")]
    aliases: Annotated[list[str], means("Other names that it is known by.")]
    owner_since: Moment | None
    team: Annotated[list[NamedJson], means("Its owner, then those who help.")]
    created_at: Moment
    url: str
    as_of: NotRequired[Annotated[Moment, means("Only where it was asked for as it stood.")]]
    known_at: NotRequired[Moment | None]


class ContactJson(TypedDict):
    """A person at an account."""

    id: str
    account: str
    name: str
    email: str | None
    title: str
    phone: str
    buying_roles: list[str]
    tags: list[str]
    person: Annotated[str | None, means("The id of the person who signs in, if they do.")]
    left_at: Annotated[Moment | None, means("When they moved to another account, where they are another contact.")]
    url: str


class NoteJson(TypedDict):
    """What the staff wrote down for themselves."""

    id: str
    account: str
    author: NamedJson
    kind: str
    at: Annotated[Moment, means("When it happened.")]
    body: Annotated[str, means("Markdown, as it was written.")]
    html: Annotated[str, means("Safe HTML of it.")]
    created_at: Moment
    edited_at: Moment | None
    url: str


class DeputyJson(TypedDict):
    """Who acts for an account's owner for a time."""

    person: NamedJson
    owner: NamedJson
    begins: Moment
    until: Moment


def deputy_json(deputy: Deputy) -> DeputyJson:
    return {
        "person": named(deputy.person),
        "owner": named(deputy.owner),
        "begins": rfc3339(deputy.begins_at),
        "until": rfc3339(deputy.until),
    }


class ApartJson(TypedDict):
    """Another account whose people must not meet those of this one."""

    account: Annotated[str | None, means("Its id; null where the caller may not know that account.")]
    name: str | None
    reason: str
    by: NamedJson
    since: Moment


def apart_json(apart: Apart) -> ApartJson:
    other = apart.other
    return {
        "account": other.id if other else None,
        "name": other.name if other else None,
        "reason": apart.reason if other else "",
        "by": named(apart.by),
        "since": rfc3339(apart.since),
    }


def account_json(actor: Actor, account: Account) -> AccountJson | AccountNamedJson:
    """The whole account; its name and owner for who may give it but not see it."""
    shown = accounts_json(actor, [account])[0]
    if may(actor, May.READ_ACCOUNT, account):
        return shown
    return {"id": shown["id"], "name": shown["name"], "owner": shown["owner"]}


def accounts_json(actor: Actor, accounts: list[Account]) -> list[AccountJson]:
    teams = queries.teams(actor.session, accounts)
    fields = (*FIELDS, "tags", "domains", "aliases")
    return [stood_json(account, {name: actions.said_of(account, name) for name in fields}, teams[account.pk]) for account in accounts]


def stood_json(account: Account, fields: dict[str, Any], team: Team) -> AccountJson:
    """An account with what was said of it, and who looked after it, at some time."""
    people = [named(person) for person in team.everybody]
    return {
        "id": account.id,
        **fields,  # type: ignore[typeddict-item]
        "owner": people[0] if team.owner else None,
        "owner_since": rfc3339(team.since) if team.since else None,
        "team": people,
        "created_at": rfc3339(account.created_at),
        "url": account_path(account),
    }


def contact_json(contact: Contact, roles: Any) -> ContactJson:
    return {
        "id": contact.id,
        "account": contact.account.id,
        "name": contact.name,
        "email": contact.email,
        "title": contact.title,
        "phone": contact.phone,
        "buying_roles": list(roles),
        "tags": contact.tags,
        "person": contact.person.id if contact.person else None,
        "left_at": rfc3339(contact.left_at) if contact.left_at else None,
        "url": contact_path(contact),
    }


def note_json(note: Note) -> NoteJson:
    return {
        "id": note.id,
        "account": note.account.id,
        "author": named(note.author),
        "kind": note.kind,
        "at": rfc3339(note.at),
        "body": note.body,
        "html": note.html,
        "created_at": rfc3339(note.created_at),
        "edited_at": rfc3339(note.edited_at) if note.edited_at else None,
        "url": note_path(note),
    }
