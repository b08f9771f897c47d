"""Handing over at the operator's shell: nobody's decision is waited for."""

import click
from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from portal.accounts.models import Account, AccountDomain
from portal.kernel.actor import the_system
from portal.kernel.errors import Invalid
from portal.kernel.house import House
from portal.kernel.shell import as_json, say, say_json, using_house
from portal.people.models import Person
from search.handover import actions
from search.handover.models import Handover
from search.handover.queries.holdings import holdings
from search.handover.shapes import HandoverJson, handover_json, would_json


@click.command()
@click.option("--from", "from_", metavar="EMAIL", help="Who hands over.")
@click.option("--to", metavar="EMAIL", help="Who takes over.")
@click.option("--account", "accounts", metavar="A", multiple=True, help="Only this account: id, name or domain. Several times for several.")
@click.option("--announce", is_flag=True, help="Tell the clients.")
@click.option("--leaves", is_flag=True, help="End the access of who hands over, before anything else.")
@click.option("--dry-run", is_flag=True, help="Say what would move, and move nothing.")
@click.option("--reverse", metavar="ID", help="Take back the handover of this id.")
@as_json
@using_house
def handover(
    house: House,
    from_: str | None,
    to: str | None,
    accounts: tuple[str, ...],
    announce: bool,
    leaves: bool,
    dry_run: bool,
    reverse: str | None,
    as_json: bool,
) -> None:
    """Hand over all that somebody holds to a successor: accounts, teams, workspaces, steps of plans, drafts. All of it or nothing."""
    if reverse is None and not (from_ and to):
        raise click.UsageError("Say --from whom --to whom, or which one to --reverse.")
    try:
        with house.db.writing() as session:
            system = the_system(session)
            if reverse is not None:
                told = handover_json(system, actions.take_back(system, _handover(session, reverse)))
            else:
                leaver, successor = _person(session, from_ or ""), _person(session, to or "")
                chosen = [_account(session, name) for name in accounts]
                if dry_run:
                    actions.refuse(system, leaver, successor, chosen)
                    told = would_json(holdings(system, leaver), successor, chosen, announce=announce, leaves=leaves)
                else:
                    done = actions.hand_over(system, leaver, to=successor, accounts=chosen, announce=announce, leaves=leaves)
                    told = handover_json(system, done)
    except Invalid as wrong:
        raise click.ClickException("; ".join(words for _field, words in wrong.errors)) from None
    if as_json:
        say_json(told)
    else:
        _say(told)


def _say(told: HandoverJson) -> None:
    heads = {"dry_run": "Would move", "done": "Moved", "reversed": "Moved back"}
    moves = ", ".join(f"{number} {name}" for name, number in told["moves"].items() if number) or "nothing"
    say(f"{heads[told['state']]} from {told['from']['name']} to {told['to']['name']}: {moves}.")
    for account in told["accounts"]:
        say(f"  {account['name']}")
    for words in told["stays"]:
        say(f"  Left: {words}")
    if told["state"] == "done":
        say(f"To be taken back until {told['reversible_until']}: mainstay handover --reverse {told['id']}")


def _person(session: Session, email: str) -> Person:
    found = session.scalar(select(Person).where(Person.email == email.strip().lower(), Person.is_staff.is_(True)))
    if found is None:
        raise click.ClickException(f"Nobody of the staff has the address {email}.")
    return found


def _account(session: Session, told: str) -> Account:
    of_domain = select(AccountDomain.account_pk).where(AccountDomain.name == told.lower())
    meant = or_(Account.id == told, func.lower(Account.name) == told.lower(), Account.pk.in_(of_domain))
    found = list(session.scalars(select(Account).where(meant, Account.removed_at.is_(None)).limit(2)))
    if len(found) != 1:
        raise click.ClickException(f"{'Several accounts are' if found else 'No account is'} called {told}.")
    return found[0]


def _handover(session: Session, id: str) -> Handover:
    found = session.scalar(select(Handover).where(Handover.id == id, Handover.done_at.is_not(None), Handover.reversed_at.is_(None)))
    if found is None or not found.reversible:
        raise click.ClickException("There is no handover of this id that can be taken back.")
    return found
