"""Handing over at the operator's shell: nobody's decision is waited for."""

import click

from portal.accounts import actions as accounts_
from portal.accounts.models import Account
from portal.kernel.actor import Actor, the_system
from portal.kernel.errors import Invalid, NotFound
from portal.kernel.house import House
from portal.kernel.policy import fetch
from portal.kernel.shell import as_json, say, say_json, using_house
from portal.people.models import Person
from search.handover import actions, queries
from search.handover.models import Handover
from search.handover.policy import May
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
                told = handover_json(system, actions.take_back(system, _handover(system, reverse)))
            else:
                leaver, successor = _person(system, from_ or ""), _person(system, to or "")
                chosen = [_account(system, name) for name in accounts]
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


def _person(system: Actor, email: str) -> Person:
    try:
        return accounts_.staff_named(system, email)
    except Invalid:
        raise click.ClickException(f"Nobody of the staff has the address {email}.") from None


def _account(system: Actor, told: str) -> Account:
    found = queries.accounts_called(system, told)
    if len(found) != 1:
        raise click.ClickException(f"{'Several accounts are' if found else 'No account is'} called {told}.")
    return found[0]


def _handover(system: Actor, id: str) -> Handover:
    try:
        found: Handover = fetch(system, May.READ_HANDOVER, id)
    except NotFound:
        raise click.ClickException("There is no handover of this id.") from None
    if not found.reversible:
        raise click.ClickException("It cannot be taken back: it was already, was never done, or is older than 30 days.")
    return found
