"""The importer of accounts: found by the other system's id, name, other name or domain; made, or changed in what differs."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, select

from portal.accounts import actions
from portal.accounts.events import ACCOUNT_OPENED
from portal.accounts.importing.matching import Accounts, Unclear, accounts_for
from portal.accounts.models import OWNER, Account, AccountDomain, AccountFact, AccountName, AccountTag, Assignment, Contact
from portal.accounts.schemas import NewAccount
from portal.imports.models import MADE, ImportedThing
from portal.imports.registry import Field, Importer, Option, Row, importer
from portal.imports.values import pieces, plain_number
from portal.imports.work import Work
from portal.kernel.audiences import Audience
from portal.kernel.errors import Invalid
from portal.kernel.events import Event
from portal.kernel.names import key
from portal.kernel.schemas import clean, read_form
from portal.kernel.words import gettext as _
from portal.people.models import Person

PLAIN = ("industry", "region", "size", "website", "lead_source", "rating", "about")
REJECT, IMPORTER = "reject", "importer"
LONGEST_ABOUT = 500


@dataclass
class Said:
    """What a row says of an account, checked."""

    row: Row
    told: NewAccount
    external: str
    aliases: list[str]
    domains: list[str]

    @property
    def keys(self) -> list[str]:
        return [each for each in (self.external, key(self.told.name), *self.domains) if each]

    @property
    def fields(self) -> dict[str, Any]:
        """Only what it says: an empty cell says nothing."""
        return {name: value for name in PLAIN if (value := getattr(self.told, name))}


class Staff:
    """Who can own accounts, by address and by name."""

    def __init__(self, work: Work) -> None:
        here = select(Person).where(Person.is_staff.is_(True), Person.suspended_at.is_(None))
        self.by: dict[str, Person | None] = {}
        for person in work.session.scalars(here):
            self.by[person.email] = person
            name = key(person.name)
            self.by[name] = None if name in self.by else person  # two of one name are nobody in particular

    def named(self, told: str) -> Person | None:
        return self.by.get(told.strip().lower()) or self.by.get(key(told))


def write(work: Work, rows: list[Row]) -> None:
    said = [each for row in rows if (each := _read(work, row)) is not None]
    accounts = accounts_for(
        work,
        external=(each.external for each in said),
        names=(name for each in said for name in (each.told.name, *each.aliases)),
        domains=(domain for each in said for domain in each.domains),
    )
    staff, claimed = Staff(work), set[str]()
    new: list[tuple[Said, Person]] = []
    later: list[Said] = []
    for each in said:
        try:
            found = _find(accounts, each)
        except Unclear as unclear:
            work.reject(each.row, str(unclear))
            continue
        if found is not None or claimed.intersection(each.keys):
            later.append(each)
        elif work.would_be_there("account", *each.keys):
            work.unchanged(each.row)
        elif (owner := _owner(work, staff, each)) is not None:
            new.append((each, owner))
            claimed.update(each.keys)
    _make(work, accounts, new)
    work.bulk.settle()
    for each in later:
        _change(work, accounts, staff, each)


def _read(work: Work, row: Row) -> Said | None:
    told = {name: clean(str(value)) for name, value in row.told.items() if name not in ("details", "aliases")}
    form: dict[str, Any] = {name: told[name] for name in (*PLAIN, "name", "owner") if told.get(name)}
    form["domains"], form["tags"] = pieces(told.get("domains", "")), sorted(set(pieces(told.get("tags", ""))))
    form["size"] = plain_number(form.get("size", ""))
    form["about"] = _about(form.get("about", ""), row.told.get("details", []))
    try:
        said = read_form(NewAccount, form)
    except Invalid as wrong:
        work.reject(row, wrong)
        return None
    aliases = [" ".join(name.split())[:120] for name in pieces(row.told.get("aliases", ""))]
    return Said(row, said, told.get("external", "")[:190], aliases, list(said.domains))


def _about(about: str, details: list[tuple[str, str]]) -> str:
    """The description, and what has no field of its own: `year established: 1996; revenue: 1100.04`."""
    more = "; ".join(f"{heading.replace('_', ' ')}: {plain_number(clean(value))}" for heading, value in details)
    return ". ".join(part for part in (about.rstrip("."), more) if part)[:LONGEST_ABOUT]


def _find(accounts: Accounts, each: Said) -> Account | None:
    domains = each.domains
    found = accounts.find(external=each.external, names=(each.told.name, *each.aliases), domain=domains[0] if domains else "")
    for domain in domains:
        if accounts.domains.get(domain, found.pk if found else None) != (found.pk if found else None):
            raise Unclear(_("%(domain)s belongs to another account.", domain=domain))
    return found


def _owner(work: Work, staff: Staff, each: Said) -> Person | None:
    """Who is to own a new account; None where the row is rejected for it."""
    if not each.told.owner:
        return work.run.by
    owner = staff.named(each.told.owner)
    if owner is None and work.plan.option("unknown_owner") == IMPORTER:
        return work.run.by
    if owner is None:
        work.reject(each.row, _("Nobody of our staff is called “%(name)s”.", name=each.told.owner))
    return owner


def _make(work: Work, accounts: Accounts, new: list[tuple[Said, Person]]) -> None:
    bulk = work.bulk
    audiences = bulk.add([Audience(kind="account", subject_pk=0) for _each in new])
    made = bulk.add(
        [Account(name=each.told.name, audience_pk=of.pk, **each.fields) for (each, _owner), of in zip(new, audiences, strict=True)]
    )
    for audience, account in zip(audiences, made, strict=True):
        audience.subject_pk = account.pk
    pairs = [(each, owner, account) for (each, owner), account in zip(new, made, strict=True)]
    bulk.insert(AccountName, [{"account_pk": a.pk, "name": a.name, "key": key(a.name), "alias": False} for _e, _o, a in pairs])
    bulk.insert(AccountDomain, [{"account_pk": a.pk, "name": name} for each, _o, a in pairs for name in each.domains])
    bulk.insert(AccountTag, [{"account_pk": a.pk, "name": name} for each, _o, a in pairs for name in each.told.tags])
    bulk.insert(Assignment, [{"account_pk": a.pk, "person_pk": owner.pk, "role": OWNER} for _e, owner, a in pairs])
    bulk.insert(AccountFact, [fact | {"account_pk": a.pk} for each, _o, a in pairs for fact in _facts(each)])
    for each, _owner, account in pairs:
        bulk.record(ACCOUNT_OPENED, account, audience_pk=account.audience_pk, account=account, facts={"name": account.name})
        accounts.add(account, each.external, account.name, each.domains)
        work.made(each.row, "account", account, *each.keys)
    work.remember("account", ((each.external, account.id) for each, _owner, account in pairs))
    named_also = [(each, account) for each, _o, account in pairs if each.aliases]
    if named_also:
        bulk.settle()
        for each, account in named_also:
            _name_also(work, account, each.aliases)


def _facts(each: Said) -> list[dict[str, Any]]:
    said = {"name": each.told.name, **each.fields, "domains": each.domains, "tags": each.told.tags}
    return [{"field": field, "value": value} for field, value in said.items() if value]


def _change(work: Work, accounts: Accounts, staff: Staff, each: Said) -> None:
    try:
        account = _find(accounts, each)
    except Unclear as unclear:
        work.reject(each.row, str(unclear))
        return
    if account is None:  # its keys were a rejected row's
        work.reject(each.row, _("Another row of this file has the same name or domain."))
        return
    wanted = each.fields | {
        name: sorted({*actions.said_of(account, name), *getattr(each.told, name)})
        for name in ("tags", "domains")
        if getattr(each.told, name)
    }
    aliases = list(each.aliases)
    if accounts.external.get(each.external) == account.id:
        wanted["name"] = each.told.name
    elif key(account.name) != key(each.told.name):
        aliases.append(each.told.name)
    now = {name: value for name, value in wanted.items() if actions.said_of(account, name) != value}
    was = {name: actions.said_of(account, name) for name in now}
    actions.change_account(work.actor, account, **now)
    before = [other.name for other in account.aliases]
    if _name_also(work, account, aliases):
        was["aliases"], now["aliases"] = before, [other.name for other in account.aliases]
    owner, holds = staff.named(each.told.owner) if each.told.owner else None, actions.owner_of(work.actor, account)
    if owner is not None and holds is not None and holds.person_pk != owner.pk:
        was["owner"], now["owner"] = holds.person.id, owner.id
        actions.give_account(work.actor, account, to=owner, reason=_("by an import"))
    if each.external and each.external not in accounts.external and each.external != account.id:
        accounts.external[each.external] = account.id
        work.remember("account", [(each.external, account.id)])
    if now:
        work.changed(each.row, "account", account, was, now)
    work.unchanged(each.row)


def _name_also(work: Work, account: Account, names: list[str]) -> bool:
    """Other names more; those that are taken stay with whom they are."""
    known = {key(other.name): other.name for other in account.aliases} | {key(account.name): account.name}
    taken = select(AccountName.key).where(AccountName.key.in_([key(name) for name in names]), AccountName.account_pk != account.pk)
    elsewhere = set(work.session.scalars(taken))
    new = {key(name): name for name in names if key(name) not in known and key(name) not in elsewhere}
    if new:
        actions.name_also(work.actor, account, aliases=[*(other.name for other in account.aliases), *new.values()])
    return bool(new)


def take_back(work: Work, thing: ImportedThing) -> str:
    """Why the account stays as it is; '' where it was taken back."""
    account = work.session.scalar(select(Account).where(Account.id == thing.thing_id, Account.removed_at.is_(None)))
    if account is None:
        return ""
    if thing.act == MADE:
        taken_back = select(Contact.id).where(Contact.account_pk == account.pk, Contact.removed_at.is_not(None))
        if touched(work, Event.account_pk == account.pk, Event.subject_id.not_in(taken_back)):
            return _("Something has happened on the account %(name)s since.", name=account.name)
        actions.withdraw_account(work.actor, account)
        return ""
    return _put_back(work, account, thing)


def _put_back(work: Work, account: Account, thing: ImportedThing) -> str:
    now, was = dict(thing.now), dict(thing.was)
    holds = actions.owner_of(work.actor, account)
    is_now: dict[str, Any] = {name: actions.said_of(account, name) for name in now if name not in ("aliases", "owner")}
    is_now |= {"aliases": [other.name for other in account.aliases], "owner": holds.person.id if holds else ""}
    kept = sorted(name for name in now if is_now[name] != now[name])
    fields = {name: value for name, value in was.items() if name not in kept and name not in ("aliases", "owner")}
    actions.change_account(work.actor, account, **fields)
    if "aliases" in was and "aliases" not in kept:
        actions.name_also(work.actor, account, aliases=was["aliases"])
    if "owner" in was and "owner" not in kept:
        actions.give_account(work.actor, account, to=actions.staff_named(work.actor, was["owner"]), reason=_("the import was taken back"))
    if kept:
        return _("%(name)s: changed again since: %(fields)s.", name=account.name, fields=", ".join(map(actions.words_for, kept)))
    return ""


def touched(work: Work, *which: Any) -> bool:
    """Whether anything but this run, and what takes it back, has happened to a thing since it was made."""
    run = work.run
    mine = (Event.recorded_at >= run.started_at, Event.recorded_at <= run.ended_at, Event.actor_pk == run.by_pk)
    return work.session.scalar(select(Event.pk).where(*which, ~and_(*mine)).limit(1)) is not None


importer(
    Importer(
        "accounts",
        "Accounts",
        "Client companies: a table with one company a row",
        (
            Field("name", "Name", ("Account Name", "Company name", "Company", "Account", "Organization", "Organization - Name")),
            Field("external", "Id there", ("Id", "Account ID", "Record ID", "Company ID", "hs_object_id", "Organization - ID")),
            Field("domains", "Mail domains", ("Domain", "Company Domain Name", "Email domain", "Website domain")),
            Field("industry", "Industry", ("Sector", "Branch", "Vertical")),
            Field("region", "Region", ("Billing Country", "Office location", "Country", "Country/Region", "Territory", "Billing State")),
            Field("size", "Size", ("Number Of Employees", "Employees", "Company size", "Headcount")),
            Field("website", "Website", ("Website URL", "Web site", "Homepage", "URL")),
            Field("lead_source", "Lead source", ("Account Source", "Original Source", "Source", "Original Traffic Source")),
            Field("rating", "Rating", ("Account Rating", "Priority", "Tier")),
            Field("about", "Description", ("Account Description", "About Us", "Notes")),
            Field("owner", "Owner", ("Account Owner", "Owner Name", "Owner Email", "Company owner", "HubSpot Owner", "Sales agent", "Rep")),
            Field("tags", "Tags", ("Labels", "Segments")),
            Field("aliases", "Other names", ("Alias", "Also known as", "AKA", "Trading name", "Tradestyle", "Short name")),
            Field(
                "details",
                "Kept in the description",
                ("Year established", "Year founded", "Year Started", "Revenue", "Annual Revenue", "Subsidiary of", "Parent Account",
                 "Type", "Phone", "Phone Number"),
                gathers=True,
            ),
        ),
        write,
        {"account": take_back},
        options=(
            Option(
                "unknown_owner",
                "Where nobody of our staff has the owner's name",
                choices=((REJECT, "refuse the row"), (IMPORTER, "whoever imports owns the account")),
            ),
        ),
        required=(("name",),),
    )
)  # fmt: skip
