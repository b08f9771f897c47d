"""A person's calendar address: what it holds, for whom, and how calendar programs find that something changed."""

from datetime import date, timedelta

import pytest
from icalendar import Calendar

from portal.kernel.logs import hide_secrets
from portal.people import actions as people
from portal.people.models import Person
from portal.people.queries import today_of
from tests.conftest import csrf_of, post
from workspaces.calendar import addresses
from workspaces.plan import actions as plan
from workspaces.plan.models import MILESTONE, PlanItem
from workspaces.rooms import actions as rooms
from workspaces.rooms.models import Workspace

URL = "/me/settings/calendar"


def agree(acting, world, title: str, days: int | None = 3, *owners: str, room: str = "room", **more) -> str:
    with acting("rhea") as rhea:
        due = today_of(rhea) + timedelta(days=days) if days is not None else None
        persons = [rhea.session.get_one(Person, world.pks[name]) for name in owners]
        where = rhea.session.get_one(Workspace, world.pks[room])
        return plan.add_item(rhea, where, title=title, due=due, owners=persons, **more).id


def item_of(actor, id: str) -> PlanItem:
    return actor.session.query(PlanItem).filter_by(id=id).one()


def address(client, holds: str = "own") -> str:
    """A new address, as the path that is asked."""
    answer = client.put("/api/v1/calendar-feed", json={"holds": holds, "renew": True}, headers={"X-CSRFToken": csrf_of(client)})
    return answer.json["url"].removeprefix("http://localhost")


def read(door, path: str):
    answer = door("nobody").get(path)
    assert answer.status_code == 200
    return {str(event["uid"]).partition("@")[0].removeprefix("plan-"): event for event in Calendar.from_ical(answer.data).walk("VEVENT")}


class TestWhatItHolds:
    def test_ones_own_steps_and_milestones_or_everything(self, door, world, acting):
        mine = agree(acting, world, "Confirm the supply", 3, "petra")
        goal = agree(acting, world, "Go-live", 40, kind=MILESTONE)
        theirs = agree(acting, world, "Send the kit list", 5, "rhea")
        dayless = agree(acting, world, "Some day", None, "petra")
        petra = door("petra")
        own = read(door, address(petra))
        assert own.keys() == {mine, goal}
        assert read(door, address(petra, "all")).keys() == {mine, goal, theirs}
        assert dayless not in own
        assert str(own[mine]["summary"]) == "Confirm the supply"
        assert str(own[goal]["summary"]) == "Milestone: Go-live"

    def test_days_are_days_and_take_no_time(self, door, world, acting):
        step = agree(acting, world, "Confirm the supply", 3, "petra")
        with acting("petra") as petra:
            petra.person.timezone = "Pacific/Auckland"
            due = item_of(petra, step).due
        event = read(door, address(door("petra")))[step]
        assert event["dtstart"].dt == due
        assert type(event["dtstart"].dt) is date
        assert event["dtend"].dt == due + timedelta(days=1)
        assert event["transp"] == "TRANSPARENT"

    def test_nothing_of_rooms_that_one_is_not_in(self, door, world, acting):
        agree(acting, world, "Beside", 3, room="side")
        inside = agree(acting, world, "Confirm the supply", 3, "petra")
        assert read(door, address(door("petra"), "all")).keys() == {inside}
        assert read(door, address(door("otto"), "all")) == {}

    def test_who_lost_access_reads_nothing_from_then_on(self, door, world, acting):
        agree(acting, world, "Confirm the supply", 3, "petra")
        path = address(door("petra"), "all")
        assert len(read(door, path)) == 1
        with acting("rhea") as rhea:
            room = rhea.session.get_one(Workspace, world.pks["room"])
            rooms.remove_member(rhea, room, person=rhea.session.get_one(Person, world.pks["petra"]))
        assert read(door, path) == {}

    def test_words_are_written_as_the_standard_has_them(self, door, world, acting):
        step = agree(acting, world, "Pumps; valves, and \\ a BEGIN:VEVENT", 3, "petra")
        event = read(door, address(door("petra")))[step]
        assert str(event["summary"]) == "Pumps; valves, and \\ a BEGIN:VEVENT"
        assert "Leak detection" in str(event["location"])
        assert f"/plan/{step}" in str(event["url"])


class TestChanges:
    def test_a_moved_day_is_another_version_of_the_same_entry(self, door, world, acting):
        step = agree(acting, world, "Confirm the supply", 3, "petra")
        path = address(door("petra"))
        before = read(door, path)[step]
        with acting("rhea") as rhea:
            plan.move_due(rhea, item_of(rhea, step), due=today_of(rhea) + timedelta(days=9))
        after = read(door, path)[step]
        assert after["uid"] == before["uid"]
        assert after["sequence"] > before["sequence"]
        assert after["dtstart"].dt == before["dtstart"].dt + timedelta(days=6)
        assert "was " in str(after["description"])

    def test_what_is_removed_is_cancelled_without_its_name_and_comes_back(self, door, world, acting):
        step = agree(acting, world, "Confirm the supply", 3, "petra")
        path = address(door("petra"))
        number = read(door, path)[step]["sequence"]
        with acting("rhea") as rhea:
            plan.remove_item(rhea, item_of(rhea, step))
        gone = read(door, path)[step]
        assert (str(gone["status"]), gone["sequence"] > number) == ("CANCELLED", True)
        assert "supply" not in str(gone["summary"])
        with acting("rhea") as rhea:
            plan.restore_item(rhea, item_of(rhea, step))
        back = read(door, path)[step]
        assert (str(back["status"]), back["sequence"] > gone["sequence"]) == ("CONFIRMED", True)

    def test_without_a_day_it_is_cancelled_too(self, door, world, acting):
        step = agree(acting, world, "Confirm the supply", 3, "petra")
        path = address(door("petra"))
        with acting("rhea") as rhea:
            plan.move_due(rhea, item_of(rhea, step), due=None)
        assert str(read(door, path)[step]["status"]) == "CANCELLED"

    def test_its_bytes_say_whether_anything_changed(self, door, world, acting):
        step = agree(acting, world, "Confirm the supply", 3, "petra")
        path, program = address(door("petra")), door("nobody")
        first = program.get(path)
        again = program.get(path, headers={"If-None-Match": first.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b"")
        with acting("petra") as petra:
            plan.set_state(petra, item_of(petra, step), state="done")
        changed = program.get(path, headers={"If-None-Match": first.headers["ETag"]})
        assert changed.status_code == 200
        assert "✓ Confirm the supply" in changed.text

    def test_programs_are_told_when_to_ask_again(self, door, world):
        answer = door("nobody").get(address(door("petra")))
        assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
        assert "private" in answer.headers["Cache-Control"]
        assert "REFRESH-INTERVAL;VALUE=DURATION:PT1H" in answer.text
        assert "X-PUBLISHED-TTL:PT1H" in answer.text
        assert "METHOD:PUBLISH" in answer.text


class TestTheAddress:
    def test_it_is_made_made_anew_and_withdrawn_on_its_page(self, door, world):
        petra, program = door("petra"), door("nobody")
        assert "Make an address" in petra.get(URL).text
        assert post(petra, URL, holds="own").status_code == 303
        first = petra.get("/api/v1/calendar-feed").json["url"].removeprefix("http://localhost")
        assert first in petra.get(URL).text
        assert program.get(first).status_code == 200
        assert post(petra, URL, holds="all").status_code == 303
        assert petra.get("/api/v1/calendar-feed").json["holds"] == "all"
        assert program.get(first).status_code == 200
        assert post(petra, URL, holds="all", act="renew").status_code == 303
        assert program.get(first).status_code == 404
        second = petra.get("/api/v1/calendar-feed").json["url"].removeprefix("http://localhost")
        assert program.get(second).status_code == 200
        assert post(petra, URL, act="withdraw").status_code == 303
        assert program.get(second).status_code == 404
        assert petra.get("/api/v1/calendar-feed").status_code == 404

    def test_by_the_api(self, door, world):
        petra = door("petra")
        headers = {"X-CSRFToken": csrf_of(petra)}
        made = petra.put("/api/v1/calendar-feed", json={}, headers=headers)
        assert (made.status_code, made.json["holds"]) == (200, "own")
        assert petra.put("/api/v1/calendar-feed", json={"holds": "much"}, headers=headers).status_code == 422
        assert petra.delete("/api/v1/calendar-feed", headers=headers).status_code == 204
        assert petra.get("/api/v1/calendar-feed").status_code == 404
        assert door("nobody").get("/api/v1/calendar-feed").status_code == 401
        assert door("nobody").get(URL).status_code == 303

    def test_who_was_suspended_has_none(self, door, world, acting):
        path = address(door("rhea"))
        assert door("nobody").get(path).status_code == 200
        with acting("ada") as ada:
            people.suspend_person(ada, ada.session.get_one(Person, world.pks["rhea"]))
        assert door("nobody").get(path).status_code == 404

    @pytest.mark.parametrize("wrong", ["x", "", "a" * 22, "a" * 22 + "." + "0" * 43, "é.ü", "a" * 22 + "."])
    def test_nobody_guesses_one(self, door, wrong):
        assert door("nobody").get(f"/calendar/{wrong}.ics").status_code == 404

    def test_the_mark_belongs_to_one_address_and_key(self, house):
        key, id = house.settings.secret_key, "3ehlVyaZ4NmZUmf3vCfQNq"
        told = addresses.token(key, id)
        assert addresses.feed_of(key, told) == id
        assert addresses.feed_of("other" * 10, told) is None
        assert addresses.feed_of(key, told.replace("3ehl", "4ehl")) is None

    def test_no_log_has_it(self):
        told = hide_secrets(None, "", {"path": addresses.path("key" * 10, "3ehlVyaZ4NmZUmf3vCfQNq")})  # type: ignore[arg-type]
        assert told["path"] == "/calendar/***"

    def test_it_is_not_asked_without_end(self, app, door, world):
        path, program = address(door("petra")), door("nobody")
        app.config["THROTTLE"] = True
        answers = [program.get(path).status_code for _ in range(31)]
        assert answers[:30] == [200] * 30
        assert answers[30] == 429
        assert int(program.get(path).headers["Retry-After"]) > 0
        assert program.get(address(door("mark"))).status_code == 200
