"""Clients are told what stands of a promise now; what was before is for our side. What one has said of it one takes back."""

from datetime import timedelta

import time_machine
from sqlalchemy import select

from portal.kernel.events import Event
from portal.people.models import Person
from search.categories import actions as categories
from search.categories.labels import Category
from tests.conftest import post
from tests.search.promises.telling import THEN, edit, patch
from tests.workings import drain
from workspaces.forums import actions as forums
from workspaces.forums.models import Forum, Post, Topic
from workspaces.rooms import actions as rooms
from workspaces.rooms.models import Workspace


class TestWhatStands:
    def test_the_day_before_is_told_to_our_side_alone(self, two, door, world):
        assert patch(door("rhea"), f"promises/{two['ours']}", due="2026-03-20").status_code == 200
        pages = {who: door(who).get(f"/w/{world.ids['room']}/promises").text for who in ("rhea", "petra")}
        assert all("20 Mar" in page for page in pages.values())
        assert "was 6 Mar" in pages["rhea"]
        assert "6 Mar" not in pages["petra"]

    def test_the_history_of_clients_has_no_day_and_wording_of_before(self, two, door):
        rhea, path = door("rhea"), f"promises/{two['ours']}"
        patch(rhea, path, about="The drawings of lot 1")
        patch(rhea, path, state="contested", reason="Two pages are missing")
        patch(rhea, path, due="2026-03-20", about="The drawings of lot 2")
        told = door("petra").get(f"/api/v1/{path}").json["history"]
        assert [(each["state"], each["reason"], each["due"], each["about"]) for each in told] == [
            ("open", "", None, ""),
            ("contested", "Two pages are missing", None, ""),
            ("contested", "", "2026-03-20", "The drawings of lot 2"),
        ]
        assert [each["due"] for each in rhea.get(f"/api/v1/{path}").json["history"]] == ["2026-03-06"] * 3 + ["2026-03-20"]

    def test_who_noted_it_is_nothing_for_clients(self, acting, say, promise_of, door):
        id = say("rhea", "The drawings of lot 2.")
        with acting("rhea") as rhea:
            categories.categorise_post(rhea, rhea.session.scalar(select(Post).where(Post.id == id)), categories=[Category.COMMITMENT])
        path = f"/api/v1/promises/{promise_of(id).id}"
        assert [each["by"]["name"] for each in door("rhea").get(path).json["history"]] == ["Rhea Rep"]
        assert door("petra").get(path).json["history"] == []

    def test_what_a_changed_message_said_is_on_no_page_of_theirs(self, two, acting, house, door, world):
        url = f"/w/{world.ids['room']}/promises"
        assert "the drawings" in door("petra").get(url).text
        with time_machine.travel(THEN + timedelta(hours=2), tick=True):
            edit(acting, house, two["post"], "Which protocols do you need?")
        assert "the drawings" in door("rhea").get(url).text
        for page in (url, f"/w/{world.ids['room']}/"):
            told = door("petra").get(page).text
            assert "the drawings" not in told
        assert "A promise whose message was changed since" in door("petra").get(url).text


class TestTakingBack:
    def test_a_word_is_taken_back_as_if_it_had_not_been_said(self, two, door, world, db):
        petra, rhea, path = door("petra"), door("rhea"), f"promises/{two['ours']}"
        patch(petra, path, state="contested", reason="Two pages are missing")
        assert patch(rhea, path, state="kept", reason="Sent on Thursday").json["state"] == "kept"
        told = patch(rhea, path, state="undo")
        assert (told.status_code, told.json["state"]) == (200, "contested")
        assert [(each["state"], each["by"] and each["by"]["name"]) for each in told.json["history"]] == [
            ("open", None),
            ("contested", "Petra Prospect"),
        ]
        assert "Petra Prospect says that it was not kept: Two pages are missing" in rhea.get(f"/promises/{two['ours']}").text
        assert patch(petra, path, state="undo").json["state"] == "overdue"
        db.rollback()
        assert [event.actor_pk for event in db.scalars(select(Event).where(Event.kind == "promise.taken_back"))] == [
            world.pks["rhea"],
            world.pks["petra"],
        ]

    def test_only_ones_own_and_only_a_word_on_how_it_stands(self, two, door):
        petra, rhea, path = door("petra"), door("rhea"), f"promises/{two['ours']}"
        assert patch(petra, path, state="kept").json["state"] == "kept"
        assert patch(rhea, path, state="undo").status_code == 422
        assert patch(petra, path, state="undo").json["state"] == "overdue"
        assert patch(petra, path, state="undo").status_code == 422  # nothing is left of theirs
        patch(rhea, path, due="2026-03-20")
        assert patch(rhea, path, state="undo").status_code == 422  # another day is set, not said
        assert rhea.get(f"/api/v1/{path}").json["due"] == "2026-03-20"

    def test_a_page_offers_it_with_one_press(self, two, door, world, promise_of):
        petra, home = door("petra"), f"/w/{world.ids['room']}/"
        assert post(petra, f"/promises/{two['ours']}/state", state="kept", **{"from": "home"}).location.startswith(home[:-1])
        assert 'name="state" value="undo"' in petra.get(home).text
        assert post(petra, f"/promises/{two['ours']}/state", state="undo", **{"from": "home"}).location.startswith(home[:-1])
        assert "Taken back." in petra.get(home).text
        assert promise_of(two["post"]).state == "open"
        assert post(petra, f"/promises/{two['ours']}/state", state="undo").status_code == 303
        assert "nothing of yours to take back" in petra.get(home).text

    def test_a_word_on_a_question_is_taken_back(self, say, door, world, db):
        asked, rhea = say("petra", "How long does the battery last?"), door("rhea")
        assert post(rhea, f"/questions/{asked}/state", state="answered").status_code == 303
        assert post(rhea, f"/questions/{asked}/state", state="undo").status_code == 303
        db.rollback()
        kinds = [event.kind for event in db.scalars(select(Event).where(Event.kind.startswith("question.")).order_by(Event.pk))]
        assert kinds == ["question.answered", "question.taken_back"]


class TestLeadingBack:
    def test_to_the_account_only_who_may_read_it(self, acting, say_seen, circle, house, door, world):
        """Ravi looks after Otway Foods alone, but is in the community where Calder Water was promised something."""
        with acting("petra") as petra, time_machine.travel(THEN, tick=True):
            forum = petra.session.scalars(select(Forum).where(Forum.workspace_pk == world.pks["circle"])).first()
            topic = forums.start_topic(petra, forum, title="Sensors", body="How long does the battery last?")
            asked, pk = petra.session.scalar(select(Post.id).where(Post.topic_pk == topic.pk)), topic.pk
        with acting("rhea") as rhea:
            id = forums.post_message(rhea, rhea.session.get_one(Topic, pk), body="I will send you the sheet by Friday.").id
        with acting("system") as system:
            rooms.join(
                system,
                system.session.get_one(Workspace, world.pks["circle"]),
                system.session.get_one(Person, world.pks["ravi"]),
                role="member",
                account=None,
            )
        drain(house, topics=("index",))
        for who, there in {"rhea": f"/accounts/{world.ids['calder']}", "ravi": f"/w/{world.ids['circle']}"}.items():
            for path, state in {f"/promises/{id}/state": "kept", f"/questions/{asked}/state": "answered"}.items():
                answer = post(door(who), path, state=state, **{"from": "account"})
                assert answer.location.startswith(there)
                assert door(who).get(answer.location).status_code == 200
