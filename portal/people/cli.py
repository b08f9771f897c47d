"""Commands about staff and API tokens: the operator's way in, before anybody can sign in."""

from typing import Any

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.kernel.actor import the_system
from portal.kernel.clock import rfc3339
from portal.kernel.house import House
from portal.kernel.shell import as_json, say, say_json, say_table, using_house
from portal.people import actions, sign_ins
from portal.people.models import ROLES, Person, Token


@click.group()
def user() -> None:
    """The vendor's staff."""


@user.command()
@click.argument("email")
@click.option("--name", required=True, help="How they are called.")
@click.option(
    "--role", "roles", multiple=True, type=click.Choice(ROLES), default=("rep",), show_default=True, help="May be given several times."
)
@click.option("--manager", metavar="EMAIL", help="Whom they report to.")
@as_json
@using_house
def add(house: House, email: str, name: str, roles: tuple[str, ...], manager: str | None, as_json: bool) -> None:
    """Add somebody and print a link that signs them in once, within a day."""
    if "@" not in email.strip("@") or len(email) > 254:
        raise click.BadParameter("Write an e-mail address.", param_hint="EMAIL")
    with house.db.writing() as session:
        boss = _person(session, manager) if manager else None
        person = actions.add_staff(the_system(session), email=email, name=name, roles=list(roles), manager=boss)
        link = sign_in_url(house, session, person)
        told = {"id": person.id, "email": person.email, "link": link}
    say_json(told) if as_json else say(link)


@user.command(name="list")
@as_json
@using_house
def list_users(house: House, as_json: bool) -> None:
    """Everybody on the staff."""
    with house.db.reading() as session:
        staff = session.scalars(select(Person).where(Person.is_staff.is_(True)).order_by(Person.name)).all()
        rows: list[dict[str, Any]] = [
            {"id": each.id, "email": each.email, "name": each.name, "roles": each.roles, "suspended": each.gone} for each in staff
        ]
    if as_json:
        say_json(rows)
    else:
        say_table(
            ("E-MAIL", "NAME", "ROLES", ""),
            [(row["email"], row["name"], " ".join(row["roles"]), "suspended" if row["suspended"] else "") for row in rows],
        )


@user.command()
@click.argument("email")
@using_house
def suspend(house: House, email: str) -> None:
    """End somebody's access at once, on every channel. What they wrote stays."""
    with house.db.writing() as session:
        person = actions.suspend_person(the_system(session), _person(session, email))
        said = f"{person.name} has no access any more."
    say(said)


@user.command(name="signin-link")
@click.argument("email")
@using_house
def signin_link(house: House, email: str) -> None:
    """Print a link that signs somebody in once, within a day. It works for whoever has it."""
    with house.db.writing() as session:
        person = _person(session, email)
        if person.gone:
            raise click.ClickException(f"{person.name} is suspended.")
        link = sign_in_url(house, session, person)
    say(link)


@click.group()
def token() -> None:
    """API tokens. They are shown once and kept as hashes."""


@token.command(name="add")
@click.argument("email")
@click.option("--name", required=True, help="What it is for.")
@click.option("--scope", "scopes", multiple=True, type=click.Choice(sign_ins.SCOPES), default=("read", "write"), show_default=True)
@as_json
@using_house
def add_token(house: House, email: str, name: str, scopes: tuple[str, ...], as_json: bool) -> None:
    """Make a token for somebody on the staff and print it."""
    with house.db.writing() as session:
        made, secret = actions.make_token(the_system(session), name=name, scopes=list(scopes), person=_person(session, email))
        told = {"id": made.id, "token": secret}
    say_json(told) if as_json else say(secret)


@token.command(name="list")
@as_json
@using_house
def list_tokens(house: House, as_json: bool) -> None:
    """The tokens that work."""
    with house.db.reading() as session:
        found = session.scalars(select(Token).where(Token.revoked_at.is_(None)).join(Token.person).order_by(Person.email, Token.pk)).all()
        rows: list[dict[str, Any]] = [
            {
                "id": each.id,
                "email": each.person.email,
                "name": each.name,
                "scopes": each.scopes,
                "used_at": rfc3339(each.used_at) if each.used_at else None,
            }
            for each in found
        ]
    if as_json:
        say_json(rows)
    else:
        say_table(
            ("ID", "E-MAIL", "NAME", "SCOPES", "LAST USED"),
            [(row["id"], row["email"], row["name"], " ".join(row["scopes"]), row["used_at"]) for row in rows],
        )


@token.command()
@click.argument("id")
@using_house
def revoke(house: House, id: str) -> None:
    """Have a token stop working at once."""
    with house.db.writing() as session:
        found = session.scalar(select(Token).where(Token.id == id))
        if found is None:
            raise click.ClickException("There is no token of this id.")
        actions.revoke_token(the_system(session), found)
    say("It does not work any more.")


def sign_in_url(house: House, session: Session, person: Person) -> str:
    """A link for whoever holds the shell; without a base URL for the address that `serve` uses by itself."""
    return (house.settings.base_url or "http://127.0.0.1:8000") + sign_ins.make_link(session, person)


def _person(session: Session, email: str) -> Person:
    found = session.scalar(select(Person).where(Person.email == email.strip().lower()))
    if found is None:
        raise click.ClickException(f"Nobody here has the address {email}.")
    return found
