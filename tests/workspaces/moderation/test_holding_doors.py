"""First messages that wait, through the doors: the composer with and without its script, the API, the queue, the letters."""

import io
import re

import pytest

from portal.people.models import Person
from tests.conftest import csrf_of, post
from tests.security.estate import PICTURE
from tests.workings import drain
from tests.workspaces.moderation.test_doors import body, letters, send, text_of
from workspaces.forums.models import Post, Topic
from workspaces.moderation.models import Held
from workspaces.rooms import actions as rooms
from workspaces.rooms.models import Workspace

ASKED = "Is 24 V enough for zinc plates?"


@pytest.fixture(autouse=True)
def _strict(acting, world):
    with acting("rhea") as rhea:
        room = rhea.session.get_one(Workspace, world.pks["room"])
        rooms.change_role(rhea, room, person=rhea.session.get_one(Person, world.pks["rolf"]), role="member")
        rooms.change_workspace(rhea, room, holds_first=True)


@pytest.fixture
def topic(world):
    return f"/w/{world.ids['room']}/discussions/{world.ids['topic']}"


@pytest.fixture
def queue(world):
    return f"/api/v1/workspaces/{world.ids['room']}/held"


def waits(door, queue, who="mark"):
    return door(who).get(queue).get_json()["items"]


def test_those_who_run_a_workspace_turn_it_on_and_off(door, world, db):
    url = f"/w/{world.ids['room']}/settings"

    def save(who, **more):
        page = door(who).get(url).text
        stands = re.search(r'name="shown" value="([^"]*)"', page)
        return post(door(who), url, title="Leaks", purpose="", **({"shown": stands[1]} if stands else {}), **more)

    assert "waits for a moderator" in door("rhea").get(url).text
    assert save("rhea").status_code == 303
    assert door("rhea").get(f"/api/v1/workspaces/{world.ids['room']}").get_json()["holds_first"] is False
    assert save("rhea", holds_first="1").status_code == 303
    assert door("rhea").get(f"/api/v1/workspaces/{world.ids['room']}").get_json()["holds_first"] is True
    patched = send(door("rhea"), "PATCH", f"/api/v1/workspaces/{world.ids['room']}", {"holds_first": False})
    assert patched.get_json()["holds_first"] is False
    assert send(door("petra"), "PATCH", f"/api/v1/workspaces/{world.ids['room']}", {"holds_first": True}).status_code == 403


def test_the_composer_without_a_script(door, topic, queue, db):
    sent = post(door("rolf"), f"{topic}/posts", body=ASKED)
    assert (sent.status_code, sent.headers["Location"].rsplit("#")[-1]) == (303, "held")
    page = text_of(door("rolf").get(topic))
    assert ASKED in page
    assert "Only you and who runs this workspace see it." in page
    for name in ("petra", "rhea", "mark"):
        assert "zinc" not in door(name).get(topic).text
    assert "zinc" in door("mark").get("/moderation").text
    assert "zinc" not in door("petra").get("/moderation").text
    assert db.query(Post).filter(Post.body == ASKED).count() == 0
    assert [held["body"] for held in waits(door, queue)] == [ASKED]


def test_the_composer_with_its_script(door, topic):
    rolf = door("rolf")
    answer = rolf.post(f"{topic}/posts", data={"csrf_token": csrf_of(rolf), "body": ASKED}, headers={"HX-Request": "true"})
    assert answer.status_code == 201
    assert "data-held" in answer.text
    assert ASKED in answer.text
    assert "data-post" not in answer.text
    assert 'id="held"' in rolf.get(topic).text  # where the script puts it


def test_the_same_message_sent_again_waits_once(door, topic, queue, db):
    for _again in range(2):
        assert post(door("rolf"), f"{topic}/posts", body=ASKED, idempotency_key="k-1").status_code == 303
    assert len(waits(door, queue)) == 1
    rolf, url = door("rolf"), f"/api/v1/topics/{topic.rsplit('/', 1)[1]}/posts"
    for _again in range(2):
        headers = {"X-CSRFToken": csrf_of(rolf), "Idempotency-Key": "k-2"}
        answer = rolf.post(url, json={"body": ASKED}, headers=headers)
        assert answer.status_code == 202
    assert len(waits(door, queue)) == 2
    assert db.query(Held).count() == 2


def test_a_discussion_started(door, world, db):
    room = f"/w/{world.ids['room']}"
    sent = post(door("rolf"), f"{room}/discussions/new", title="Zinc plates", body="Which?", forum=world.ids["general"])
    assert (sent.status_code, sent.headers["Location"][:6]) == (303, "/held/")
    assert "Zinc plates" in door("rolf").get(sent.headers["Location"]).text
    assert "Zinc plates" in door("rolf").get(f"{room}/discussions").text
    for name in ("petra", "rhea"):
        assert "Zinc plates" not in door(name).get(f"{room}/discussions").text
    assert door("petra").get(sent.headers["Location"]).status_code == 404
    assert db.query(Topic).filter(Topic.title == "Zinc plates").count() == 0


def test_over_the_api(door, world, queue):
    posts, topics = f"/api/v1/topics/{world.ids['topic']}/posts", f"/api/v1/forums/{world.ids['general']}/topics"
    made = send(door("rolf"), "POST", posts, {"body": ASKED})
    assert (made.status_code, made.get_json()["state"], made.get_json()["topic"]) == (202, "waiting", world.ids["topic"])
    assert send(door("rolf"), "POST", topics, {"title": "Zinc", "body": "Which?"}).status_code == 202
    assert send(door("petra"), "POST", posts, {"body": "Mine does not wait."}).status_code == 201
    one = f"/api/v1/held/{made.get_json()['id']}"
    assert [door(who).get(one).status_code for who in ("rolf", "mark", "rhea", "petra", "otto", "nobody")] == [200, 200, 200, 404, 404, 401]
    assert [len(waits(door, queue, who)) for who in ("rolf", "mark", "petra")] == [2, 2, 0]
    changed = send(door("rolf"), "PATCH", one, {"body": "Is 48 V?"})
    assert (changed.get_json()["body"], changed.get_json()["version"]) == ("Is 48 V?", 2)
    assert send(door("mark"), "PATCH", one, {"body": "Never."}).status_code == 403
    late = send(door("mark"), "POST", f"{one}/resolve", {"action": "approve", "version": 1})
    assert (late.status_code, late.get_json()["errors"][0]["field"]) == (422, "action")
    assert send(door("mark"), "POST", f"{one}/resolve", {"action": "refuse", "version": 2}).status_code == 422
    assert send(door("rolf"), "POST", f"{one}/resolve", {"action": "approve", "version": 2}).status_code == 403
    done = send(door("mark"), "POST", f"{one}/resolve", {"action": "approve", "version": 2}).get_json()
    assert done["state"] == "approved"
    assert door("petra").get(f"/api/v1/posts/{done['post']}").get_json()["body"] == "Is 48 V?"
    assert send(door("rolf"), "DELETE", one).status_code == 403
    assert send(door("rolf"), "POST", posts, {"body": "Thanks."}).status_code == 201
    assert send(door("mark"), "POST", f"{one}/undo").get_json()["state"] == "waiting"
    assert door("petra").get(f"/api/v1/posts/{done['post']}").status_code == 410
    assert send(door("rolf"), "DELETE", one).status_code == 204


def test_its_author_changes_and_withdraws_it_with_plain_forms(door, topic, db):
    post(door("rolf"), f"{topic}/posts", body=ASKED)
    here = f"/held/{db.query(Held).one().id}"
    page = door("rolf").get(f"{here}/edit").text
    stands = re.search(r'name="shown" value="([^"]*)"', page)[1]
    assert post(door("rolf"), f"{here}/edit", body="", shown=stands).status_code == 422
    assert post(door("rolf"), f"{here}/edit", body="Is 48 V?", shown=stands).status_code == 303
    late = post(door("rolf"), f"{here}/edit", body="Is 60 V?", shown=stands)
    assert late.status_code == 412
    assert "Is 60 V?" in late.text
    assert post(door("petra"), f"{here}/withdraw").status_code == 404
    assert post(door("mark"), f"{here}/withdraw").status_code == 403
    assert post(door("rolf"), f"{here}/withdraw").status_code == 303
    assert "It was withdrawn." in text_of(door("rolf").get(here))
    assert "48 V" not in text_of(door("rolf").get(topic))


def test_decided_and_taken_back_with_plain_forms(door, topic, world):
    post(door("rolf"), f"{topic}/posts", body=ASKED)
    mark = door("mark")
    resolve = re.search(r"/held/\w+/resolve", mark.get("/moderation").text)[0]
    refused = post(mark, resolve, action="refuse", version=1)
    assert refused.status_code == 422
    assert "Write why. Its author reads this." in text_of(refused)
    assert post(mark, resolve, action="approve", version=1).status_code == 303
    assert "zinc" in door("petra").get(topic).text
    assert "Nothing waits" in text_of(mark.get("/moderation"))
    assert "It was let through" in text_of(mark.get("/moderation?show=done"))
    undo = re.search(r"/held/\w+/undo", mark.get("/moderation?show=done").text)[0]
    assert post(door("rolf"), undo).status_code == 403
    assert post(mark, undo).status_code == 303
    assert "zinc" not in door("petra").get(topic).text
    assert "zinc" in mark.get("/moderation").text


def test_files_are_seen_by_those_who_see_it_and_their_pictures_stand_in_the_message(door, topic, world, db):
    rolf = door("rolf")
    told = {"csrf_token": csrf_of(rolf), "place": f"topic:{world.ids['topic']}", "files": (io.BytesIO(PICTURE), "panel.png")}
    picked = rolf.post(f"/w/{world.ids['room']}/drafts/files", data=told, headers={"HX-Request": "true"})
    id = re.search(r'name="picked" value="(\w+)"', picked.text)[1]
    words = f"Look:\n\n![panel.png](/me/drafts/files/{id})"
    form = {"csrf_token": csrf_of(rolf), "body": words, "picked": id, "files": (io.BytesIO(b"24 V"), "notes.txt")}
    assert rolf.post(f"{topic}/posts", data=form).status_code == 303
    assert f"/held/files/{id}" in rolf.get(topic).text
    assert rolf.get(f"/me/drafts/files/{id}").status_code == 404  # the draft went
    for name in ("rolf", "mark", "rhea"):
        with door(name).get(f"/held/files/{id}") as shown:
            assert shown.data == PICTURE
        with door(name).get(f"/api/v1/held/files/{id}/content") as shown:
            assert shown.data == PICTURE
    assert [door(name).get(f"/held/files/{id}").status_code for name in ("petra", "otto")] == [404, 404]
    paper = next(each for each in db.query(Held).one().files if each.name == "notes.txt")
    with door("mark").get(paper.path) as sent:
        assert sent.headers["Content-Disposition"].startswith("attachment")
    resolve = re.search(r"/held/\w+/resolve", door("mark").get("/moderation").text)[0]
    assert post(door("mark"), resolve, action="approve", version=1).status_code == 303
    page = door("petra").get(topic).text
    assert f"files/f/{id}/preview" in page
    assert "notes.txt" in page
    assert "/held/" not in page


def test_moderators_then_its_author_are_told(door, house, topic, queue):
    post(door("rolf"), f"{topic}/posts", body=ASKED)
    drain(house)
    for name, hears in {"rhea": True, "mark": True, "petra": False, "rolf": False}.items():
        assert ("This first message waits for a look." in text_of(door(name).get("/me/notifications"))) is hears, name
    (held,) = waits(door, queue)
    send(door("mark"), "POST", f"/api/v1/held/{held['id']}/resolve", {"action": "refuse", "version": 1, "reason": "Ask your chief."})
    told = letters(house)
    assert set(told) == {"rolf"}  # what was decided is no news for moderators
    assert "Ask your chief." in body(told["rolf"])
    assert "Ask your chief." in text_of(door("rolf").get(held["url"]))
    assert "It was not let through" in text_of(door("rolf").get("/me/notifications"))


def test_what_waits_is_found_nowhere(door, house, topic, world):
    post(door("rolf"), f"{topic}/posts", body=ASKED)
    drain(house)
    for name in ("rolf", "rhea", "petra"):
        assert door(name).get("/api/v1/search?q=zinc").get_json()["items"] == []
    assert "zinc" not in door("rhea").get(f"/api/v1/accounts/{world.ids['calder']}/trail").text
    assert "first time" not in door("rhea").get(f"/api/v1/accounts/{world.ids['calder']}/trail").text
