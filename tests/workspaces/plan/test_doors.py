"""The plan over HTTP: pages, the API, what is heard live, and what a search finds."""

import re
from datetime import timedelta

import pytest

from portal.kernel.clock import now
from tests.conftest import csrf_of, post
from tests.counting import counting
from tests.workings import drain
from tests.workspaces.plan.conftest import add
from workspaces.plan import actions
from workspaces.plan.models import PlanItem
from workspaces.rooms.models import Workspace


@pytest.fixture
def home(db, world):
    path = db.get_one(Workspace, world.pks["room"]).path
    db.rollback()
    return path


def send(client, verb, url, json=None, **headers):
    return client.open(url, method=verb, json=json, headers={"X-CSRFToken": csrf_of(client), **headers})


# --- Pages ------------------------------------------------------------------------------------------------------------


def test_a_client_adds_a_step_with_people_of_both_sides(door, world, home):
    petra = door("petra")
    told = {"title": "Return the questionnaire", "due": "2026-12-04", "owner": [world.ids["petra"], world.ids["rhea"]]}
    answer = post(petra, f"{home}plan", **told)
    assert answer.status_code == 303
    page = petra.get(answer.location).text
    assert "Return the questionnaire" in page
    assert "You and Rhea Rep, Tidewell Instruments" in page
    assert "“Return the questionnaire” is on the plan." in page


@pytest.mark.parametrize(
    ("field", "value"),
    [("title", ""), ("title", "x" * 161), ("due", "tomorrow"), ("due", "0001-01-01"), ("owner", "otto"), ("milestone", "nothing")],
)
def test_what_is_wrong_is_said_and_nothing_is_added(door, world, home, db, field, value):
    told = {"title": "A step that stays typed", "due": "2026-12-04"} | {field: world.ids.get(value, value)}
    answer = post(door("petra"), f"{home}plan", **told)
    assert answer.status_code == 422
    assert "There is a problem" in answer.text
    assert field == "title" or "A step that stays typed" in answer.text
    assert db.query(PlanItem).count() == 0


def test_a_tick_is_a_press_with_a_way_back(door, home, plan, db):
    petra, path = door("petra"), f"{home}plan/{plan.ids['supply']}/state"
    answer = post(petra, path, state="done", **{"from": "home"})
    assert answer.location == home
    page = petra.get(home).text
    assert "“Confirm the 24 V supply” is done." in page
    assert f'action="{path}" data-undo' in page
    assert db.get_one(PlanItem, plan.pks["supply"]).done
    db.rollback()
    post(petra, path, state="todo")
    assert not db.get_one(PlanItem, plan.pks["supply"]).done
    assert post(petra, path, state="perhaps").status_code == 422


def test_only_their_own_can_be_pressed(door, home, plan):
    def buttons(who):
        return set(re.findall(r'plan/(\w+)/state"', door(who).get(f"{home}plan").text))

    assert buttons("petra") == {plan.ids["supply"]}
    assert buttons("rhea") == set(plan.ids.values())
    assert buttons("rolf") == set()
    assert post(door("petra"), f"{home}plan/{plan.ids['kit']}/state", state="done").status_code == 403
    assert post(door("rolf"), f"{home}plan", title="No").status_code == 403


def test_readers_read_it_and_strangers_do_not(door, home, plan):
    for who in ("petra", "rolf", "mona"):
        assert "Confirm the 24 V supply" in door(who).get(f"{home}plan").text
        assert door(who).get(f"{home}plan/{plan.ids['supply']}").status_code == 200
    for who in ("otto", "paul", "nils", "ravi"):
        assert door(who).get(f"{home}plan").status_code == 404
        assert door(who).get(f"{home}plan/{plan.ids['supply']}").status_code == 404


def test_a_moved_date_keeps_the_old_one_on_the_page(door, home, plan):
    rhea, path = door("rhea"), f"{home}plan/{plan.ids['supply']}"
    told = {"title": "Confirm the 24 V supply", "due": "2026-12-01", "milestone": plan.ids["goal"]}
    assert post(rhea, path, **told).status_code == 303
    assert "was 24 Nov" in rhea.get(f"{home}plan").text
    assert post(rhea, path, **told, shown="another state").status_code == 412
    assert post(door("petra"), path, **told).status_code == 403


def test_what_was_removed_comes_back(door, home, plan):
    rhea, path = door("rhea"), f"{home}plan/{plan.ids['kit']}"
    assert "Send the kit list" in rhea.get(f"{home}plan").text
    answer = post(rhea, f"{path}/remove")
    assert f"{path}/restore" in rhea.get(answer.location).text
    assert rhea.get(path).status_code == 404
    assert post(rhea, f"{path}/restore").status_code == 303
    assert rhea.get(path).status_code == 200


def test_it_is_talked_about_where_everyone_is(door, home, plan):
    petra, path = door("petra"), f"{home}plan/{plan.ids['supply']}"
    assert post(petra, f"{path}/discuss", body="").status_code == 422
    topic = post(petra, f"{path}/discuss", body="Six or seven panels?").location
    assert "Six or seven panels?" in door("rolf").get(topic).text
    assert topic in door("rolf").get(path).text
    assert post(door("rolf"), f"{path}/discuss", body="No").status_code == 403


def test_an_empty_plan_offers_an_example_to_who_runs_the_room(door, home, plan, db, world):
    other = db.get_one(Workspace, world.pks["side"]).path
    db.rollback()
    rhea = door("rhea")
    page = rhea.get(f"{other}plan").text
    assert "Agree on the next step. One is enough to start." in page
    assert "Onboarding" in page
    assert "As in Leak detection" in page
    assert "Onboarding" not in door("paul").get(f"{other}plan").text
    assert post(door("paul"), f"{other}plan/start", template="onboarding").status_code == 403
    assert post(rhea, f"{other}plan/start", template=world.ids["other"]).status_code == 422
    assert post(rhea, f"{other}plan/start", template=world.ids["room"], first="2027-01-01").status_code == 303
    page = door("paul").get(f"{other}plan").text
    assert "Confirm the 24 V supply" in page
    assert "Petra" not in page


def test_the_tab_counts_what_is_mine_and_due(door, home, acting, world):
    today = now().date()
    with acting("rhea") as rhea:
        add(rhea, world, "Late", owners=("petra",), due=today - timedelta(days=3))
        add(rhea, world, "Next year", owners=("petra",), due=today + timedelta(days=300))
        add(rhea, world, "Not hers", owners=("rhea", "mark"), due=today - timedelta(days=3))
    due = re.compile(
        r"Plan <span class=\"count\" data-count=\"plan\"><span class=\"vh\">, </span><span data-n>(\d+)</span><span class=\"vh\"> due"
    )
    assert due.findall(door("petra").get(home).text) == ["1"]
    assert due.findall(door("rolf").get(home).text) == []


def test_home_says_what_was_agreed_my_own_first(door, home, plan):
    page = door("rhea").get(home).text.partition("What we agreed to do next")[2]
    assert page.index("Send the kit list") < page.index("Confirm the 24 V supply")
    page = door("petra").get(home).text.partition("What we agreed to do next")[2]
    assert page.index("Confirm the 24 V supply") < page.index("Send the kit list")
    assert "You and Mark Moderator" in page


def test_home_without_a_plan_is_silent_about_it(door, home):
    assert "What we agreed" not in door("petra").get(home).text


def test_a_long_plan_asks_no_more_than_a_short_one(door, home, house, acting, world, plan):
    petra = door("petra")
    petra.get(f"{home}plan")
    with counting(house) as few:
        petra.get(f"{home}plan")
    with acting("rhea") as rhea:
        for n in range(60):
            add(rhea, world, f"Step {n}", owners=("petra", "rhea"), due=now().date())
    with counting(house) as many:
        assert "Step 59" in petra.get(f"{home}plan").text
    assert len(many) == len(few)


# --- The API ----------------------------------------------------------------------------------------------------------


def test_the_api_adds_changes_ticks_and_removes(door, world, plan):
    petra, url = door("petra"), f"/api/v1/workspaces/{world.ids['room']}/plan"
    told = {"title": "Return the questionnaire", "owner": world.ids["petra"], "due": "2026-12-04", "milestone": plan.ids["goal"]}
    made = send(petra, "POST", url, told)
    assert made.status_code == 201
    item = made.get_json()
    assert (item["owner"]["name"], item["due"], item["milestone"], item["done"]) == (
        "Petra Prospect",
        "2026-12-04",
        plan.ids["goal"],
        False,
    )
    one = f"/api/v1/plan-items/{item['id']}"
    moved = send(petra, "PATCH", one, {"due": "2026-12-11", "owner": [world.ids["petra"], world.ids["rhea"]]}).get_json()
    assert (moved["due"], moved["was_due"], [each["name"] for each in moved["owners"]]) == (
        "2026-12-11", ["2026-12-04"], ["Petra Prospect", "Rhea Rep"],
    )  # fmt: skip
    done = send(petra, "PATCH", one, {"done": True}).get_json()
    assert (done["state"], done["done"], bool(done["done_at"])) == ("done", True, True)
    assert send(petra, "PATCH", one, {"due": None, "milestone": None}).get_json()["due"] is None
    listed = door("rolf").get(url).get_json()["items"]
    assert [each["title"] for each in listed] == ["Go-live", "Confirm the 24 V supply", "Send the kit list", "Return the questionnaire"]
    assert send(petra, "DELETE", one).status_code == 204
    assert petra.get(one).status_code == 404


def test_the_api_refuses(door, world, plan):
    room, supply = f"/api/v1/workspaces/{world.ids['room']}/plan", f"/api/v1/plan-items/{plan.ids['supply']}"
    assert send(door("petra"), "PATCH", supply, {"done": True}).status_code == 200
    assert send(door("petra"), "PATCH", supply, {"title": "Mine now"}).status_code == 403
    assert send(door("petra"), "PATCH", supply, {"done": "yes"}).status_code == 422
    assert send(door("petra"), "POST", room, {"title": "x", "due": "4 December"}).status_code == 422
    assert send(door("petra"), "POST", room, {"title": "x", "owner": world.ids["otto"]}).status_code == 422
    assert send(door("rolf"), "POST", room, {"title": "x"}).status_code == 403
    assert send(door("rolf"), "PATCH", supply, {"done": True}).status_code == 403
    assert send(door("otto"), "PATCH", supply, {"done": True}).status_code == 404
    assert door("nobody").get(supply).status_code == 401


# --- Live, found, copied ----------------------------------------------------------------------------------------------


def test_the_room_hears_of_changes_and_nobody_else(app, door, acting, world, plan):
    def listening(name):
        client = door(name)
        client.get("/")
        socket = app.extensions["realtime"].io.test_client(app, flask_test_client=client, headers={"Origin": "http://localhost"})
        return socket, socket.emit("watch", {"workspace": world.ids["room"]}, callback=True)["ok"]

    (rolf, may_rolf), (otto, may_otto) = listening("rolf"), listening("otto")
    assert (may_rolf, may_otto) == (True, False)
    with acting("petra") as petra:
        actions.set_state(petra, petra.session.get_one(PlanItem, plan.pks["supply"]), state="done")
    with acting("rhea") as rhea:
        actions.remove_item(rhea, rhea.session.get_one(PlanItem, plan.pks["kit"]))
    told = [(each["name"], each["args"][0]) for each in rolf.get_received() if each["name"] != "presence"]
    assert [name for name, _told in told] == ["plan.changed", "plan.changed"]
    assert (told[0][1]["title"], told[0][1]["done"]) == ("Confirm the 24 V supply", True)
    assert told[1][1].keys() == {"id", "removed", "seq"}
    assert otto.get_received() == []


def test_a_step_is_found_by_its_words(door, house, plan, home):
    drain(house)
    assert f"{home}plan/{plan.ids['kit']}" in door("petra").get("/search?q=kit").text
    assert plan.ids["kit"] not in door("otto").get("/search?q=kit").text


def test_the_trail_tells_of_it(door, world, plan):
    page = door("rhea").get(f"/accounts/{world.ids['calder']}/trail?kind=plan").text
    assert "Rhea Rep added “Send the kit list” to the plan" in page
    assert "Can the gateways" not in page
    assert "Can the gateways" in door("rhea").get(f"/accounts/{world.ids['calder']}/trail").text
