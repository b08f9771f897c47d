"""Members: their part changes, they leave, are removed, come back; groups follow. Removal is at once."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.kernel import clock
from portal.kernel.audiences import held_pks, people_in
from portal.kernel.errors import Forbidden, Invalid, NotFound
from portal.people.models import Person
from tests.conftest import post
from workspaces.rooms import actions
from workspaces.rooms.actions.groups import members_of
from workspaces.rooms.models import Group, Workspace


def rows(actor, world, *names):
    return actor.session.get(Workspace, world.pks["room"]), *(actor.session.get(Person, world.pks[name]) for name in names)


def test_who_is_removed_holds_nothing_any_more(acting, world, door):
    petra = door("petra")
    assert petra.get(f"/w/{world.ids['room']}/").status_code == 200
    with acting("petra") as actor:
        before = held_pks(actor)
    assert before
    with acting("rhea") as rhea:
        room, person = rows(rhea, world, "petra")
        actions.remove_member(rhea, room, person=person)
    with acting("petra") as actor:
        assert not held_pks(actor)
    for path in ("", "people", "groups"):
        assert petra.get(f"/w/{world.ids['room']}/{path}").status_code == 404
    assert petra.get(f"/api/v1/workspaces/{world.ids['room']}").status_code == 404
    assert petra.get("/api/v1/workspaces").json["items"] == []


def test_undo_brings_back_role_company_and_groups(acting, world, door, db):
    rhea = door("rhea")
    answer = post(rhea, f"/w/{world.ids['room']}/people/{world.ids['petra']}/remove")
    assert answer.status_code == 303
    assert b"Undo" in rhea.get(answer.location).data
    with acting("rhea") as actor:
        assert not members_of(actor, actor.session.get(Group, world.pks["group"]))
    assert post(rhea, f"/w/{world.ids['room']}/people/{world.ids['petra']}/restore").status_code == 303
    with acting("rhea") as actor:
        room, person = rows(actor, world, "petra")
        membership = actions.membership_of(actor, room, person)
        assert (membership.role, membership.account_pk) == ("member", world.pks["calder"])
        assert members_of(actor, actor.session.get(Group, world.pks["group"])) == [person]


def test_undo_is_over_after_ten_minutes(acting, world):
    with acting("rhea") as rhea:
        room, person = rows(rhea, world, "petra")
        actions.remove_member(rhea, room, person=person)
    with clock.standing_at(clock.now() + timedelta(minutes=11)), acting("rhea") as rhea, pytest.raises(Invalid):
        actions.restore_member(rhea, rows(rhea, world)[0], person=rows(rhea, world, "petra")[1])


def test_who_was_never_here_cannot_be_restored(door, world):
    assert post(door("rhea"), f"/w/{world.ids['room']}/people/{world.ids['otto']}/restore").status_code == 404


@pytest.mark.parametrize(
    ("who", "error"),
    [("petra", Forbidden), ("mark", Forbidden), ("rolf", Forbidden), ("mona", Forbidden), ("paul", NotFound), ("ravi", NotFound)],
)
def test_who_may_not_remove(acting, world, who, error):
    with acting(who) as actor:
        room, person = rows(actor, world, "rolf")
        with pytest.raises(error):
            actions.remove_member(actor, room, person=person)


def test_the_last_owner_stays(acting, world):
    with acting("rhea") as rhea:
        room, person = rows(rhea, world, "rhea")
        for refused in (
            lambda: actions.remove_member(rhea, room, person=person),
            lambda: actions.leave_workspace(rhea, room),
            lambda: actions.change_role(rhea, room, person=person, role="member"),
        ):
            with pytest.raises(Invalid, match="needs an owner"):
                refused()


def test_clients_do_not_own(acting, world):
    with acting("rhea") as rhea:
        room, person = rows(rhea, world, "petra")
        with pytest.raises(Invalid, match="Only staff"):
            actions.change_role(rhea, room, person=person, role="owner")


def test_leaving(acting, world, door):
    rolf = door("rolf")
    assert post(rolf, f"/w/{world.ids['room']}/leave").status_code == 303
    assert rolf.get(f"/w/{world.ids['room']}/").status_code == 404
    with acting("rhea") as rhea:
        room, person = rows(rhea, world, "rolf")
        assert person.pk not in people_in(rhea.session, room.open_audience_pk)


def test_a_reader_becomes_a_member_through_the_page(door, world, acting):
    rhea = door("rhea")
    assert post(rhea, f"/w/{world.ids['room']}/people/{world.ids['rolf']}/role", role="member").status_code == 303
    assert post(rhea, f"/w/{world.ids['room']}/people/{world.ids['rolf']}/role", role="king").status_code == 422
    assert post(rhea, f"/w/{world.ids['room']}/people/{world.ids['rhea']}/role", role="reader").status_code == 422
    assert post(rhea, f"/w/{world.ids['room']}/people/{world.ids['otto']}/role", role="reader").status_code == 404
    with acting("rhea") as actor:
        room, person = rows(actor, world, "rolf")
        assert actions.membership_of(actor, room, person).role == "member"


class TestGroups:
    def test_who_is_put_in_reads_what_is_for_it_and_who_is_taken_out_does_not(self, acting, world):
        def reads(name):
            from workspaces.forums.models import Forum

            with acting(name) as actor:
                return actor.session.get(Forum, world.pks["inner"]).open_audience_pk in held_pks(actor)

        assert reads("petra")
        assert not reads("mark")
        with acting("rhea") as rhea:
            _room, mark = rows(rhea, world, "mark")
            actions.change_group(rhea, rhea.session.get(Group, world.pks["group"]), members=[mark])
        assert reads("mark")
        assert not reads("petra")

    def test_only_members(self, acting, world):
        with acting("rhea") as rhea:
            room, otto = rows(rhea, world, "otto")
            with pytest.raises(Invalid):
                actions.make_group(rhea, room, name="Mixed", members=[otto])

    def test_one_of_a_name(self, acting, world):
        with acting("rhea") as rhea:
            room, petra = rows(rhea, world, "petra")
            made = actions.make_group(rhea, room, name="Finance", members=[petra])
            with pytest.raises(Invalid, match="already"):
                actions.make_group(rhea, room, name="Finance", members=[])
            actions.remove_group(rhea, made)
            actions.make_group(rhea, room, name="Finance", members=[])

    def test_one_that_something_is_for_stays(self, acting, world):
        with acting("rhea") as rhea, pytest.raises(Invalid, match="stays"):
            actions.remove_group(rhea, rhea.session.get(Group, world.pks["group"]))

    def test_the_page(self, door, world):
        rhea, url = door("rhea"), f"/w/{world.ids['room']}/groups"
        assert post(rhea, url, name="Finance", members=world.ids["petra"]).status_code == 303
        assert b"Finance" in rhea.get(url).data
        assert b"Finance" in door("petra").get(url).data
        assert b"Finance" not in door("rolf").get(url).data
        assert post(rhea, url, name="", members=world.ids["petra"]).status_code == 422
        assert post(rhea, url, name="Finance").status_code == 422
        assert post(rhea, url, name="Other", members=world.ids["otto"]).status_code == 422
        assert post(door("mark"), url, name="Mine").status_code == 403

    def test_changing_and_removing_through_the_page(self, door, world, db):
        rhea, url = door("rhea"), f"/w/{world.ids['room']}/groups"
        post(rhea, url, name="Finance", members=world.ids["petra"])
        group = db.scalar(select(Group).where(Group.name == "Finance"))
        assert post(rhea, f"{url}/{group.id}", name="Money", members=world.ids["mark"]).status_code == 303
        assert post(rhea, f"{url}/{group.id}", name="Procurement").status_code == 422
        assert post(door("otto"), f"{url}/{group.id}", name="x").status_code == 404
        assert b"Money" in door("mark").get(url).data
        assert post(rhea, f"{url}/{group.id}/remove").status_code == 303
        assert b"is gone" in rhea.get(url).data
        assert b"Money" not in rhea.get(url).data
        assert post(rhea, f"{url}/{world.ids['group']}/remove").status_code == 422
