"""Accounts are opened and changed; what a field was stays readable."""

from typing import Any

from sqlalchemy import select

from portal.accounts.events import ACCOUNT_OPENED, ACCOUNT_WITHDRAWN, FIELD_CHANGED
from portal.accounts.models import FIELDS, OWNER, Account, AccountDomain, AccountFact, AccountName, AccountTag, Assignment
from portal.accounts.policy import May
from portal.kernel.actions import action
from portal.kernel.actor import Actor
from portal.kernel.audiences import Audience
from portal.kernel.clock import now
from portal.kernel.errors import Invalid
from portal.kernel.events import record
from portal.kernel.history import change, current
from portal.kernel.names import key
from portal.kernel.policy import allowed
from portal.kernel.words import gettext as _
from portal.kernel.words import kept
from portal.people.models import Person

LISTS = ("tags", "domains")


@action(May.CREATE_ACCOUNT)
def open_account(
    actor: Actor,
    *,
    name: str,
    owner: Person | None = None,
    domains: tuple[str, ...] = (),
    tags: tuple[str, ...] = (),
    aliases: tuple[str, ...] = (),
    **fields: str,
) -> Account:
    """A new account, owned by whoever opens it. Raises Invalid where a domain, or another name, belongs to another account."""
    session = actor.session
    if owner is not None and (not owner.is_staff or owner.suspended_at is not None):
        raise Invalid(("owner", _("%(name)s cannot look after accounts.", name=owner.name)))
    audience = Audience(kind="account", subject_pk=0)
    session.add(audience)
    session.flush()
    account = Account(name=name, audience_pk=audience.pk, **fields)
    session.add(account)
    session.flush()
    audience.subject_pk = account.pk
    _name_domains(actor, account, list(domains))
    _name_tags(account, list(tags))
    facts: dict[str, Any] = {"name": name, **fields, "domains": sorted(set(domains)), "tags": sorted(set(tags))}
    session.add_all(AccountFact(account_pk=account.pk, field=field, value=value) for field, value in facts.items() if value)
    session.add(Assignment(account_pk=account.pk, person_pk=(owner or actor.person).pk, role=OWNER))
    session.add(AccountName(account_pk=account.pk, name=name, key=key(name)))
    session.flush()
    _name_aliases(actor, account, list(aliases))
    record(actor, ACCOUNT_OPENED, account, audience_pk=audience.pk, account=account, facts={"name": name})
    return account


@action(May.CHANGE_ACCOUNT)
def change_account(actor: Actor, account: Account, **fields: Any) -> Account:
    """Change fields, `tags`, `domains` and `aliases`; each that differs gets its own line on the trail, what it was stays in `AccountFact`.

    Raises Invalid where a domain, or another name, belongs to another account.
    """
    if "aliases" in fields:
        name_also(actor, account, aliases=fields.pop("aliases"))
    for field, told in fields.items():
        was, now_ = said_of(account, field), sorted(set(told)) if field in LISTS else told
        if now_ == was:
            continue
        if field == "domains":
            _name_domains(actor, account, now_)
        elif field == "tags":
            _name_tags(account, now_)
        else:
            setattr(account, field, now_)
        if field == "name":
            _rename(actor, account)
        _remember(actor, account, field, now_)
        facts = {"field": field, "what": kept(words_for, field), "was": was, "now": now_}
        record(actor, FIELD_CHANGED, account, audience_pk=account.audience_pk, account=account, facts=facts)
    return account


@action(May.CHANGE_ACCOUNT)
def name_also(actor: Actor, account: Account, *, aliases: list[str]) -> Account:
    """All the other names of an account from now on: what imports and searches know it by. Raises Invalid for another account's name."""
    if (changed := _name_aliases(actor, account, aliases)) is not None:
        facts = {"field": "aliases", "what": kept(words_for, "aliases"), "was": changed[0], "now": changed[1]}
        record(actor, FIELD_CHANGED, account, audience_pk=account.audience_pk, account=account, facts=facts)
    return account


def _name_aliases(actor: Actor, account: Account, aliases: list[str]) -> tuple[list[str], list[str]] | None:
    """What they were and are, if that differs. Of names that accounts have which the actor may not see, nothing is said."""
    wanted = {key(name): name for name in aliases if key(name) != key(account.name)}
    held = {each.key: each for each in actor.session.scalars(_names_of(account.pk).where(AccountName.alias.is_(True)))}
    taken = select(AccountName.name).join(Account, Account.pk == AccountName.account_pk)
    taken = taken.where(AccountName.key.in_(wanted), AccountName.account_pk != account.pk)
    taken = taken.where(Account.pk.in_(allowed(actor, May.READ_ACCOUNT).with_only_columns(Account.pk)))
    if (name := actor.session.scalar(taken)) is not None:
        raise Invalid(("aliases", _("“%(name)s” is what another account is called.", name=name)))
    was, now_ = sorted(each.name for each in held.values()), sorted(wanted.values())
    if was == now_:
        return None
    for each in held.values():
        if each.key not in wanted:
            actor.session.delete(each)
    for told, name in wanted.items():
        if told in held:
            held[told].name = name
        else:
            actor.session.add(AccountName(account_pk=account.pk, name=name, key=told, alias=True))
    actor.session.flush()
    actor.session.expire(account, ["aliases"])
    _remember(actor, account, "aliases", now_)
    return was, now_


@action(May.CHANGE_ACCOUNT)
def withdraw_account(actor: Actor, account: Account) -> None:
    """Take back an account that an import made: it is gone for everybody, its name and domains are free; the trail keeps that it was."""
    account.removed_at = now()
    account.domains = []
    for each in actor.session.scalars(_names_of(account.pk)):
        actor.session.delete(each)
    record(actor, ACCOUNT_WITHDRAWN, account, audience_pk=account.audience_pk, account=account, facts={"name": account.name})


def said_of(account: Account, field: str) -> Any:
    """What a field, or `tags`, `domains` or `aliases`, says now."""
    if field in (*LISTS, "aliases"):
        return sorted(row.name for row in getattr(account, field))
    if field not in FIELDS:
        raise ValueError(f"an account has no field {field}")
    return getattr(account, field)


def words_for(field: str) -> str:
    """A field's name in the middle of a sentence."""
    said = {
        "name": _("name"),
        "industry": _("industry"),
        "region": _("region"),
        "size": _("size"),
        "website": _("website"),
        "lead_source": _("lead source"),
        "rating": _("rating"),
        "about": _("description"),
        "tags": _("tags"),
        "domains": _("mail domains"),
        "aliases": _("other names"),
    }
    return said[field]


def _remember(actor: Actor, account: Account, field: str, value: Any) -> None:
    known = select(AccountFact).where(AccountFact.account_pk == account.pk, AccountFact.field == field, current(AccountFact))
    fact = actor.session.scalar(known)
    if fact is not None:
        change(actor.session, fact, value=value)
    else:
        actor.session.add(AccountFact(account_pk=account.pk, field=field, value=value))
    actor.session.flush()


def _rename(actor: Actor, account: Account) -> None:
    own = actor.session.scalar(_names_of(account.pk).where(AccountName.alias.is_(False)))
    if own is not None:
        own.name, own.key = account.name, key(account.name)


def _names_of(account_pk: int) -> Any:
    return select(AccountName).where(AccountName.account_pk == account_pk)


def _name_domains(actor: Actor, account: Account, domains: list[str]) -> None:
    taken = actor.session.scalars(select(AccountDomain.name).where(AccountDomain.name.in_(domains), AccountDomain.account_pk != account.pk))
    if names := sorted(taken):
        raise Invalid(("domains", _("%(domain)s belongs to another account.", domain=", ".join(names))))
    kept = {row.name: row for row in account.domains if row.name in domains}
    account.domains = [kept.get(name) or AccountDomain(name=name) for name in sorted(set(domains))]


def _name_tags(account: Account, tags: list[str]) -> None:
    kept = {row.name: row for row in account.tags if row.name in tags}
    account.tags = [kept.get(name) or AccountTag(name=name) for name in sorted(set(tags))]
