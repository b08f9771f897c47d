"""An account changes hands: its rooms go with it, clients see a new name, the predecessor sees nothing."""

from sqlalchemy import select

from portal.accounts import actions as accounts
from portal.accounts.models import Account
from portal.kernel.clock import now
from portal.kernel.history import as_of, current
from portal.kernel.policy import may
from portal.people.models import Person
from workspaces.rooms import actions
from workspaces.rooms.models import GroupMember, Membership, Workspace
from workspaces.rooms.policy import May


def give(actor, world, to: str) -> None:
    account = actor.session.get_one(Account, world.pks["calder"])
    accounts.give_account(actor, account, to=actor.session.get_one(Person, world.pks[to]))


def staff_in(actor, world, room: str, at=None) -> dict[str, str]:
    told = current(Membership) if at is None else as_of(Membership, at)
    found = select(Person.name, Membership.role).join(Membership, Membership.person_pk == Person.pk)
    found = found.where(Membership.workspace_pk == world.pks[room], Person.is_staff.is_(True), told)
    return {name: role for name, role in actor.session.execute(found)}  # noqa: C416


def test_the_successor_owns_the_rooms_and_the_predecessor_is_out(acting, world):
    with acting("ada") as ada:
        then = now()
        assert staff_in(ada, world, "room") == {"Rhea Rep": "owner"}
        give(ada, world, "nora")
        for room in ("room", "side"):
            assert staff_in(ada, world, room) == {"Nora Newrep": "owner"}
            assert staff_in(ada, world, room, then) == {"Rhea Rep": "owner"}
        assert staff_in(ada, world, "other") == {"Ravi Rep": "owner"}
    with acting("rhea") as rhea:
        assert not may(rhea, May.READ_WORKSPACE, rhea.session.get_one(Workspace, world.pks["room"]))
    with acting("nora") as nora:
        assert may(nora, May.RUN_WORKSPACE, nora.session.get_one(Workspace, world.pks["room"]))


def test_clients_stay_who_they_were(acting, world):
    with acting("ada") as ada:
        clients = select(Membership.person_pk, Membership.role).where(Membership.workspace_pk == world.pks["room"], current(Membership))
        clients = clients.join(Person).where(Person.is_staff.is_(False)).order_by(Membership.person_pk)
        before = ada.session.execute(clients).all()
        give(ada, world, "nora")
        assert ada.session.execute(clients).all() == before


def test_a_member_already_there_becomes_the_owner(acting, world):
    with acting("rhea") as rhea:
        room = rhea.session.get_one(Workspace, world.pks["room"])
        actions.join(rhea, room, rhea.session.get_one(Person, world.pks["nora"]), role="member", account=None)
        give(rhea, world, "nora")
        assert staff_in(rhea, world, "room") == {"Nora Newrep": "owner"}


def test_a_place_in_a_group_is_passed_on(acting, world):
    with acting("rhea") as rhea:
        rhea.session.add(GroupMember(group_pk=world.pks["group"], person_pk=world.pks["rhea"]))
        rhea.session.flush()
        give(rhea, world, "nora")
        inside = select(GroupMember.person_pk).where(GroupMember.group_pk == world.pks["group"], current(GroupMember))
        assert set(rhea.session.scalars(inside)) == {world.pks["petra"], world.pks["nora"]}


def test_given_back_everything_is_as_before(acting, world):
    with acting("ada") as ada:
        give(ada, world, "nora")
        give(ada, world, "rhea")
        assert staff_in(ada, world, "room") == {"Rhea Rep": "owner"}


def test_a_community_stays_as_it_is(acting, world):
    with acting("rhea") as rhea:
        calder = rhea.session.get_one(Account, world.pks["calder"])
        community = actions.open_workspace(rhea, title="Water people", accounts=[calder], community=True)
        give(rhea, world, "nora")
        members = select(Membership.person_pk).where(Membership.workspace_pk == community.pk, current(Membership))
        assert rhea.session.scalars(members).all() == [world.pks["rhea"]]
