"""What several messages are is said at once: one transaction, each on record, with undo; and only of what one may correct."""

import re

import pytest
from sqlalchemy import select

from portal.kernel.errors import NotFound
from portal.kernel.events import Event
from search.categories import actions, queries
from search.categories.labels import Category
from tests.conftest import csrf_of, post
from tests.search.categories.test_categories import labels
from workspaces.forums.models import Post

__all__ = ["labels"]
PROMISE = "I will send you the drawings by Friday."


@pytest.fixture
def three(say):
    return [say("rhea", f"I will send you drawing {what} by Friday.") for what in ("one", "two", "three")]


def are(labels, ids, category="commitment"):
    return [category in labels(id) and not labels(id)[category].denied for id in ids]


def test_chosen_ones_are_corrected_at_once_each_on_record_and_undone(three, door, labels, db):
    rhea = door("rhea")
    page = rhea.get("/noticed?category=commitment").text
    assert all(id in page for id in three)
    said = post(rhea, "/noticed", of="commitment", category="commitment", say="no", posts=three[:2])
    assert said.location == "/noticed?category=commitment"
    assert are(labels, three) == [False, False, True]
    events = db.scalars(select(Event).where(Event.kind == "post.categorised")).all()
    assert {(event.subject_id, event.facts["what"]) for event in events} == {(id, "no commitment") for id in three[:2]}
    after = rhea.get(said.location).text
    assert "2 messages corrected." in after
    assert re.findall(r'type="checkbox"[^>]*value="(\w+)"', after) == [three[2]]
    post(rhea, "/noticed", of="commitment", category="commitment", say="yes", posts=",".join(three[:2]))
    assert are(labels, three) == [True, True, True]


def test_they_can_be_said_to_be_something_else_too(three, door, labels):
    assert post(door("rhea"), "/noticed", of="commitment", category="risk", say="yes", posts=three).status_code == 303
    assert are(labels, three, "risk") == [True] * 3
    assert are(labels, three) == [True] * 3


def test_what_is_so_already_is_no_news(three, door, db):
    post(door("rhea"), "/noticed", of="commitment", category="commitment", say="yes", posts=three)
    assert db.scalar(select(Event).where(Event.kind == "post.categorised")) is None


def test_only_what_one_may_correct_is_corrected(three, door, labels, acting):
    for name in ("petra", "mark", "rolf", "otto"):
        assert door(name).get("/noticed?category=commitment").status_code == 403
        assert post(door(name), "/noticed", category="commitment", say="no", posts=three).status_code == 403
    assert not any(id in door("ravi").get("/noticed?category=commitment").text for id in three)
    assert post(door("ravi"), "/noticed", category="commitment", say="no", posts=three).status_code == 303
    assert are(labels, three) == [True] * 3
    with acting("ravi") as ravi:
        posts = ravi.session.scalars(select(Post).where(Post.id.in_(three))).all()
        with pytest.raises(NotFound):
            actions.categorise_several(ravi, posts, category=Category.COMMITMENT, is_one=False)
    assert post(door("rhea"), "/noticed", category="commitment", say="no", posts=three).status_code == 303
    assert are(labels, three) == [False] * 3


def test_nothing_chosen_and_nonsense_are_refused(three, door, labels):
    rhea = door("rhea")
    assert "Choose at least one message." in post(rhea, "/noticed", of="commitment", category="commitment", say="no").text
    for wrong in ({"category": "nonsense", "say": "no"}, {"category": "risk", "say": "perhaps"}, {"category": "risk", "say": "no"}):
        told = wrong | {"posts": three[:1] if "nonsense" in wrong.values() or "perhaps" in wrong.values() else []}
        assert rhea.post("/api/v1/categories", json=told, headers={"X-CSRFToken": csrf_of(rhea)}).status_code == 422
    told = {"category": "commitment", "say": "no", "posts": three}
    assert rhea.post("/api/v1/categories", json=told, headers={"X-CSRFToken": csrf_of(rhea)}).json["changed"] == three
    assert are(labels, three) == [False] * 3


def test_older_ones_are_on_further_pages(say, acting):
    ids = [say("rhea", f"I will send you drawing {n} by Friday.") for n in range(5)]
    with acting("rhea") as rhea:
        first, older = queries.of_one_category(rhea, "commitment", limit=2)
        second, _more = queries.of_one_category(rhea, "commitment", limit=2, before=older)
        assert [said.post.id for said in (*first, *second)] == ids[:0:-1]
