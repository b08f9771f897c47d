"""The importer of contacts: people at an account, found by the other system's id, by address, or by name."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from portal.accounts import actions
from portal.accounts.events import CONTACT_ADDED, ROLES_CHANGED
from portal.accounts.importing.accounts import touched
from portal.accounts.importing.matching import SHARED, Unclear, accounts_for
from portal.accounts.models import BUYING_ROLES, Account, Contact, ContactPlace, ContactRole
from portal.accounts.schemas import NewContact
from portal.imports.models import MADE, ImportedThing
from portal.imports.registry import Field, Importer, Row, importer
from portal.imports.values import address, pieces, plain_number
from portal.imports.work import Work
from portal.kernel.errors import Invalid
from portal.kernel.events import Event
from portal.kernel.schemas import clean, read_form
from portal.kernel.words import gettext as _
from portal.people.models import Person, name_of

PLAIN = ("name", "email", "title", "phone")


@dataclass
class Said:
    """What a row says of a contact, checked; `account` once it was found."""

    row: Row
    told: NewContact
    external: str
    company: str
    company_id: str
    account: Account | None = None

    @property
    def domain(self) -> str:
        return (self.told.email or "").partition("@")[2]

    @property
    def keys(self) -> list[str]:
        at = self.account.pk if self.account else 0
        return [each for each in (self.external, f"{at}:{self.told.email or self.told.name.casefold()}") if each]

    @property
    def fields(self) -> dict[str, Any]:
        return {name: value for name in PLAIN if (value := getattr(self.told, name))}


class People:
    """The contacts that a batch may mean."""

    def __init__(self, work: Work, said: list[Said]) -> None:
        pks = {each.account.pk for each in said if each.account}
        emails = {each.told.email for each in said if each.told.email}
        names = {each.told.name.casefold() for each in said if not each.told.email}
        self.external = work.known("contact", (each.external for each in said))
        ids = set(self.external.values())
        which = Contact.email.in_(emails) | func.lower(Contact.name).in_(names)
        there = select(Contact).where(
            Contact.removed_at.is_(None) | Contact.merged_pk.is_not(None), (Contact.account_pk.in_(pks) & which) | Contact.id.in_(ids)
        )
        self.ids: dict[str, Contact] = {}
        self.emails: dict[tuple[int, str], Contact] = {}
        self.names: dict[tuple[int, str], Contact] = {}
        for contact in work.session.scalars(there):
            self._add_known(actions.who_is(work.session, contact), contact)

    def _add_known(self, now: Contact | None, contact: Contact) -> None:
        """A contact, or who they are by now: found by what they were known by, but for their name."""
        if now is contact:
            self.add(contact)
        elif now is not None:
            self.ids[contact.id] = now
            if contact.email and now.account_pk == contact.account_pk:
                self.emails.setdefault((contact.account_pk, contact.email), now)

    def add(self, contact: Contact) -> None:
        self.ids[contact.id] = contact
        if contact.email:
            self.emails[contact.account_pk, contact.email] = contact
        self.names.setdefault((contact.account_pk, contact.name.casefold()), contact)

    def otherwise(self, each: Said, contact: Contact) -> bool:
        """The row means them by what another was known by, who was merged into them, or by who they were at another company."""
        known = self.external.get(each.external, "")
        return known != contact.id if known in self.ids else bool(each.told.email) and contact.email != each.told.email

    def find(self, each: Said) -> Contact | None:
        if each.account is None:
            return None
        if (known := self.ids.get(self.external.get(each.external, ""))) is not None:
            return known
        if each.told.email:
            return self.emails.get((each.account.pk, each.told.email))
        return self.names.get((each.account.pk, each.told.name.casefold()))


def write(work: Work, rows: list[Row]) -> None:
    said = [each for row in rows if (each := _read(work, row)) is not None]
    said = _placed(work, said)
    people, claimed = People(work, said), set[str]()
    new, later = list[Said](), list[Said]()
    for each in said:
        if people.find(each) is not None or claimed.intersection(each.keys):
            later.append(each)
        elif work.would_be_there("contact", *each.keys):
            work.unchanged(each.row)
        else:
            new.append(each)
            claimed.update(each.keys)
    _make(work, people, new)
    work.bulk.settle()
    for each in later:
        _change(work, people, each)


def _read(work: Work, row: Row) -> Said | None:
    told = {name: clean(str(value)) for name, value in row.told.items()}
    email = address(told.get("email", ""))
    name = told.get("name") or " ".join(part for part in (told.get("first_name"), told.get("last_name")) if part)
    form = {
        "name": name or (name_of(email) if email else ""),
        "email": email or None,
        "title": told.get("title", ""),
        "phone": plain_number(told.get("phone", "")),
        "tags": sorted(set(pieces(told.get("tags", "")))),
        "buying_roles": [role.lower() for role in pieces(told.get("buying_roles", ""))],
    }
    try:
        said = read_form(NewContact, form)
    except Invalid as wrong:
        work.reject(row, wrong)
        return None
    return Said(row, said, told.get("external", "")[:190], told.get("account", ""), told.get("account_id", ""))


def _placed(work: Work, said: list[Said]) -> list[Said]:
    """Those whose account is found; the others are rejected."""
    accounts = accounts_for(
        work,
        external=(name for each in said for name in (each.company_id, each.company)),
        names=(each.company for each in said),
        domains=(each.domain for each in said),
    )
    for each in said:
        try:
            each.account = accounts.find(
                external=each.company_id or each.company, names=[each.company], domain="" if each.company else each.domain
            )
        except Unclear as unclear:
            work.reject(each.row, str(unclear))
            continue
        if each.account is None:
            work.reject(each.row, _no_account(each))
    return [each for each in said if each.account is not None]


def _no_account(each: Said) -> str:
    if each.company or each.company_id:
        return _(
            "There is no account “%(name)s”. Import it first, or name it among an account's other names.",
            name=each.company or each.company_id,
        )
    if not each.domain or each.domain in SHARED:
        return _("Nothing says of which account they are.")
    return _("No account has the mail domain %(domain)s.", domain=each.domain)


def _make(work: Work, people: People, new: list[Said]) -> None:
    bulk = work.bulk
    pairs = [(each, each.account) for each in new if each.account is not None]
    persons = _signing_in(work, new)
    made = bulk.add(
        [
            Contact(account_pk=at.pk, tags=each.told.tags, person_pk=persons.get((at.pk, each.told.email or "")), **each.fields)
            for each, at in pairs
        ]
    )
    bulk.insert(ContactPlace, [{"contact_pk": contact.pk, "account_pk": contact.account_pk} for contact in made])
    roles = [(contact.pk, role) for (each, _at), contact in zip(pairs, made, strict=True) for role in each.told.buying_roles]
    bulk.insert(ContactRole, [{"contact_pk": pk, "role": role} for pk, role in dict.fromkeys(roles)])
    for (each, account), contact in zip(pairs, made, strict=True):
        about: dict[str, Any] = {"audience_pk": account.audience_pk, "account": account}
        bulk.record(CONTACT_ADDED, contact, facts={"name": contact.name}, **about)
        if each.told.buying_roles:
            now = [role for role in BUYING_ROLES if role in each.told.buying_roles]
            bulk.record(ROLES_CHANGED, contact, facts={"name": contact.name, "was": [], "now": now}, **about)
        people.add(contact)
        work.made(each.row, "contact", contact, *each.keys)
    work.remember("contact", ((each.external, contact.id) for each, contact in zip(new, made, strict=True)))


def _signing_in(work: Work, new: list[Said]) -> dict[tuple[int, str], int]:
    """(account, address) -> the client who signs in with it."""
    emails = [each.told.email for each in new if each.told.email]
    found = select(Person.account_pk, Person.email, Person.pk).where(Person.email.in_(emails), Person.is_staff.is_(False))
    return {(account, email): pk for account, email, pk in work.session.execute(found) if account}


def _change(work: Work, people: People, each: Said) -> None:
    contact = people.find(each)
    if contact is None:
        work.reject(each.row, _("Another row of this file is of the same person."))
        return
    fields = each.fields
    if people.otherwise(each, contact):  # what it says differently is of somebody we have decided is the same
        fields = {name: value for name, value in fields.items() if not getattr(contact, name)}
    wanted = fields | ({"tags": sorted({*contact.tags, *each.told.tags})} if each.told.tags else {})
    now = {name: value for name, value in wanted.items() if getattr(contact, name) != value}
    was = {name: getattr(contact, name) for name in now}
    roles = actions.roles_of(work.actor, contact)
    more = [role for role in BUYING_ROLES if role in {*roles, *each.told.buying_roles}]
    try:
        actions.change_contact(work.actor, contact, roles=more if more != roles else None, **now)
    except Invalid as wrong:
        work.reject(each.row, wrong)
        return
    if more != roles:
        was["roles"], now["roles"] = roles, more
    if each.external and each.external not in people.external:
        people.external[each.external] = contact.id
        work.remember("contact", [(each.external, contact.id)])
    if now:
        work.changed(each.row, "contact", contact, was, now)
    work.unchanged(each.row)


def take_back(work: Work, thing: ImportedThing) -> str:
    """Why the contact stays as they are; '' where they were taken back."""
    contact = work.session.scalar(select(Contact).where(Contact.id == thing.thing_id, *actions.here()))
    if contact is None:
        return ""
    if thing.act == MADE:
        if touched(work, Event.subject_kind == "contact", Event.subject_id == contact.id):
            return _("Somebody has changed the contact %(name)s since.", name=contact.name)
        if contact.person is not None and not contact.person.imported:
            return _("%(name)s signs in here by now.", name=contact.name)
        actions.withdraw_contact(work.actor, contact)
        return ""
    is_now = {name: actions.roles_of(work.actor, contact) if name == "roles" else getattr(contact, name) for name in thing.now}
    kept = sorted(name for name in thing.now if is_now[name] != thing.now[name])
    actions.change_contact(work.actor, contact, **{name: value for name, value in thing.was.items() if name not in kept})
    return _("%(name)s: changed again since: %(fields)s.", name=contact.name, fields=", ".join(kept)) if kept else ""


importer(
    Importer(
        "contacts",
        "Contacts",
        "People at the companies: a table with one person a row",
        (
            Field("name", "Name", ("Full Name", "Contact Name", "Contact", "Contact person", "Person - Name")),
            Field("first_name", "First name", ("Given name", "Forename")),
            Field("last_name", "Last name", ("Surname", "Family name")),
            Field("external", "Id there", ("Id", "Contact ID", "Record ID", "Lead ID", "hs_object_id", "Person - ID")),
            Field(
                "email",
                "E-mail",
                ("Email Address", "E-mail address", "Mail", "Person - Email (Work)", "Work email", "Person - Email (Home)"),
            ),
            Field("account", "Account", ("Account Name", "Company", "Company name", "Organization", "Associated Company", "Customer")),
            Field("account_id", "Account's id there", ("AccountId", "Associated Company IDs", "Primary Associated Company ID")),
            Field("title", "Role at work", ("Job Title", "Position", "Function")),
            Field("phone", "Phone", ("Phone Number", "Mobile", "MobilePhone", "Mobile Phone Number", "Telephone", "Person - Phone (Work)")),
            Field("buying_roles", "Part in the purchase", ("Buying Role", "Role in purchase")),
            Field("tags", "Tags", ("Labels", "Segments")),
        ),
        write,
        {"contact": take_back},
        required=(("name", "last_name", "email"), ("account", "account_id", "email")),
    )
)
