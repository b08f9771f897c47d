"""Answer debt: what clients asked, why it counts as answered, and a person's word over it."""

import pytest
from sqlalchemy import select

from tests.conftest import csrf_of, post
from tests.search.trail.test_trail import trail_of
from workspaces.forums import actions as forums
from workspaces.forums.models import Post, Topic

ASKED = "How long does the battery last?"


def questions(client, world, **asked):
    query = "&".join(f"{name}={value}" for name, value in asked.items())
    return client.get(f"/api/v1/accounts/{world.ids['calder']}/questions?{query}").json["items"]


def patch(client, id, state):
    return client.patch(f"/api/v1/questions/{id}", json={"state": state}, headers={"X-CSRFToken": csrf_of(client)})


@pytest.fixture
def asked(say):
    return say("petra", ASKED)


def test_a_question_waits_until_one_of_us_answers_everybody(asked, say, door, world):
    rhea = door("rhea")
    (told,) = questions(rhea, world, state="open")
    assert (told["id"], told["text"], told["by"]["name"], told["why"], told["answer"]) == (asked, ASKED, "Petra Prospect", "", None)
    say("mark", "I should like to know that too.")
    say("rhea", "They ask every time.", team=True)
    assert len(questions(rhea, world, state="open")) == 1
    answer = say("rhea", "Ten years, in normal use.")
    assert questions(rhea, world, state="open") == []
    (told,) = questions(rhea, world, state="answered")
    assert (told["state"], told["why"], told["answer"]) == ("answered", "replied", {"kind": "post", "id": answer})


def test_who_only_promises_or_asks_back_has_not_answered(asked, say, door, world):
    say("rhea", "I will find out and tell you by Friday.")
    say("rhea", "Which model do you have in mind?")
    assert len(questions(door("rhea"), world, state="open")) == 1


def test_the_longest_first(say, door, world):
    first, second = say("petra", ASKED), say("petra", "Which protocols does it speak?")
    assert [each["id"] for each in questions(door("rhea"), world)] == [first, second]


def test_a_chosen_answer_counts_whoever_wrote_it(asked, say, acting, door, world):
    id = say("mark", "Ten years, the sheet says.")
    with acting("petra") as petra:
        topic = petra.session.get_one(Topic, world.pks["topic"])
        forums.accept_answer(petra, topic, post=petra.session.scalar(select(Post).where(Post.id == id)))
    (told,) = questions(door("rhea"), world)
    assert (told["why"], told["answer"]["id"]) == ("chosen", id)


def test_an_answer_that_was_taken_away_is_none(asked, say, acting, door, world):
    id = say("rhea", "Ten years, in normal use.")
    with acting("rhea") as rhea:
        forums.remove_post(rhea, rhea.session.scalar(select(Post).where(Post.id == id)))
    assert len(questions(door("rhea"), world, state="open")) == 1


def test_in_a_closed_discussion_nothing_waits(asked, acting, door, world):
    with acting("mark") as mark:
        forums.lock_topic(mark, mark.session.get_one(Topic, world.pks["topic"]))
    (told,) = questions(door("rhea"), world)
    assert (told["state"], told["why"]) == ("answered", "closed")


def test_a_persons_word_wins_in_both_directions(asked, say, door, world):
    rhea = door("rhea")
    assert patch(rhea, asked, "answered").json["why"] == "said"
    assert questions(rhea, world, state="open") == []
    assert patch(rhea, asked, None).json["state"] == "open"
    say("rhea", "Ten years, in normal use.")
    told = patch(rhea, asked, "open").json
    assert (told["state"], told["said_by"]["name"], told["answer"]) == ("open", "Rhea Rep", None)
    assert len(questions(rhea, world, state="open")) == 1
    assert trail_of(rhea, world, kind="question.reopened")["items"]


def test_staff_alone_see_and_say_it(asked, say, door, world):
    assert patch(door("rhea"), asked, "answered").status_code == 200
    for who, status in {"petra": 403, "mark": 403, "ravi": 404, "otto": 404}.items():
        assert patch(door(who), asked, "open").status_code == status
        assert door(who).get(f"/api/v1/accounts/{world.ids['calder']}/questions").status_code == 404
    no_question = say("petra", "Thank you.")
    assert patch(door("rhea"), no_question, "answered").status_code == 422
    assert patch(door("rhea"), asked, "maybe").status_code == 422


def test_pages_say_why_and_take_a_word(asked, say, door, world):
    rhea, url = door("rhea"), f"/accounts/{world.ids['calder']}/questions"
    assert ASKED in rhea.get(url).text
    assert ASKED in rhea.get(f"/accounts/{world.ids['calder']}/promises").text
    assert ASKED in rhea.get(f"/w/{world.ids['room']}/promises").text
    assert post(rhea, f"/questions/{asked}/state", state="answered", **{"from": "account"}).status_code == 303
    assert "Rhea Rep says that it is answered" in rhea.get(f"{url}?state=answered").text
    assert post(rhea, f"/questions/{asked}/state", state="undo").status_code == 303
    say("rhea", "Ten years, in normal use.")
    assert "because Rhea Rep replied on" in rhea.get(f"{url}?state=answered").text
    assert post(door("petra"), f"/questions/{asked}/state", state="open").status_code == 403
