"""What waits on Today: steps that are due, what is put off and comes back, and thirty accounts."""

from datetime import timedelta

import pytest

from portal.accounts import actions as accounts
from portal.kernel import clock
from portal.kernel.actor import Actor
from portal.people.models import Person
from portal.people.queries import today_of
from tests.conftest import post
from tests.counting import counting
from workspaces.forums import actions as forums
from workspaces.forums.models import Forum, Topic
from workspaces.plan import actions as plan
from workspaces.rooms import actions as rooms
from workspaces.rooms.models import Workspace


def waits(page: str) -> str:
    """The part of the page that says what waits."""
    return page[page.index('id="waits-h"') : page.index('id="since-h"')]


def agree(acting, world, title: str, days: int | None, *owners: str, by: str = "rhea") -> str:
    with acting(by) as actor:
        people = [actor.session.get_one(Person, world.pks[name]) for name in owners]
        due = today_of(actor) + timedelta(days=days) if days is not None else None
        return plan.add_item(actor, actor.session.get_one(Workspace, world.pks["room"]), title=title, due=due, owners=people).id


def ask(acting, world, title: str) -> str:
    with acting("petra") as petra:
        forum = petra.session.get_one(Forum, world.pks["general"])
        return forums.start_topic(petra, forum, title=title, body="Can it?", kind="question").id


class TestDue:
    def test_what_is_due_stands_beside_the_questions(self, door, world, acting):
        agree(acting, world, "Ours, late", -3, "rhea")
        agree(acting, world, "Theirs, today", 0, "petra")
        agree(acting, world, "Ours, soon", 5, "rhea")
        agree(acting, world, "Theirs, soon", 5, "petra")
        agree(acting, world, "Ours, far", 30, "rhea")
        agree(acting, world, "Without a day", None, "rhea")
        shown = waits(door("rhea").get("/today").text)
        assert [title for title in ("Ours, late", "Theirs, today", "Ours, soon") if title in shown] == [
            "Ours, late",
            "Theirs, today",
            "Ours, soon",
        ]
        assert not [title for title in ("Theirs, soon", "Ours, far", "Without a day") if title in shown]
        assert shown.index("Ours, late") < shown.index("Theirs, today") < shown.index("Ours, soon")
        for other in ("ravi", "nora", "ada"):
            assert "Ours, late" not in door(other).get("/today").text, other

    def test_it_is_ticked_from_there(self, door, world, acting):
        step = agree(acting, world, "Send the kit list", 0, "rhea")
        rhea = door("rhea")
        url = f"/w/{world.ids['room']}/plan/{step}/state"
        assert post(rhea, url, **{"state": "done", "from": "today"}).headers["Location"] == "/today"
        assert "Send the kit list" not in waits(rhea.get("/today").text)

    def test_nothing_of_a_closed_workspace(self, door, world, acting):
        agree(acting, world, "Send the kit list", 0, "rhea")
        with acting("rhea") as rhea:
            rooms.archive_workspace(rhea, rhea.session.get_one(Workspace, world.pks["room"]))
        assert "Send the kit list" not in waits(door("rhea").get("/today").text)


class TestPuttingOff:
    def put(self, door, who, kind, thing, **more):
        return post(door(who), "/today/later", kind=kind, thing=thing, **more)

    def until(self, days: int) -> str:
        return (clock.now().date() + timedelta(days=days)).isoformat()

    def test_until_a_day_and_back_by_itself(self, door, world, acting):
        topic = ask(acting, world, "Which gateway?")
        step = agree(acting, world, "Send the kit list", 0, "rhea")
        for kind, thing in (("topic", topic), ("plan_item", step)):
            assert self.put(door, "rhea", kind, thing, until=self.until(2)).status_code == 303
        page = door("rhea").get("/today").text
        assert "2 things put off" in page
        assert "Which gateway?" not in page.split("2 things put off")[0].split('id="waits-h"')[1]
        with clock.standing_at(clock.now() + timedelta(days=2)):
            page = door("rhea").get("/today").text
        assert "put off<" not in page
        assert "Which gateway?" in waits(page)
        assert "Send the kit list" in waits(page)

    def test_undone_at_once(self, door, world, acting):
        topic, rhea = ask(acting, world, "Which gateway?"), door("rhea")
        post(rhea, "/today/later", kind="topic", thing=topic, until=self.until(1))
        page = rhea.get("/today").text
        assert 'action="/today/later" data-undo' in page
        assert post(rhea, "/today/later", kind="topic", thing=topic).status_code == 303
        assert "put off" not in waits(rhea.get("/today").text).replace("Put off:", "")

    def test_another_day_beside_the_buttons(self, door, world, acting):
        topic = ask(acting, world, "Which gateway?")
        assert self.put(door, "rhea", "topic", topic, day=self.until(40)).status_code == 303
        assert "1 thing put off" in door("rhea").get("/today").text

    def test_who_writes_again_is_back(self, door, world, acting):
        topic = ask(acting, world, "Which gateway?")
        self.put(door, "rhea", "topic", topic, until=self.until(5))
        assert "1 thing put off" in door("rhea").get("/today").text
        with acting("petra") as petra:
            forums.post_message(petra, petra.session.query(Topic).filter_by(id=topic).one(), body="It is urgent now.")
        assert "1 thing put off" not in door("rhea").get("/today").text

    def test_it_is_ones_own(self, door, world, acting):
        topic = ask(acting, world, "Which gateway?")
        self.put(door, "rhea", "topic", topic, until=self.until(5))
        assert "Which gateway?" in waits(door("mona").get("/today").text)
        assert "put off<" not in door("mona").get("/today").text

    @pytest.mark.parametrize("days", [0, -1, 400])
    def test_a_day_ahead_within_a_year(self, door, world, acting, days):
        topic = ask(acting, world, "Which gateway?")
        self.put(door, "rhea", "topic", topic, until=self.until(days))
        assert "put off<" not in door("rhea").get("/today").text

    def test_nobody_puts_off_what_they_may_not_know(self, door, world, acting):
        topic = ask(acting, world, "Which gateway?")
        assert self.put(door, "rhea", "topic", topic, until=self.until(1)).status_code == 303
        for who in ("ravi", "ada"):
            assert self.put(door, who, "topic", topic, until=self.until(1)).status_code == 404, who
        assert self.put(door, "petra", "topic", topic, until=self.until(1)).status_code in (403, 404)
        assert self.put(door, "rhea", "topic", "0" * 22, until=self.until(1)).status_code == 404
        assert self.put(door, "rhea", "topic", topic, until="soon").status_code != 500


def many(house, world, first: int, last: int) -> None:
    """Accounts of Rhea's, each with a question that waits and a step that is due."""
    with house.db.writing() as session:
        rhea = world.actor(session, "rhea")
        for n in range(first, last):
            account = accounts.open_account(rhea, name=f"Account {n:02}", domains=(f"a{n}.example",))
            client = Person(email=f"c{n}@a{n}.example", name=f"Client {n}", account_pk=account.pk)
            session.add(client)
            session.flush()
            room = rooms.open_workspace(rhea, title=f"Room {n}", accounts=[account])
            rooms.join(rhea, room, client, role="member", account=account)
            plan.add_item(rhea, room, title=f"Step {n}", due=today_of(rhea), owners=[client])
            forum = session.query(Forum).filter_by(workspace_pk=room.pk).one()
            forums.start_topic(Actor(session, client), forum, title=f"Question {n:02}", body="Can it?", kind="question")


@pytest.mark.parametrize("url", ["/today", "/today?by=account"])
def test_thirty_accounts_cost_no_more_questions_than_three(door, world, house, url):
    many(house, world, 0, 3)
    rhea = door("rhea")
    rhea.get(url)
    with counting(house) as few:
        assert rhea.get(url).status_code == 200
    many(house, world, 3, 30)
    with counting(house) as queries:
        page = rhea.get(url).text
    assert len(queries) <= len(few), "\n".join(queries)
    shown = waits(page)
    assert all(f"Question {n:02}" in shown and f"Account {n:02}" in shown for n in range(30))
    if "account" in url:
        assert shown.count('class="day-account"') == 31  # and Calder Water
        assert shown.count("1 question, 1 step") == 30
