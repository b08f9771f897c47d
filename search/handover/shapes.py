"""Handovers as the API has them."""

from typing import Annotated

from typing_extensions import TypedDict

from portal.accounts.models import Account
from portal.kernel.actor import Actor
from portal.kernel.clock import rfc3339
from portal.kernel.shapes import Moment, means, one_of
from portal.people.models import Person
from portal.people.shapes import NamedJson, named
from search.handover import queries
from search.handover.models import ACCOUNT, DEPUTY, DRAFTS, FOLLOWS, ROOM, STATES, STEPS, TEAM, Handover
from search.handover.queries.first import Stands
from search.handover.queries.holdings import Held, Holdings
from search.handover.wording import counted, left_words

WOULD = "dry_run"


class ToldAccountJson(NamedJson):
    """An account that a handover is about."""


class MovesJson(TypedDict):
    """How much of each moves, or has moved."""

    accounts: Annotated[int, means("That they own.")]
    teams: Annotated[int, means("Places in teams of accounts that somebody else owns.")]
    deputies: Annotated[int, means("Accounts for whose owner they act.")]
    workspaces: int
    steps: Annotated[int, means("Steps of plans that are not done.")]
    drafts: int
    followed: Annotated[int, means("Discussions that they followed.")]


HandoverJson = TypedDict(
    "HandoverJson",
    {
        "id": Annotated[str | None, means("Null where it was only tried out.")],
        "from": NamedJson,
        "to": NamedJson,
        "by": Annotated[NamedJson | None, means("Who proposed or did it; null at the operator's shell.")],
        "at": Moment | None,
        "state": Annotated[str, one_of(WOULD, *STATES)],
        "done_at": Moment | None,
        "reversible_until": Annotated[Moment | None, means("Until when it can be taken back.")],
        "announce": Annotated[bool, means("Clients are told.")],
        "leaves": Annotated[bool, means("Their access ends with it.")],
        "accounts": Annotated[list[ToldAccountJson], means("That it moved, or would move; until it is done those that were chosen.")],
        "moves": MovesJson,
        "stays": Annotated[list[str], means("What was left where it is, and why, in words.")],
        "url": Annotated[str | None, means("Its page.")],
    },
)
HandoverJson.__doc__ = "What somebody held going to a successor."
KEYS = {ACCOUNT: "accounts", TEAM: "teams", DEPUTY: "deputies", ROOM: "workspaces", STEPS: "steps", DRAFTS: "drafts", FOLLOWS: "followed"}


def handover_json(actor: Actor, handover: Handover) -> HandoverJson:
    items = queries.nameable(actor, handover)
    numbers = counted(items)
    accounts = queries.accounts_of(items) if handover.done_at else queries.chosen(actor, handover)
    return {
        "id": handover.id,
        "from": named(handover.leaver),
        "to": named(handover.successor),
        "by": named(handover.by) if handover.by else None,
        "at": rfc3339(handover.created_at),
        "state": handover.state,
        "done_at": rfc3339(handover.done_at) if handover.done_at else None,
        "reversible_until": rfc3339(handover.until) if handover.until else None,
        "announce": handover.announce,
        "leaves": handover.leaves,
        "accounts": [_account(account) for account in accounts],
        "moves": _moves({KEYS[kind]: number for kind, number in numbers.items() if kind in KEYS}),
        "stays": [left_words(item, handover.leaver.name) for item in items if item.left],
        "url": handover.path,
    }


def would_json(held: Holdings, to: Person, chosen: list[Account], *, announce: bool, leaves: bool) -> HandoverJson:
    """What would move; nothing has."""
    wanted = [each for each in held.accounts if each.may_give and (not chosen or each.account in chosen)]
    return {
        "id": None,
        "from": named(held.person),
        "to": named(to),
        "by": None,
        "at": None,
        "state": WOULD,
        "done_at": None,
        "reversible_until": None,
        "announce": announce,
        "leaves": leaves,
        "accounts": [_account(each.account) for each in wanted],
        "moves": would_move(held, wanted, whole=not chosen),
        "stays": [],
        "url": None,
    }


def would_move(held: Holdings, wanted: list[Held], *, whole: bool) -> MovesJson:
    rooms = sum(1 for each in wanted for room in each.rooms if room.role or each.how == ACCOUNT) + (len(held.rooms) if whole else 0)
    owned = [each for each in wanted if each.how == ACCOUNT]
    return {
        "accounts": len(owned),
        "teams": sum(each.how == TEAM for each in wanted),
        "deputies": sum(each.how == DEPUTY for each in wanted),
        "workspaces": rooms,
        "steps": sum(each.steps for each in owned),
        "drafts": sum(each.drafts for each in wanted),
        "followed": sum(each.follows for each in owned),
    }


def _moves(numbers: dict[str, int]) -> MovesJson:
    return {
        "accounts": numbers.get("accounts", 0),
        "teams": numbers.get("teams", 0),
        "deputies": numbers.get("deputies", 0),
        "workspaces": numbers.get("workspaces", 0),
        "steps": numbers.get("steps", 0),
        "drafts": numbers.get("drafts", 0),
        "followed": numbers.get("followed", 0),
    }


def _account(account: Account) -> ToldAccountJson:
    return {"id": account.id, "name": account.name}


class AccountFirstJson(TypedDict):
    """An account, and why it stands where it does among those that were handed over."""

    account: ToldAccountJson
    questions: Annotated[int, means("Of clients, that nobody has answered.")]
    promises: Annotated[int, means("Of ours, overdue or contested.")]
    people: Annotated[int, means("Of theirs, with a part in the purchase or in its workspaces.")]
    silent_days: Annotated[int, means("Since anything was written or filed; where nothing ever was, since the account was opened.")]


def first_json(each: Stands) -> AccountFirstJson:
    return {
        "account": _account(each.account),
        "questions": each.questions,
        "promises": each.overdue + each.contested,
        "people": each.worth,
        "silent_days": each.silence,
    }
