"""What somebody holds goes to a successor, all of it or nothing, and comes back."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts import actions as accounts
from portal.accounts.actions.deputies import name_deputy
from portal.accounts.models import Account
from portal.accounts.policy import May as Accounts
from portal.kernel.actor import Actor
from portal.kernel.errors import Invalid
from portal.kernel.events import Event, breaches
from portal.kernel.policy import may
from portal.people import actions as people
from portal.people.models import Person
from portal.people.queries import today_of
from search.handover import actions
from search.handover.models import Handover
from search.handover.queries.holdings import holdings
from tests.cast import World
from workspaces.forums import actions as forums
from workspaces.forums.models import Draft, Following, Topic
from workspaces.forums.policy import May as Forums
from workspaces.plan import actions as plan
from workspaces.plan.models import PlanItem
from workspaces.rooms import actions as rooms
from workspaces.rooms.models import Group, Workspace
from workspaces.rooms.policy import May as Rooms

Acting = Callable[[str], AbstractContextManager[Actor]]


def row(actor: Actor, world: World, model: type, key: str):  # type: ignore[no-untyped-def]
    return actor.session.get_one(model, world.pks[key])


@pytest.fixture
def held(acting: Acting, world: World, circle: str) -> World:
    """Rhea holds all that there is to hold: an account with a draft, a step and a place in a group, a community, a team, a deputyship."""
    with acting("rhea") as rhea:
        room = row(rhea, world, Workspace, "room")
        forums.keep_draft(rhea, place=f"topic:{world.ids['topic']}", body="About the 24 V panels I would say")
        world.keep("step", plan.add_item(rhea, room, title="Send the drawings", owners=[row(rhea, world, Person, "rhea")]))
        rooms.set_groups(rhea, room, person=row(rhea, world, Person, "rhea"), groups=[row(rhea, world, Group, "group")])
    with acting("ravi") as ravi:
        account = row(ravi, world, Account, "otway")
        accounts.join_team(ravi, account, person=row(ravi, world, Person, "rhea"))
        third = accounts.open_account(ravi, name="Third Water")
        world.keep("third", third)
        day = today_of(ravi)
        name_deputy(ravi, third, person=row(ravi, world, Person, "rhea"), begins=day, until=day + timedelta(days=5))
    return world


def hand_over(acting: Acting, world: World, who: str = "ada", **details: object) -> str:
    with acting(who) as actor:
        given = actions.hand_over(actor, row(actor, world, Person, "rhea"), to=row(actor, world, Person, "nora"), **details)  # type: ignore[arg-type]
        return given.id


def test_everything_that_hangs_on_somebody_is_listed(acting: Acting, held: World) -> None:
    with acting("ada") as ada:
        found = holdings(ada, row(ada, held, Person, "rhea"))
        assert [(each.account.name, each.how) for each in found.accounts] == [
            ("Calder Water", "account"),
            ("Otway Foods", "team"),
            ("Third Water", "deputy"),
        ]
        calder = found.accounts[0]
        assert {room.workspace.title for room in calder.rooms} == {"Leak detection", "Billing questions"}
        assert (calder.drafts, calder.steps) == (1, 1)
        assert calder.follows
        assert [room.workspace.title for room in found.rooms] == ["Sensors at work"]


def test_the_leaver_reads_nothing_and_the_successor_everything(acting: Acting, held: World, db: Session) -> None:
    with acting("rhea") as rhea:
        assert may(rhea, Accounts.READ_ACCOUNT, row(rhea, held, Account, "calder"))
    hand_over(acting, held)
    for who, reads in {"rhea": False, "nora": True}.items():
        with acting(who) as actor:
            for key in ("calder", "otway", "third"):
                assert may(actor, Accounts.READ_ACCOUNT, row(actor, held, Account, key)) is reads, (who, key)
            for key in ("room", "side", "circle"):
                assert may(actor, Rooms.READ_WORKSPACE, row(actor, held, Workspace, key)) is reads, (who, key)
            assert may(actor, Forums.READ_TOPIC, row(actor, held, Topic, "staff_topic")) is reads
    draft = db.scalars(select(Draft)).one()
    assert (draft.person_pk, draft.begun_by_pk) == (held.pks["nora"], held.pks["rhea"])
    assert [person.name for person in db.get_one(PlanItem, held.pks["step"]).owners] == ["Nora Newrep"]
    assert db.scalar(select(Following).where(Following.person_pk == held.pks["nora"], Following.topic_pk == held.pks["topic"]))
    with acting("ada") as ada:
        assert holdings(ada, row(ada, held, Person, "rhea")).empty
    told = db.scalars(select(Event).where(Event.kind == "handover.done").order_by(Event.pk)).all()
    assert {event.account_pk for event in told} == {held.pks["calder"], held.pks["otway"], held.pks["third"]}
    assert not list(breaches(db))


def state(db: Session, world: World) -> object:
    """Who holds what."""
    db.rollback()
    told = []
    for who in ("rhea", "nora"):
        found = holdings(Actor(db, db.get_one(Person, world.pks["ada"])), db.get_one(Person, world.pks[who]))
        told.append(
            [
                (e.account.name, e.how, e.until, [(r.workspace.title, r.role) for r in e.rooms], e.steps, e.drafts, e.follows)
                for e in found.accounts
            ]
        )
        told.append([(room.workspace.title, room.role) for room in found.rooms])
        told.append(db.get_one(Person, world.pks[who]).suspended_at)
    return told


@pytest.mark.parametrize("leaves", [False, True])
@pytest.mark.parametrize("before", ["nothing", "some"])
def test_taken_back_everything_is_as_it_was(acting: Acting, held: World, db: Session, leaves: bool, before: str) -> None:
    if before == "some":  # the successor had a part in it already
        with acting("rhea") as rhea:
            accounts.join_team(rhea, row(rhea, held, Account, "calder"), person=row(rhea, held, Person, "nora"))
            rooms.join(rhea, row(rhea, held, Workspace, "room"), row(rhea, held, Person, "nora"), role="reader", account=None)
            both = [row(rhea, held, Person, name) for name in ("rhea", "nora")]
            plan.set_owners(rhea, row(rhea, held, PlanItem, "step"), owners=both)
    stood = state(db, held)
    done = hand_over(acting, held, leaves=leaves)
    assert state(db, held) != stood
    with acting("ada") as ada:
        back = actions.take_back(ada, ada.session.scalars(select(Handover).where(Handover.id == done)).one())
        assert [item.left for item in back.items if item.left] == []
    assert state(db, held) == stood
    assert not list(breaches(db))


def test_what_has_changed_meanwhile_is_left_and_named(acting: Acting, held: World, db: Session) -> None:
    done = hand_over(acting, held)
    with acting("nora") as nora:
        accounts.give_account(nora, row(nora, held, Account, "calder"), to=row(nora, held, Person, "ravi"))
    with acting("ada") as ada:
        back = actions.take_back(ada, ada.session.scalars(select(Handover).where(Handover.id == done)).one())
        assert {item.account.name for item in back.items if item.left and item.account} == {"Calder Water"}
    with acting("rhea") as rhea:
        assert not may(rhea, Accounts.READ_ACCOUNT, row(rhea, held, Account, "calder"))
        assert may(rhea, Accounts.READ_ACCOUNT, row(rhea, held, Account, "otway"))


def test_a_draft_beside_ones_own_stands_below_it(acting: Acting, held: World, db: Session) -> None:
    with acting("ada") as ada:
        rooms.join(ada, row(ada, held, Workspace, "room"), row(ada, held, Person, "nora"), role="member", account=None)
    with acting("nora") as nora:
        forums.keep_draft(nora, place=f"topic:{held.ids['topic']}", body="My own words")
    hand_over(acting, held)
    assert db.scalars(select(Draft)).one().body == "My own words\n\nBegun by Rhea Rep:\n\nAbout the 24 V panels I would say"


def test_some_accounts_alone(acting: Acting, held: World) -> None:
    with acting("ada") as ada:
        calder = row(ada, held, Account, "calder")
        actions.hand_over(ada, row(ada, held, Person, "rhea"), to=row(ada, held, Person, "nora"), accounts=[calder])
        found = holdings(ada, row(ada, held, Person, "rhea"))
        assert [each.account.name for each in found.accounts] == ["Otway Foods", "Third Water"]
        assert [room.workspace.title for room in found.rooms] == ["Sensors at work"]


def test_who_looks_after_another_account_is_not_a_managers_to_say(acting: Acting, held: World) -> None:
    """Of one that they may not even know of nothing is told."""
    with acting("ravi") as ravi:
        rooms.join(ravi, row(ravi, held, Workspace, "other"), row(ravi, held, Person, "rhea"), role="member", account=None)
        accounts.leave_team(ravi, row(ravi, held, Account, "otway"), person=row(ravi, held, Person, "rhea"))
    with acting("ada") as ada:
        assert "Cold chain" in [room.workspace.title for room in holdings(ada, row(ada, held, Person, "rhea")).rooms]
    with acting("mona") as mona:
        found = holdings(mona, row(mona, held, Person, "rhea"))
        assert [each.account.name for each in found.accounts] == ["Calder Water"]
        assert ([room.workspace.title for room in found.rooms], found.others) == (["Sensors at work"], 2)
    hand_over(acting, held, who="mona")
    with acting("nora") as nora:
        assert not may(nora, Rooms.READ_WORKSPACE, row(nora, held, Workspace, "other"))
        assert not may(nora, Accounts.READ_ACCOUNT, row(nora, held, Account, "third"))


def test_a_place_in_anothers_team_is_named_and_stays(acting: Acting, held: World) -> None:
    done = hand_over(acting, held, who="mona")
    with acting("mona") as mona:
        items = mona.session.scalars(select(Handover).where(Handover.id == done)).one().items
        assert {item.account.name for item in items if item.left and item.account} == {"Otway Foods"}


def test_a_rep_proposes_and_who_is_above_both_decides(acting: Acting, world: World) -> None:
    proposed = hand_over(acting, world, who="rhea")
    with acting("rhea") as rhea:
        assert may(rhea, Accounts.READ_ACCOUNT, row(rhea, world, Account, "calder"))
    with acting("mona") as mona:
        handover = mona.session.scalars(select(Handover).where(Handover.id == proposed)).one()
        assert handover.state == "proposed"
        actions.approve(mona, handover)
    with acting("rhea") as rhea:
        assert not may(rhea, Accounts.READ_ACCOUNT, row(rhea, world, Account, "calder"))


def test_access_goes_with_it(acting: Acting, held: World, db: Session) -> None:
    with acting("rhea") as rhea:
        people.make_token(rhea, name="script", scopes=["read"])
    hand_over(acting, held, leaves=True)
    assert db.get_one(Person, held.pks["rhea"]).suspended_at is not None


@pytest.mark.parametrize("to", ["rhea", "petra"])
def test_some_cannot_have_it(acting: Acting, world: World, to: str) -> None:
    with acting("ada") as ada, pytest.raises(Invalid):
        actions.hand_over(ada, row(ada, world, Person, "rhea"), to=row(ada, world, Person, to))
