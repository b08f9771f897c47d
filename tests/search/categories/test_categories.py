"""What messages are taken to be: kept with the message, found, corrected by staff, and never heard of by clients."""

from datetime import UTC, date, datetime

import pytest
import time_machine
from sqlalchemy import delete, select

from portal.accounts import actions as accounts
from portal.accounts.models import Account
from portal.kernel.events import Event
from search.categories.models import Label
from tests.conftest import csrf_of, post
from tests.search.trail.test_trail import trail_of
from tests.workings import drain
from workspaces.forums import actions as forums
from workspaces.forums.models import Post

PROMISE = "I will send you the drawings by Friday."


@pytest.fixture
def labels(db):
    def of(id: str) -> dict[str, Label]:
        db.rollback()
        return {label.category: label for label in db.scalars(select(Label).where(Label.thing == id))}

    return of


def test_a_message_is_looked_at_as_it_is_indexed(say, labels):
    id = say("rhea", f"Hello.\n\n{PROMISE}")
    (label,) = labels(id).values()
    assert (label.kind, label.category, label.by_pk) == ("post", "commitment", None)
    assert f"Hello.\n\n{PROMISE}"[label.start : label.end] == PROMISE


def test_a_promise_keeps_the_day_that_it_names(say, labels, door, world):
    with time_machine.travel(datetime(2026, 3, 4, 9, tzinfo=UTC), tick=True):
        id = say("rhea", PROMISE)
    assert labels(id)["commitment"].due == date(2026, 3, 6)
    assert door("rhea").get(f"/api/v1/posts/{id}/categories").json["categories"][0]["due"] == "2026-03-06"
    assert "Until 6 Mar" in door("rhea").get(f"/w/{world.ids['room']}/discussions/{world.ids['topic']}/noticed").text


def test_an_edit_is_looked_at_anew(say, labels, acting, house):
    id = say("rhea", PROMISE)
    with acting("rhea") as rhea:
        forums.edit_post(rhea, rhea.session.scalar(select(Post).where(Post.id == id)), body="Which protocols do you need?")
    drain(house, topics=("index",))
    assert set(labels(id)) == {"question"}


def test_a_note_is_looked_at_too(acting, world, house, labels):
    with acting("rhea") as rhea:
        calder = rhea.session.get_one(Account, world.pks["calder"])
        note = accounts.write_note(rhea, calder, kind="call", body="We can't justify the price.")
        id = note.id
    drain(house, topics=("index",))
    assert "objection" in labels(id)


def test_it_answers_the_other_side_and_not_its_own(say, labels):
    say("petra", "How long does the battery last?")
    assert "answer" in labels(say("rhea", "Ten years, in normal use."))
    say("rhea", "Which model do you have in mind?")
    assert "answer" not in labels(say("rhea", "The large one is on offer this month."))


def test_staff_see_it_in_the_api_and_clients_do_not(say, door, world):
    id = say("rhea", PROMISE)
    told = door("rhea").get(f"/api/v1/posts/{id}/categories")
    assert told.status_code == 200
    assert [(each["category"], each["passage"], each["by"]) for each in told.json["categories"]] == [("commitment", PROMISE, None)]
    for name in ("petra", "mark", "rolf"):
        assert door(name).get(f"/api/v1/posts/{id}").status_code == 200
        assert door(name).get(f"/api/v1/posts/{id}/categories").status_code == 403
        assert "commitment" not in door(name).get(f"/api/v1/posts/{id}").text
    for name in ("ravi", "otto"):
        assert door(name).get(f"/api/v1/posts/{id}/categories").status_code == 404


def test_a_persons_word_wins_and_stays(say, labels, door, acting, house, world):
    id = say("rhea", PROMISE)
    rhea = door("rhea")
    said = rhea.put(f"/api/v1/posts/{id}/categories", json={"categories": ["pricing"]}, headers={"X-CSRFToken": csrf_of(rhea)})
    assert said.status_code == 200
    assert [each["category"] for each in said.json["categories"]] == ["pricing"]
    assert said.json["denied"] == ["commitment"]
    with acting("rhea") as actor:
        forums.edit_post(actor, actor.session.scalar(select(Post).where(Post.id == id)), body=f"{PROMISE} Really.")
    drain(house, topics=("index",))
    kept = labels(id)
    assert kept["commitment"].denied
    assert kept["pricing"].by_pk == world.pks["rhea"]


def test_what_reads_the_same_is_taken_so_from_then_on(say, labels, door, world):
    rhea = door("rhea")
    denied = say("rhea", PROMISE)
    path = f"/w/{world.ids['room']}/discussions/{world.ids['topic']}"
    assert post(rhea, f"{path}/posts/{denied}/categories", no="commitment").status_code == 303
    assert set(labels(say("rhea", PROMISE.upper()))) == set()


def test_a_correction_is_on_record_for_the_team_alone(say, door, db, world):
    id = say("rhea", PROMISE)
    rhea = door("rhea")
    rhea.put(f"/api/v1/posts/{id}/categories", json={"categories": []}, headers={"X-CSRFToken": csrf_of(rhea)})
    (event,) = db.scalars(select(Event).where(Event.kind == "post.categorised"))
    assert event.facts["what"] == "no commitment"
    assert [each["source"]["id"] for each in trail_of(rhea, world, kind="post.categorised")["items"]] == [id]
    assert "post.categorised" not in door("petra").get(f"/api/v1/workspaces/{world.ids['room']}/events").text


def test_what_is_no_category_is_refused_and_changes_nothing(say, labels, door):
    id = say("rhea", PROMISE)
    rhea = door("rhea")
    for wrong in ({"categories": ["nonsense"]}, {"categories": "commitment"}, {}, {"categories": [None]}):
        assert rhea.put(f"/api/v1/posts/{id}/categories", json=wrong, headers={"X-CSRFToken": csrf_of(rhea)}).status_code == 422
    assert set(labels(id)) == {"commitment"}
    assert labels(id)["commitment"].by_pk is None


def test_search_finds_by_category_for_staff_and_knows_none_for_clients(say, door):
    id = say("rhea", PROMISE)
    found = door("rhea").get("/api/v1/search?q=drawings&category=commitment").json
    assert [each["id"] for each in found["items"]] == [id]
    assert found["items"][0]["categories"] == ["commitment"]
    assert {each["value"]: each["name"] for each in found["facets"]["category"]}["commitment"] == "Commitment"
    assert door("rhea").get("/api/v1/search?q=drawings&category=praise").json["items"] == []
    theirs = door("petra").get("/api/v1/search?q=drawings&category=praise").json
    assert [each["id"] for each in theirs["items"]] == [id]
    assert "category" not in theirs["facets"]
    assert "categories" not in theirs["items"][0]


def test_the_trail_tells_and_filters_them(say, door, world, acting):
    id = say("rhea", PROMISE)
    rhea = door("rhea")
    (line,) = trail_of(rhea, world, category="commitment")["items"]
    assert (line["source"]["id"], line["categories"]) == (id, ["commitment"])
    assert trail_of(rhea, world, category="praise")["items"] == []
    page = rhea.get(f"/accounts/{world.ids['calder']}/trail?category=commitment").text
    assert PROMISE in page
    assert "Commitment" in page
    with acting("rhea") as actor:
        forums.remove_post(actor, actor.session.scalar(select(Post).where(Post.id == id)))
    assert trail_of(rhea, world, category="commitment")["items"] == []


def test_pages_say_what_was_noticed_and_take_a_correction(say, door, labels, world):
    id = say("rhea", PROMISE)
    rhea, topic = door("rhea"), f"/w/{world.ids['room']}/discussions/{world.ids['topic']}"
    assert '/noticed"' in rhea.get(topic).text
    noticed = rhea.get(f"{topic}/noticed").text
    assert PROMISE in noticed
    assert post(rhea, f"{topic}/posts/{id}/categories", no="commitment").status_code == 303
    assert labels(id)["commitment"].denied
    assert PROMISE not in rhea.get(f"{topic}/noticed").text
    assert post(rhea, f"{topic}/posts/{id}/categories", yes="commitment").status_code == 303
    assert PROMISE in rhea.get(f"{topic}/noticed").text
    page = rhea.get(f"{topic}/posts/{id}/categories")
    assert 'value="commitment" checked' in page.text
    assert post(rhea, f"{topic}/posts/{id}/categories", categories=["risk", "pricing"]).status_code == 303
    assert {category for category, label in labels(id).items() if not label.denied} == {"risk", "pricing"}
    for path in (f"{topic}/noticed", f"{topic}/posts/{id}/categories"):
        assert door("petra").get(path).status_code == 403
        assert door("otto").get(path).status_code == 404
    assert "noticed" not in door("petra").get(topic).text
    assert '"{here}/categories"' in rhea.get(topic).text
    assert '"{here}/categories"' not in door("petra").get(topic).text
    assert f"/posts/{id}/categories" in rhea.get(f"{topic}/posts/{id}/menu").text
    assert f"/posts/{id}/categories" not in door("petra").get(f"{topic}/posts/{world.ids['post']}/menu").text


def test_all_can_be_looked_at_again(say, labels, house, mainstay):
    id = say("rhea", PROMISE)
    with house.db.writing() as session:
        session.execute(delete(Label).where(Label.thing == id))
    assert labels(id) == {}
    assert "labels changed" in mainstay("categories", "again").output
    assert set(labels(id)) == {"commitment"}
