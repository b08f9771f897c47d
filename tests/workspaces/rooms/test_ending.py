"""Memberships for a time: until when, who may say so, that they end by themselves, and who is told."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.kernel import clock
from portal.kernel.clock import now, rfc3339
from portal.kernel.errors import Forbidden, Invalid, NotFound
from portal.kernel.events import Event
from portal.kernel.policy import may
from portal.people.models import Person
from tests.conftest import post
from tests.workspaces.rooms.test_api import ask
from workspaces.forums.models import Topic
from workspaces.forums.policy import May as Forums
from workspaces.rooms import actions, jobs
from workspaces.rooms.actions import Wanted
from workspaces.rooms.models import Workspace
from workspaces.rooms.policy import May

WEEK = timedelta(days=7)


def limit(actor, world, who="petra", ends_at=None, **after):
    room, person = actor.session.get(Workspace, world.pks["room"]), actor.session.get(Person, world.pks[who])
    return actions.set_end(actor, room, person=person, ends_at=now() + timedelta(**after) if after else ends_at)


def test_it_ends_at_its_moment_whatever_the_worker_does(acting, world, house):
    with acting("rhea") as rhea:
        ends_at = limit(rhea, world, days=7).ends_at
    for moment, inside in ((ends_at - timedelta(seconds=1), True), (ends_at, False)):
        with clock.standing_at(moment), acting("petra") as petra:
            room, topic = petra.session.get(Workspace, world.pks["room"]), petra.session.get(Topic, world.pks["topic"])
            assert may(petra, May.READ_WORKSPACE, room) is inside
            assert may(petra, May.TAKE_PART, room) is inside
            assert may(petra, Forums.READ_TOPIC, topic) is inside
    with clock.standing_at(ends_at), house.db.reading() as session:
        petra = world.actor(session, "petra")
        assert not may(petra, May.READ_WORKSPACE, session.get(Workspace, world.pks["room"]))


def test_a_group_is_left_with_it(acting, world):
    from workspaces.forums.models import Forum

    with acting("rhea") as rhea:
        limit(rhea, world, days=7)
    for after, inside in ((timedelta(days=6), True), (timedelta(days=8), False)):
        with clock.standing_at(now() + after), acting("petra") as petra:
            assert may(petra, Forums.READ_FORUM, petra.session.get(Forum, world.pks["inner"])) is inside


def test_the_end_is_put_on_record_once_at_the_moment_agreed(acting, world, house, db):
    with acting("rhea") as rhea:
        ends_at = limit(rhea, world, days=7).ends_at
    for after in (timedelta(0), timedelta(hours=5), timedelta(hours=6)):
        with clock.standing_at(ends_at + after):
            jobs.end_memberships(house)
    [event] = db.scalars(select(Event).where(Event.kind == "member.expired"))
    assert event.facts["name"] == "Petra Prospect"
    with clock.standing_at(ends_at + timedelta(minutes=5)), acting("rhea") as rhea:
        room, petra = rhea.session.get(Workspace, world.pks["room"]), rhea.session.get(Person, world.pks["petra"])
        assert actions.membership_of(rhea, room, petra) is None
        with pytest.raises(Invalid):
            actions.restore_member(rhea, room, person=petra)


@pytest.mark.parametrize(
    ("who", "error"), [("mark", Forbidden), ("petra", Forbidden), ("mona", Forbidden), ("otto", NotFound), ("ravi", NotFound)]
)
def test_who_may_not(acting, world, who, error):
    with acting("rhea") as rhea:
        limit(rhea, world, days=7)
    with acting(who) as actor, pytest.raises(error):
        limit(actor, world, days=70)


@pytest.mark.parametrize(
    ("who", "after"), [("petra", {"days": -1}), ("petra", {"days": 366 * 6}), ("rhea", {"days": 7}), ("otto", {"days": 7})]
)
def test_what_is_no_last_day(acting, world, who, after):
    with acting("rhea") as rhea, pytest.raises(Invalid):
        limit(rhea, world, who, **after)


def test_who_comes_to_run_the_workspace_has_no_last_day(acting, world):
    with acting("rhea") as rhea:
        room, nora = rhea.session.get(Workspace, world.pks["room"]), rhea.session.get(Person, world.pks["nora"])
        actions.join(rhea, room, nora, role="member", account=None, ends_at=now() + WEEK)
        assert actions.change_role(rhea, room, person=nora, role="owner").ends_at is None


def test_member_and_rep_are_told_before_and_not_where_it_was_changed(acting, world, mailbox):
    with acting("rhea") as rhea:
        ends_at = limit(rhea, world, days=30).ends_at
    with clock.standing_at(ends_at - timedelta(days=4)):
        assert not mailbox.to("petra@calder.example") + mailbox.to("rhea@tidewell.example")
    with clock.standing_at(ends_at - timedelta(days=2)):
        assert "Your time in “Leak detection” ends soon" in mailbox.text("petra@calder.example")
        assert "The time of Petra Prospect" in mailbox.text("rhea@tidewell.example")
        assert world.ids["petra"] in mailbox.text("rhea@tidewell.example")
    with acting("rhea") as rhea:
        limit(rhea, world, "rolf", days=30)
        limit(rhea, world, "rolf", ends_at=None)
    with clock.standing_at(ends_at):
        assert not mailbox.to("rolf@calder.example")


def test_an_invitation_for_a_time(acting, world, house, mailbox, app, db):
    ends_at = now() + timedelta(days=5)
    with acting("rhea") as rhea:
        room = rhea.session.get(Workspace, world.pks["room"])
        wanted = [Wanted(f"{name}@calder.example", "member", ends_at=ends_at) for name in ("elena", "late")]
        made = actions.invite_people(rhea, room, wanted=wanted)
        assert [invitation.expires_at for invitation, _token in made] == [ends_at, ends_at]
        with pytest.raises(Invalid):
            actions.invite_people(rhea, room, wanted=[Wanted("past@calder.example", "member", ends_at=now())])
    accept = "/api/v1/invitations/accept"
    assert app.test_client().post(accept, json={"token": mailbox.link_of_first("elena@calder.example")}).status_code == 200
    with clock.standing_at(ends_at):
        assert app.test_client().post(accept, json={"token": mailbox.link_of_first("late@calder.example")}).status_code == 410
        elena = db.scalar(select(Person).where(Person.email == "elena@calder.example"))
        with house.db.reading() as session:
            assert not may(
                world.actor(session, "rhea").__class__(session, session.get(Person, elena.pk)),
                May.READ_WORKSPACE,
                session.get(Workspace, room.pk),
            )


def test_the_api(door, world):
    path = f"/workspaces/{world.ids['room']}/members/{world.ids['petra']}"
    rhea, moment = door("rhea"), rfc3339(now() + WEEK)
    assert ask(rhea, "patch", path, ends_at=moment).json["ends_at"] == moment
    assert ask(door("petra"), "get", path).json["ends_at"] == moment
    assert ask(door("rolf"), "get", path).json["ends_at"] is None, "nobody else's to know"
    assert ask(rhea, "patch", path, role="reader").json["ends_at"] == moment
    assert ask(rhea, "patch", path, ends_at=rfc3339(now())).status_code == 422
    assert ask(door("mark"), "patch", path, ends_at=None).status_code == 403
    assert ask(rhea, "patch", path, ends_at=None).json["ends_at"] is None
    made = ask(rhea, "post", f"/workspaces/{world.ids['room']}/invitations", email="new@calder.example", ends_at=moment)
    assert made.json["ends_at"] == moment


class TestThePage:
    def test_a_last_day_longer_by_one_press_and_without(self, door, world, db):
        rhea, url = door("rhea"), f"/w/{world.ids['room']}/people"
        day = (now() + WEEK).date()
        assert post(rhea, f"{url}/{world.ids['petra']}/until", last_day=day.isoformat()).status_code == 303
        words = f"Here until {day.day} {day:%b}"
        assert words in rhea.get(url).text
        assert words in door("petra").get(url).text
        assert "Here until" not in door("rolf").get(url).text
        assert post(rhea, f"{url}/{world.ids['petra']}/until", days="30").status_code == 303
        longer = day + timedelta(days=30)
        assert f"Here until {longer.day} {longer:%b}" in rhea.get(url).text
        assert post(rhea, f"{url}/{world.ids['petra']}/until", last_day="").status_code == 303
        assert "Here until" not in rhea.get(url).text

    @pytest.mark.parametrize("last_day", ["2020-01-01", "9999-12-31", "soon"])
    def test_what_is_no_day_is_said(self, door, world, last_day):
        page = post(door("rhea"), f"/w/{world.ids['room']}/people/{world.ids['petra']}/until", last_day=last_day)
        assert page.status_code == 422
        assert "There is a problem" in page.text

    def test_others_may_not(self, door, world):
        url = f"/w/{world.ids['room']}/people/{world.ids['petra']}/until"
        for who, status in (("petra", 403), ("mark", 403), ("otto", 404), ("ravi", 404)):
            assert post(door(who), url, days="30").status_code == status

    def test_with_the_invitation(self, door, world, db):
        from workspaces.rooms.models import Invitation

        day = (now() + WEEK).date().isoformat()
        assert post(door("rhea"), f"/w/{world.ids['room']}/invitations", emails="new@calder.example", last_day=day).status_code == 200
        db.rollback()
        assert db.scalar(select(Invitation.ends_at)).date() == (now() + WEEK + timedelta(days=1)).date()
