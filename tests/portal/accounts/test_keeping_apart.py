"""Companies that are kept apart do not meet, whichever way their people would come together."""

import pytest
from sqlalchemy import select

from portal.accounts import actions
from portal.accounts.models import Account, Contact
from portal.kernel.actor import Actor
from portal.kernel.errors import Invalid
from portal.kernel.events import Event
from portal.people.models import Person
from tests.conftest import csrf_of, post
from workspaces.rooms import actions as rooms
from workspaces.rooms.actions.invitations import Wanted
from workspaces.rooms.models import Group, Invitation, Workspace


def _account(actor, world, name="calder"):
    return actor.session.get_one(Account, world.pks[name])


def _person(actor, world, name):
    return actor.session.get_one(Person, world.pks[name])


@pytest.fixture
def circle(acting, world):
    """A community of Otway Foods alone, with Otto in it, run by Ravi; Ada may set pairs."""
    with acting("ravi") as ravi:
        made = rooms.open_workspace(ravi, title="Users", accounts=[_account(ravi, world, "otway")], community=True)
        rooms.join(ravi, made, _person(ravi, world, "otto"), role="member", account=made.accounts[0])
        world.ids["circle"], world.pks["circle"] = made.id, made.pk
    return world.pks["circle"]


@pytest.fixture
def apart(acting, world, circle):
    with acting("ada") as ada:
        actions.keep_apart(ada, _account(ada, world), other=_account(ada, world, "otway"), reason="They bid against each other.")


def _invites(actor, world, email, room="circle"):
    workspace = actor.session.get_one(Workspace, world.pks[room])
    company = workspace.accounts[0]
    return rooms.invite_people(actor, workspace, wanted=[Wanted(email, "member", account=company)])


@pytest.mark.parametrize("email", ["new@calder.example", "petra@calder.example"])
def test_no_invitation(acting, world, apart, email):
    with acting("ravi") as ravi, pytest.raises(Invalid, match="kept apart") as wrong:
        _invites(ravi, world, email)
    assert "Calder" not in str(wrong.value), "Ravi does not know that account"
    with acting("ravi") as ravi:
        assert _invites(ravi, world, "new@otway.example")


def test_no_acceptance_of_an_older_invitation(acting, world, circle):
    with acting("ravi") as ravi:
        ((invitation, _token),) = _invites(ravi, world, "new@calder.example")
        pk = invitation.pk
    with acting("ada") as ada:
        actions.keep_apart(ada, _account(ada, world), other=_account(ada, world, "otway"))
    with acting("nobody") as nobody, pytest.raises(Invalid) as wrong:
        rooms.accept_invitation(Actor(nobody.session), nobody.session.get_one(Invitation, pk))
    assert "Otway" not in str(wrong.value)


def test_no_community_of_both(acting, world, apart):
    with acting("system") as system:
        both = [_account(system, world), _account(system, world, "otway")]
        with pytest.raises(Invalid, match="They bid against each other"):
            rooms.open_workspace(system, title="All", accounts=both, community=True)
    with acting("ada") as ada:
        actions.let_meet(ada, _account(ada, world), other=_account(ada, world, "otway"))
    with acting("system") as system:
        both = [_account(system, world), _account(system, world, "otway")]
        assert rooms.open_workspace(system, title="All", accounts=both, community=True)


def test_no_way_into_a_group_or_an_audience(acting, world, apart):
    """Were they in one workspace all the same, from before: no group and no place brings them together."""
    from workspaces.forums import actions as forums
    from workspaces.forums.models import Forum
    from workspaces.rooms.models import Membership

    with acting("rhea") as rhea:
        rhea.session.add(
            Membership(workspace_pk=world.pks["room"], person_pk=world.pks["otto"], account_pk=world.pks["calder"], role="member")
        )
    with acting("rhea") as rhea:
        group = rhea.session.get_one(Group, world.pks["group"])
        with pytest.raises(Invalid, match="kept apart"):
            rooms.change_group(rhea, group, members=[_person(rhea, world, "petra"), _person(rhea, world, "otto")])
        with pytest.raises(Invalid, match="kept apart"):
            forums.change_forum_audience(rhea, rhea.session.get_one(Forum, world.pks["inner"]), audience="everyone")


def test_nobody_moves_to_a_company_that_those_around_them_must_not_meet(acting, world, apart):
    with acting("system") as system:
        petra = system.session.scalar(select(Contact).where(Contact.person_pk == world.pks["petra"]))
        if petra is None:
            from portal.accounts.actions import know_contact

            petra = know_contact(system, _account(system, world), _person(system, world, "petra"))
        with pytest.raises(Invalid, match="Leak detection"):
            actions.move_contact(system, petra, to=_account(system, world, "otway"))
    with acting("system") as system:
        new = actions.add_contact(system, _account(system, world), name="Nobody Inside", email="x@calder.example")
        assert actions.move_contact(system, new, to=_account(system, world, "otway"))


def test_they_meet_already(acting, world, circle):
    with acting("ravi") as ravi:
        rooms.join(ravi, ravi.session.get_one(Workspace, circle), _person(ravi, world, "petra"), role="reader", account=None)
    with acting("ada") as ada, pytest.raises(Invalid, match="“Users”"):
        actions.keep_apart(ada, _account(ada, world), other=_account(ada, world, "otway"))


def test_on_both_trails_and_on_neither_by_the_others_name(acting, world, apart, db):
    told = {event.account_pk: event.facts["name"] for event in db.scalars(select(Event).where(Event.kind == "account.kept_apart"))}
    assert told == {world.pks["calder"]: "Calder Water", world.pks["otway"]: "Otway Foods"}


def test_the_pages(door, world, circle):
    ada, url = door("ada"), f"/accounts/{world.ids['calder']}/kept-apart"
    assert b"Nobody yet" in ada.get(url).data
    assert post(ada, url, other=world.ids["calder"]).status_code == 422
    assert post(ada, url, other=world.ids["otway"], reason="They bid for the same tender").status_code == 303
    page = ada.get(url).data
    assert b"Otway Foods" in page
    assert b"They bid for the same tender" in page
    rhea = door("rhea").get(f"/accounts/{world.ids['calder']}").data
    assert b"another account" in rhea
    assert b"Otway" not in rhea
    assert b"They bid for the same tender" not in door("rhea").get(url).data
    assert post(ada, f"{url}/end", other=world.ids["otway"]).status_code == 303
    assert b"Nobody yet" in ada.get(url).data
    for who in ("ravi", "petra", "nora"):
        assert door(who).get(url).status_code == 404
        assert post(door(who), url, other=world.ids["otway"]).status_code == 404


def test_the_api(door, world, circle):
    ada, url = door("ada"), f"/api/v1/accounts/{world.ids['calder']}/kept-apart"
    header = {"X-CSRFToken": csrf_of(ada)}
    assert ada.put(url, json={"other": world.ids["otway"], "reason": "Rivals"}, headers=header).status_code == 204
    (item,) = ada.get(url).json["items"]
    assert (item["account"], item["reason"], item["by"]["name"]) == (world.ids["otway"], "Rivals", "Ada Admin")
    (unnamed,) = door("rhea").get(url).json["items"]
    assert (unnamed["account"], unnamed["name"], unnamed["reason"]) == (None, None, "")
    ravi = door("ravi")
    told = ravi.post(
        f"/api/v1/workspaces/{world.ids['circle']}/invitations",
        json={"email": "x@calder.example", "account": world.ids["otway"]},
        headers={"X-CSRFToken": csrf_of(ravi)},
    )
    assert told.status_code == 422
    assert "kept apart" in told.text
    assert ada.delete(f"{url}/{world.ids['otway']}", headers=header).status_code == 204
    assert ada.get(url).json["items"] == []
