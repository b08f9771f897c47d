"""Promises: made of what messages say, kept with what people say of them, and seen by exactly who reads the message."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import delete, func, select

from portal.accounts import actions as accounts
from portal.accounts.models import Account
from portal.kernel.audiences import held
from portal.kernel.errors import Forbidden, NotFound
from portal.kernel.events import Event
from portal.kernel.history import as_of
from portal.people.models import Person
from search.categories import actions as categories
from search.categories.labels import Category
from search.categories.models import Label
from search.promises import actions
from search.promises.models import Promise, PromiseFact
from tests.conftest import post
from tests.search.promises.telling import PROMISE, THEIRS, THEN, edit, listed, patch
from tests.search.trail.test_trail import trail_of
from workspaces.forums import actions as forums
from workspaces.forums.models import Forum, Post, Topic


class TestNoticing:
    def test_a_message_that_promises_is_one_of_ours_or_theirs(self, two, door, world):
        ours, theirs = listed(door("rhea"), world)
        assert (ours["text"], ours["side"], ours["by"]["name"], ours["due"]) == (PROMISE, "ours", "Rhea Rep", "2026-03-06")
        assert (theirs["text"], theirs["side"], theirs["by"]["name"]) == (THEIRS, "theirs", "Petra Prospect")
        assert ours["source"] == {"kind": "post", "id": two["post"]}
        assert ours["url"].endswith(f"#p-{two['post']}")

    def test_it_is_overdue_once_its_day_is_over_where_the_reader_is(self, two, door, world):
        for day, state in {5: "open", 6: "open", 7: "overdue"}.items():
            with time_machine.travel(datetime(2026, 3, day, 12, tzinfo=UTC), tick=True):
                rhea = door("rhea")
                assert [each["state"] for each in listed(rhea, world, side="ours")] == [state]
                assert len(listed(rhea, world, state=state, side="ours")) == 1
                assert listed(rhea, world, state="kept") == []

    def test_a_note_tells_who_promised(self, acting, world, house, door):
        for words in ("I will send her the offer by Friday.", "She will send us the drawings by Friday."):
            with acting("rhea") as rhea:
                note = accounts.write_note(rhea, rhea.session.get_one(Account, world.pks["calder"]), kind="call", body=words)
                categories.categorise(rhea, keys=[f"note:{note.id}"])
        assert {each["text"].split()[0]: each["side"] for each in listed(door("rhea"), world)} == {"I": "ours", "She": "theirs"}

    def test_looking_again_changes_nothing(self, two, house, promise_of, world, acting):
        with acting("rhea") as rhea:
            actions.settle_promise(rhea, rhea.session.scalar(select(Promise).where(Promise.id == two["ours"])), state="kept")
        with house.db.writing() as session:
            session.execute(delete(Label))
        with acting("rhea") as rhea:
            categories.categorise(rhea, keys=[f"post:{two['post']}"])
            categories.categorise(rhea, keys=[f"post:{two['post']}"])
            assert rhea.session.scalar(select(func.count()).select_from(Promise)) == 2
        kept = promise_of(two["post"])
        assert (kept.id, kept.state, kept.due) == (two["ours"], "kept", date(2026, 3, 6))

    def test_a_persons_word_that_it_is_none_takes_it_away_and_brings_it_back(self, two, door, world):
        rhea, path = door("rhea"), f"/w/{world.ids['room']}/discussions/{world.ids['topic']}/posts/{two['post']}/categories"
        assert post(rhea, path, no="commitment").status_code == 303
        assert [each["side"] for each in listed(rhea, world)] == ["theirs"]
        assert rhea.get(f"/api/v1/promises/{two['ours']}").status_code == 404
        assert post(rhea, path, yes="commitment").status_code == 303
        assert two["ours"] in [each["id"] for each in listed(rhea, world)]

    def test_one_is_added_by_hand(self, acting, say, door, world):
        id = say("rhea", "The drawings of lot 2.")
        assert listed(door("rhea"), world) == []
        with acting("rhea") as rhea:
            categories.categorise_post(rhea, rhea.session.scalar(select(Post).where(Post.id == id)), categories=[Category.COMMITMENT])
        assert [each["text"] for each in listed(door("rhea"), world)] == ["The drawings of lot 2."]

    def test_what_was_changed_in_the_open_is_marked_and_not_lost(self, two, acting, house, door, world):
        with time_machine.travel(THEN + timedelta(hours=2), tick=True):
            edit(acting, house, two["post"], "Which protocols do you need?")
        told = next(each for each in listed(door("rhea"), world) if each["id"] == two["ours"])
        assert (told["text"], told["changed"], told["state"]) == (PROMISE, True, "withdrawn")
        theirs = next(each for each in listed(door("petra"), world) if each["id"] == two["ours"])
        assert (theirs["text"], theirs["changed"]) == ("", True)  # what it said before is not theirs to read

    def test_another_day_in_a_changed_message_is_another_knot(self, two, acting, house, promise_of, db):
        with time_machine.travel(THEN + timedelta(hours=2), tick=True):
            edit(acting, house, two["post"], "Hello.\n\nI will send you the drawings by Monday.")
        promise = promise_of(two["post"])
        assert (promise.due, promise.changed_at is not None) == (date(2026, 3, 9), True)
        assert [(fact.due, fact.by_pk) for fact in promise.so_far] == [(date(2026, 3, 6), None), (date(2026, 3, 9), None)]

    def test_what_is_mended_at_once_is_simply_so(self, say, acting, house, promise_of):
        with time_machine.travel(THEN, tick=True):
            id = say("rhea", PROMISE)
            edit(acting, house, id, "I will send you the drawings by Monday.")
        assert (promise_of(id).due, promise_of(id).changed_at) == (date(2026, 3, 9), None)


class TestStating:
    def test_the_team_says_that_it_was_kept_and_how_it_stood_stays(self, two, door, world, db):
        rhea = door("rhea")
        told = patch(rhea, f"promises/{two['ours']}", state="kept", reason="Sent on Thursday")
        assert (told.status_code, told.json["state"]) == (200, "kept")
        assert [(each["state"], each["reason"]) for each in told.json["history"]] == [("open", ""), ("kept", "Sent on Thursday")]
        assert patch(rhea, f"promises/{two['ours']}", state="open").json["state"] == "overdue"
        fact = db.scalar(select(PromiseFact).join(Promise).where(Promise.id == two["ours"], as_of(PromiseFact, THEN + timedelta(days=1))))
        assert fact.state == "open"

    def test_another_day_and_other_words(self, two, door):
        told = patch(door("rhea"), f"promises/{two['ours']}", due="2126-01-01")
        assert told.status_code == 422
        told = patch(door("rhea"), f"promises/{two['ours']}", due="2026-03-20", about="The drawings of lot 2")
        assert (told.json["due"], told.json["about"], told.json["text"]) == ("2026-03-20", "The drawings of lot 2", PROMISE)
        assert [each["due"] for each in told.json["history"]] == ["2026-03-06", "2026-03-20"]

    def test_bad_input_changes_nothing(self, two, door, world):
        rhea = door("rhea")
        for wrong in ({"state": "overdue"}, {"state": 1}, {"due": "soon"}, {"nothing": 1}, {"about": "x" * 201}):
            assert patch(rhea, f"promises/{two['ours']}", **wrong).status_code == 422
        assert len(rhea.get(f"/api/v1/promises/{two['ours']}").json["history"]) == 1
        assert rhea.get(f"/api/v1/accounts/{world.ids['calder']}/promises?state=nonsense").status_code == 422

    def test_it_is_on_the_trail_for_the_team_alone(self, two, door, world, db, acting):
        patch(door("rhea"), f"promises/{two['ours']}", state="kept")
        (line,) = trail_of(door("rhea"), world, kind="promise.kept")["items"]
        assert line["source"] == {"kind": "post", "id": two["post"]}
        assert line["summary"] == "Rhea Rep says that a promise in “Can the gateways run on 24 V panels?” was kept"
        db.rollback()
        (event,) = db.scalars(select(Event).where(Event.kind == "promise.kept"))
        for who, told in {"rhea": True, "mona": True, "petra": False, "otto": False, "ravi": False}.items():
            with acting(who) as actor:
                assert bool(actor.session.scalar(select(Event.pk).where(Event.pk == event.pk, held(actor, Event.audience_pk)))) is told

    def test_of_a_note_it_is_about_the_note_and_says_no_word_of_it(self, acting, world, door):
        with acting("rhea") as rhea:
            note = accounts.write_note(rhea, rhea.session.get_one(Account, world.pks["calder"]), kind="call", body=PROMISE)
            categories.categorise(rhea, keys=[f"note:{note.id}"])
            id = note.id
        assert patch(door("rhea"), f"promises/{id}", state="kept").status_code == 200
        (line,) = trail_of(door("rhea"), world, kind="promise.kept")["items"]
        assert (line["source"], line["summary"]) == ({"kind": "note", "id": id}, "Rhea Rep says that a promise in a note was kept")

    def test_a_client_confirms_contests_and_takes_back(self, two, door, world):
        petra = door("petra")
        assert patch(petra, f"promises/{two['ours']}", state="contested", reason="Two pages are missing").json["state"] == "contested"
        assert patch(petra, f"promises/{two['ours']}", state="open").json["state"] == "overdue"
        assert patch(petra, f"promises/{two['ours']}", state="kept").json["state"] == "kept"
        patch(door("rhea"), f"promises/{two['ours']}", state="contested")
        assert patch(petra, f"promises/{two['ours']}", state="open").status_code == 403  # only what they said themselves
        for beyond in ({"state": "withdrawn"}, {"due": "2026-03-20"}, {"about": "All of it"}):
            assert patch(petra, f"promises/{two['ours']}", **beyond).status_code == 403

    def test_in_an_archive_nothing_is_said(self, two, acting, door, world):
        from workspaces.rooms import actions as rooms
        from workspaces.rooms.models import Workspace

        assert patch(door("petra"), f"promises/{two['ours']}", state="kept").status_code == 200
        with acting("rhea") as rhea:
            rooms.archive_workspace(rhea, rhea.session.get_one(Workspace, world.pks["room"]))
        for who in ("petra", "rhea"):
            assert patch(door(who), f"promises/{two['ours']}", state="open").status_code == 403


class TestSeeing:
    def test_clients_see_those_made_to_them_and_no_more(self, two, door, world):
        for who in ("petra", "mark", "rolf"):
            assert [each["id"] for each in listed(door(who), world)] == [two["ours"]]
            assert door(who).get(f"/api/v1/promises/{two['theirs']}").status_code == 404
        assert patch(door("rolf"), f"promises/{two['ours']}", state="kept").status_code == 403  # who only reads
        assert listed(door("paul"), world) == []  # of the same company, in another room
        for who in ("otto", "nils", "ravi", "nora"):
            assert door(who).get(f"/api/v1/accounts/{world.ids['calder']}/promises").status_code == 404
            assert door(who).get(f"/api/v1/promises/{two['ours']}").status_code == 404

    def test_team_notes_and_what_is_for_staff_or_a_group_stay_there(self, acting, say, promise_of, house, door, world):
        note = say("rhea", PROMISE, team=True)
        with acting("rhea") as rhea:
            back = forums.start_topic(rhea, rhea.session.get_one(Forum, world.pks["backstage"]), title="Plan", body=PROMISE)
            inner = forums.start_topic(rhea, rhea.session.get_one(Forum, world.pks["inner"]), title="Budget", body=PROMISE)
            keys = [f"post:{rhea.session.scalar(select(Post.id).where(Post.topic_pk == topic.pk))}" for topic in (back, inner)]
            categories.categorise(rhea, keys=keys)
        assert len(listed(door("rhea"), world)) == 3
        assert [each["source"]["id"] for each in listed(door("petra"), world)] == [keys[1].partition(":")[2]]  # of the group
        assert listed(door("mark"), world) == []
        assert door("petra").get(f"/api/v1/promises/{promise_of(note).id}").status_code == 404

    def test_a_message_that_is_gone_takes_it_along_and_brings_it_back(self, two, acting, door, world):
        with acting("rhea") as rhea:
            forums.remove_post(rhea, rhea.session.scalar(select(Post).where(Post.id == two["post"])))
        assert two["ours"] not in [each["id"] for each in listed(door("rhea"), world)]
        with acting("rhea") as rhea:
            forums.restore_post(rhea, rhea.session.scalar(select(Post).where(Post.id == two["post"])))
        assert two["ours"] in [each["id"] for each in listed(door("rhea"), world)]

    def test_it_goes_with_its_message_to_another_discussion(self, two, acting, world, promise_of, door):
        with acting("rhea") as rhea:
            topic = rhea.session.get_one(Topic, world.pks["topic"])
            moved = rhea.session.scalar(select(Post).where(Post.id == two["post"]))
            new = forums.split_topic(rhea, topic, posts=[moved], title="The drawings")
            path = (new if isinstance(new, Topic) else new[0]).path
        told = next(each for each in listed(door("petra"), world) if each["id"] == two["ours"])
        assert told["url"].startswith(path)

    def test_it_belongs_to_the_account_whoever_owns_it(self, two, acting, world, door):
        with acting("mona") as mona:
            calder = mona.session.get_one(Account, world.pks["calder"])
            accounts.give_account(mona, calder, to=mona.session.get_one(Person, world.pks["nora"]), reason="Rhea leaves")
        page = door("nora").get(f"/accounts/{world.ids['calder']}/promises").text
        assert "now held by Nora Newrep" in page
        assert patch(door("nora"), f"promises/{two['ours']}", state="kept").status_code == 200

    def test_actions_ask_too(self, two, acting):
        for who, error in {"petra": Forbidden, "otto": NotFound}.items():
            with acting(who) as actor:
                promise = actor.session.scalar(select(Promise).where(Promise.id == two["ours"]))
                with pytest.raises(error):
                    actions.settle_promise(actor, promise, state="kept")


class TestPages:
    def test_an_account_has_both_sides_and_one_press_says_how_it_stands(self, two, door, world, promise_of, db):
        rhea, url = door("rhea"), f"/accounts/{world.ids['calder']}/promises"
        page = rhea.get(url).text
        assert "What we promised" in page
        assert "What they promised" in page
        assert "Overdue since 6 Mar" in page
        pressed = post(rhea, f"/promises/{two['ours']}/state", state="kept", **{"from": "account"})
        assert pressed.status_code == 303
        after = rhea.get(url + "?state=kept").text
        assert "Rhea Rep says that it was kept" in after
        assert THEIRS not in after
        assert post(rhea, f"/promises/{two['ours']}/state", state="open", **{"from": "account"}).status_code == 303
        assert promise_of(two["post"]).state == "open"
        assert db.scalar(select(func.count()).where(Event.kind == "promise.kept")) == 1

    def test_a_page_of_its_own_mends_day_and_wording(self, two, door):
        rhea, url = door("rhea"), f"/promises/{two['ours']}"
        assert "It was noticed" in rhea.get(url).text
        assert post(rhea, url, due="2026-03-20", about="Drawings of lot 2").status_code == 303
        page = rhea.get(url).text
        assert "set the day to 20 Mar 2026" in page
        assert "Drawings of lot 2" in page
        assert post(rhea, url, due="soon").status_code == 422
        assert post(rhea, url, due="2026-03-21", about="", shown="another state").status_code == 412
        assert door("petra").get(url).status_code == 303
        assert post(door("petra"), url, due="2026-03-21").status_code == 403

    def test_a_client_finds_it_at_home_and_says_what_is_missing(self, two, door, world, promise_of):
        petra, home = door("petra"), f"/w/{world.ids['room']}/"
        assert "What we promised you" in petra.get(home).text
        page = petra.get(f"{home}promises").text
        assert PROMISE in page
        assert THEIRS not in page
        assert "Waiting for an answer" not in page
        assert post(petra, f"/promises/{two['ours']}/state", state="contested", reason="Two pages", **{"from": "home"}).status_code == 303
        assert "Petra Prospect says that it was not kept: Two pages" in door("rhea").get(f"{home}promises").text
        assert post(petra, f"/promises/{two['ours']}/state", state="kept").status_code == 303
        assert "What we promised you" not in petra.get(home).text
        assert "What we promised you" not in door("paul").get(f"/w/{world.ids['side']}/").text
        assert post(petra, f"/promises/{two['ours']}/state", state="nonsense").status_code == 303
        assert promise_of(two["post"]).state == "kept"


def test_a_clock_that_was_set_back_keeps_nobody_from_saying_that_it_was_kept(two, promise_of, acting):
    with time_machine.travel(THEN - timedelta(minutes=1), tick=True), acting("rhea") as rhea:
        actions.settle_promise(rhea, rhea.session.scalar(select(Promise).where(Promise.id == two["ours"])), state="kept")
    assert promise_of(two["post"]).state == "kept"
