"""What stands under Start here, how soon our people usually answer, and what is new on the plan: on a workspace's home."""

from datetime import timedelta

import pytest

from portal.kernel import clock
from portal.kernel.errors import Forbidden, Invalid
from portal.kernel.policy import fetch
from tests.conftest import csrf_of, post
from workspaces.forums import actions as forums
from workspaces.forums.models import Forum, Post, Topic
from workspaces.plan import actions as plan
from workspaces.plan.models import PlanItem
from workspaces.rooms import actions
from workspaces.rooms.models import Pin, Workspace
from workspaces.rooms.queries import home
from workspaces.rooms.queries.start import start_here


@pytest.fixture
def url(world) -> str:
    return f"/w/{world.ids['room']}/"


def room_of(actor, world) -> Workspace:
    return actor.session.get_one(Workspace, world.pks["room"])


def titles(door, who, world) -> list[str]:
    answer = door(who).get(f"/api/v1/workspaces/{world.ids['room']}/start-here")
    return [each["title"] for each in answer.json["items"]]


class TestStart:
    def test_a_press_puts_a_discussion_there_and_takes_it_away(self, door, world, url):
        rhea, petra, topic = door("rhea"), door("petra"), world.ids["topic"]
        assert "Put under Start here" in rhea.get(f"{url}discussions/{topic}").text
        assert "under Start here" not in petra.get(f"{url}discussions/{topic}").text
        assert post(rhea, f"{url}start", kind="topic", thing=topic, act="pin").status_code == 303
        assert "Take from Start here" in rhea.get(f"{url}discussions/{topic}").text
        assert 'id="h-start"' in petra.get(url).text
        assert titles(door, "petra", world) == ["Can the gateways run on 24 V panels?"]
        assert post(rhea, f"{url}start", kind="topic", thing=topic, act="unpin").status_code == 303
        assert 'id="h-start"' not in petra.get(url).text

    def test_the_plan_too_and_the_order_is_chosen(self, door, world, url, acting):
        rhea = door("rhea")
        with acting("rhea") as actor:
            plan.add_item(actor, room_of(actor, world), title="Measure the pumps")
        for kind, thing in (("topic", world.ids["topic"]), ("plan", world.ids["room"])):
            assert post(rhea, f"{url}start", kind=kind, thing=thing, act="pin").status_code == 303
        assert titles(door, "petra", world) == ["Can the gateways run on 24 V panels?", "Plan"]
        assert post(rhea, f"{url}start", kind="plan", thing=world.ids["room"], act="up").status_code == 303
        assert titles(door, "petra", world) == ["Plan", "Can the gateways run on 24 V panels?"]
        assert "Take from Start here" in rhea.get(f"{url}plan").text

    def test_only_who_runs_it_chooses(self, door, world, url):
        put = {"kind": "topic", "thing": world.ids["topic"], "act": "pin"}
        assert post(door("petra"), f"{url}start", **put).status_code == 403
        assert post(door("otto"), f"{url}start", **put).status_code == 404
        assert titles(door, "rhea", world) == []

    def test_nobody_is_shown_what_is_for_others(self, door, world, acting):
        with acting("rhea") as rhea:
            backstage = rhea.session.get_one(Forum, world.pks["backstage"])
            hidden = forums.start_topic(rhea, backstage, title="What they may pay", body="Ours.")
            actions.pin(rhea, room_of(rhea, world), ("topic", hidden.id), is_pinned=True)
        assert titles(door, "rhea", world) == ["What they may pay"]
        assert titles(door, "petra", world) == []
        assert "What they may pay" not in door("petra").get(f"/w/{world.ids['room']}/").text

    def test_at_most_four_and_what_is_gone_takes_no_room(self, acting, world):
        with acting("rhea") as rhea:
            room, general = room_of(rhea, world), rhea.session.get_one(Forum, world.pks["general"])
            topics = [forums.start_topic(rhea, general, title=f"No {n}", body="x") for n in range(5)]
            for topic in topics[:4]:
                actions.pin(rhea, room, ("topic", topic.id), is_pinned=True)
            with pytest.raises(Invalid):
                actions.pin(rhea, room, ("topic", topics[4].id), is_pinned=True)
            forums.remove_topic(rhea, topics[0])
            actions.pin(rhea, room, ("topic", topics[4].id), is_pinned=True)
            assert [each.title for each in start_here(rhea, room)] == ["No 1", "No 2", "No 3", "No 4"]

    def test_nothing_of_another_workspace(self, acting, world):
        with acting("rhea") as rhea:
            for thing in (("topic", world.ids["room"]), ("plan", world.ids["other"]), ("topic", "0" * 22)):
                with pytest.raises(Invalid):
                    actions.arrange_start(rhea, room_of(rhea, world), things=[thing])
        with acting("petra") as petra, pytest.raises(Forbidden):
            actions.arrange_start(petra, room_of(petra, world), things=[])

    def test_by_the_api(self, door, world):
        rhea, url = door("rhea"), f"/api/v1/workspaces/{world.ids['room']}/start-here"
        headers = {"X-CSRFToken": csrf_of(rhea)}
        items = [{"kind": "plan", "id": world.ids["room"]}, {"kind": "topic", "id": world.ids["topic"]}]
        put = rhea.put(url, json={"items": items}, headers=headers)
        assert [{"kind": each["kind"], "id": each["id"]} for each in put.json["items"]] == items
        assert rhea.put(url, json={"items": [{"kind": "topic", "id": "nothing"}]}, headers=headers).status_code == 422
        assert door("petra").get(url).json == put.json
        petra = door("petra")
        assert petra.put(url, json={"items": []}, headers={"X-CSRFToken": csrf_of(petra)}).status_code == 403


def answered(acting, world, number: int, after: timedelta) -> None:
    """So many questions of Petra's that Rhea has answered so long after."""
    for n in range(number):
        asked = clock.now() - timedelta(days=5, minutes=n)
        with clock.standing_at(asked), acting("petra") as petra:
            general = petra.session.get_one(Forum, world.pks["general"])
            topic = forums.start_topic(petra, general, title=f"Question {n}", body="Can it?", kind="question").pk
        with clock.standing_at(asked + after), acting("rhea") as rhea:
            forums.post_message(rhea, fetch(rhea, forums_may().READ_TOPIC, rhea.session.get_one(Topic, topic).id), body="It can.")


def forums_may():
    from workspaces.forums.policy import May

    return May


def replies(acting, world, who="petra") -> dict[int, str]:
    with acting(who) as actor:
        return home.usual_replies(actor, room_of(actor, world))


def test_how_soon_somebody_answers_is_said_from_five_answers_on(acting, world, door):
    answered(acting, world, 3, timedelta(hours=2, minutes=30))  # and one in the world
    assert world.pks["rhea"] not in replies(acting, world)
    answered(acting, world, 1, timedelta(hours=2, minutes=30))
    assert replies(acting, world)[world.pks["rhea"]] == "usually answers within 3 hours"
    assert "usually answers within 3 hours" in door("petra").get(f"/w/{world.ids['room']}/").text


def test_a_second_answer_and_what_is_not_for_the_reader_do_not_count(acting, world):
    answered(acting, world, 5, timedelta(hours=20))
    with acting("petra") as petra:
        posts = petra.session.query(Post).filter(Post.author_pk == world.pks["rhea"]).count()
    with acting("rhea") as rhea:
        for topic in rhea.session.query(Topic).filter(Topic.title.like("Question %")):
            forums.post_message(rhea, topic, body="And one more thing.")
    with acting("petra") as petra:
        assert petra.session.query(Post).filter(Post.author_pk == world.pks["rhea"]).count() == posts + 5
    assert replies(acting, world)[world.pks["rhea"]] == "usually answers within 20 hours"
    assert replies(acting, world, "otto") == {}


def test_what_is_new_on_the_plan_is_news(door, world, acting, url):
    petra = door("petra")
    with clock.standing_at(clock.now() - timedelta(days=2)):
        post(petra, f"{url}seen")
    with acting("rhea") as rhea:
        for title in ("Measure the pumps", "Send the drawings"):
            plan.add_item(rhea, room_of(rhea, world), title=title, due=clock.now().date())
    page = petra.get(url).text
    assert "2 new on the plan" in page
    with acting("rhea") as rhea:
        item = rhea.session.query(PlanItem).filter_by(title="Measure the pumps").one()
        plan.move_due(rhea, item, due=clock.now().date() + timedelta(days=9))
    page = petra.get(url).text
    assert "Another date" in page
    assert "Rhea Rep moved" in page


def test_nobody_takes_away_what_they_cannot_see(acting, world, db):
    with acting("rhea") as rhea:
        rhea.session.add(Pin(workspace_pk=world.pks["room"], kind="topic", thing=world.ids["other_topic"], position=0))
        actions.pin(rhea, room_of(rhea, world), ("topic", world.ids["topic"]), is_pinned=True)
        assert [each.id for each in start_here(rhea, room_of(rhea, world))] == [world.ids["topic"]]
    assert {pin.thing for pin in db.query(Pin)} == {world.ids["topic"], world.ids["other_topic"]}
