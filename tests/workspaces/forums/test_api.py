"""Forums, topics and posts over HTTP, as several of the cast."""

import pytest

from portal.people.models import Person
from tests.conftest import csrf_of
from workspaces.rooms import actions as rooms
from workspaces.rooms.models import Workspace

JSON = "application/json"


def send(client, verb, url, json=None, **headers):
    return client.open(url, method=verb, json=json, headers={"X-CSRFToken": csrf_of(client), **headers})


def test_a_client_writes_and_the_rep_reads_in_order(door, world):
    url = f"/api/v1/topics/{world.ids['topic']}/posts"
    made = send(door("petra"), "POST", url, {"body": "And at *Easter Moor*?"})
    assert made.status_code == 201
    post = made.get_json()
    assert post.keys() == {
        "id", "topic", "author", "at", "edited_at", "body", "html", "reply_to", "attachments", "reactions", "audience",
    }  # fmt: skip
    assert post["html"] == "<p>And at <em>Easter Moor</em>?</p>\n"
    assert post["audience"] == "shared"
    items = door("rhea").get(url).get_json()["items"]
    assert [item["body"] for item in items] == [
        "Six stations only have 24 V.",
        "No converter needed, the /24 takes 18 to 32 V.",
        "They will ask for a discount next.",
        "And at *Easter Moor*?",
    ]
    shown = door("petra").get(url).get_json()["items"]
    assert [item["audience"] for item in shown] == ["shared"] * 3
    assert [item["id"] for item in door("petra").get(url + f"?after={shown[1]['id']}").get_json()["items"]] == [post["id"]]
    page = door("petra").get(url + "?limit=2").get_json()
    assert page["next"] == shown[1]["id"]
    assert door("petra").get(url + f"?cursor={page['next']}").get_json()["items"][0]["id"] == post["id"]


def test_the_same_key_stores_once(door, world):
    client, url = door("petra"), f"/api/v1/topics/{world.ids['topic']}/posts"
    first = send(client, "POST", url, {"body": "Once"}, **{"Idempotency-Key": "k1"})
    again = send(client, "POST", url, {"body": "Once"}, **{"Idempotency-Key": "k1"})
    assert first.get_json() == again.get_json()
    assert again.status_code == 201
    assert [item["body"] for item in client.get(url).get_json()["items"]].count("Once") == 1
    assert send(client, "POST", url, {"body": "Twice"}, **{"Idempotency-Key": "k1"}).status_code == 422


@pytest.mark.parametrize("stranger", ["ravi", "nils", "paul", "otto"])
@pytest.mark.parametrize("thing", ["topics/topic", "topics/topic/posts", "posts/post", "posts/post/revisions", "forums/general"])
def test_strangers_get_404(door, world, stranger, thing):
    kind, name, *rest = thing.split("/")
    url = "/".join(["/api/v1", kind, world.ids[name], *rest])
    assert door("rhea").get(url).status_code == 200
    assert door(stranger).get(url).status_code == 404
    assert door("nobody").get(url).status_code == 401


def test_a_client_knows_of_no_team_note(door, world):
    note = f"/api/v1/posts/{world.ids['team_note']}"
    assert door("nora").get(note).status_code == 404  # not of the team yet
    assert door("mona").get(note).get_json()["audience"] == "team"
    for client in ("petra", "mark", "rolf"):
        assert door(client).get(note).status_code == 404
        assert send(door(client), "DELETE", note).status_code == 404
        topic = f"/api/v1/topics/{world.ids['topic']}"
        assert door(client).get(topic).get_json()["post_count"] == 2
        assert send(door(client), "POST", topic + "/posts", {"body": "Hm", "team": True}).status_code == 403
        after = door(client).get(topic + f"/posts?after={world.ids['team_note']}")
        assert after.status_code == 422
        answered = send(door("petra"), "POST", topic + "/posts", {"body": "Hm", "reply_to": world.ids["team_note"]})
        assert answered.status_code == 404


def test_editing_keeps_what_was_said(door, world):
    post = f"/api/v1/posts/{world.ids['post']}"
    assert send(door("petra"), "PATCH", post, {"body": "Mine now"}).status_code == 403
    changed = send(door("rhea"), "PATCH", post, {"body": "It takes **18** to 32 V."})
    assert changed.status_code == 200
    assert "<strong>18</strong>" in changed.get_json()["html"]
    assert changed.get_json()["edited_at"] is None  # within 15 minutes
    said = [each["body"] for each in door("rhea").get(post + "/revisions").get_json()["items"]]
    assert said == ["No converter needed, the /24 takes 18 to 32 V.", "It takes **18** to 32 V."]
    assert door("petra").get(post + "/revisions").status_code == 403
    assert door("mark").get(post + "/revisions").status_code == 200


def test_what_was_removed_is_gone(door, world):
    post, topic = f"/api/v1/posts/{world.ids['post']}", f"/api/v1/topics/{world.ids['topic']}"
    assert send(door("petra"), "DELETE", post).status_code == 403
    assert send(door("rhea"), "DELETE", post).status_code == 204
    for reader in ("rhea", "petra"):
        assert door(reader).get(post).status_code == 410
        assert door(reader).get(post + "/revisions").status_code == 410
        assert b"converter" not in door(reader).get(topic + "/posts").data
    assert door("petra").get(topic).get_json()["post_count"] == 1
    catching_up = door("petra").get(topic + f"/posts?after={world.ids['post']}")
    assert catching_up.status_code == 200  # one may have stopped there


BAD_POSTS = [
    ({}, 422),
    ({"body": ""}, 422),
    ({"body": " \n"}, 422),
    ({"body": "x" * 20_001}, 422),
    ({"body": 1}, 422),
    ([], 422),
    ({"body": "x", "colour": "red"}, 422),
    ({"body": "x", "reply_to": "nope"}, 404),
    ({"body": "x", "attachments": ["z"]}, 422),
]


@pytest.mark.parametrize(("body", "status"), BAD_POSTS)
def test_bad_posts_change_nothing(door, world, body, status):
    client, url = door("petra"), f"/api/v1/topics/{world.ids['topic']}/posts"
    before = client.get(url).get_json()
    assert send(client, "POST", url, body).status_code == status
    assert client.get(url).get_json() == before


def test_topics_are_started_changed_and_removed(door, world):
    forum = f"/api/v1/forums/{world.ids['general']}"
    told = {"title": "Which mount?", "body": "Pole or wall?", "kind": "question", "tags": ["mounting"]}
    made = send(door("petra"), "POST", forum + "/topics", told)
    assert made.status_code == 201
    topic = f"/api/v1/topics/{made.get_json()['id']}"
    assert send(door("rolf"), "POST", forum + "/topics", told).status_code == 403
    assert door("rhea").get(forum + "/topics").get_json()["items"][0]["title"] == "Which mount?"
    assert send(door("rolf"), "PATCH", topic, {"title": "Hm"}).status_code == 403
    assert send(door("petra"), "PATCH", topic, {"pinned": True}).status_code == 403
    changed = send(door("mark"), "PATCH", topic, {"title": "Which mounting?", "pinned": True, "locked": True}).get_json()
    assert (changed["title"], changed["pinned"], changed["locked"]) == ("Which mounting?", True, True)
    assert send(door("petra"), "POST", topic + "/posts", {"body": "Hello?"}).status_code == 403
    assert send(door("mark"), "DELETE", topic).status_code == 204
    assert door("petra").get(topic).status_code == 404


def test_an_answer_is_chosen_by_who_asked(door, world):
    topic = f"/api/v1/topics/{world.ids['topic']}"
    assert send(door("rolf"), "PATCH", topic, {"accepted_post": world.ids["post"]}).status_code == 403
    assert send(door("rhea"), "PATCH", topic, {"accepted_post": world.ids["team_note"]}).status_code == 422
    chosen = send(door("petra"), "PATCH", topic, {"accepted_post": world.ids["post"]})
    assert chosen.get_json()["accepted_post"] == world.ids["post"]
    assert send(door("petra"), "PATCH", topic, {"accepted_post": None}).get_json()["accepted_post"] is None


def test_forums_are_made_for_whom_they_are_meant(door, world):
    url = f"/api/v1/workspaces/{world.ids['room']}/forums"
    assert send(door("mark"), "POST", url, {"title": "Ours"}).status_code == 403
    made = send(door("rhea"), "POST", url, {"title": "Prices", "audience": {"group": world.ids["group"]}})
    assert made.status_code == 201
    assert made.get_json()["audience"] == {"group": world.ids["group"]}
    titles = {name: {each["title"] for each in door(name).get(url).get_json()["items"]} for name in ("rhea", "petra", "rolf")}
    assert titles["rhea"] == {"General", "Backstage", "Procurement only", "Prices"}
    assert titles["petra"] == {"General", "Procurement only", "Prices"}
    assert titles["rolf"] == {"General"}
    assert send(door("rhea"), "POST", url, {"title": "Prices"}).status_code == 422
    forum = f"/api/v1/forums/{made.get_json()['id']}"
    assert send(door("rhea"), "PATCH", forum, {"title": "Prices and terms"}).get_json()["title"] == "Prices and terms"
    assert send(door("rhea"), "DELETE", forum).status_code == 204
    assert door("rhea").get(forum).status_code == 404
    assert send(door("rhea"), "DELETE", f"/api/v1/forums/{world.ids['general']}").status_code == 422


def test_following_and_muting(door, world):
    rolf = door("rolf")
    headers = {"X-CSRFToken": csrf_of(rolf)}
    url = f"/api/v1/subscriptions/{world.ids['topic']}"
    assert rolf.get("/api/v1/subscriptions").json["items"] == []
    assert rolf.get(url).json["how"] == "neither"
    followed = rolf.put(url, json={"how": "follow"}, headers=headers)
    assert (followed.status_code, followed.json["id"], followed.json["how"]) == (200, world.ids["topic"], "follow")
    assert rolf.get("/api/v1/subscriptions").json["items"] == [followed.json]
    assert rolf.put(url, json={"how": "mute"}, headers=headers | {"If-Match": followed.headers["ETag"]}).json["how"] == "mute"
    assert rolf.put(url, json={"how": "follow"}, headers=headers | {"If-Match": followed.headers["ETag"]}).status_code == 412
    assert rolf.put(url, json={"how": "neither"}, headers=headers).status_code == 422
    assert rolf.delete(url, headers=headers).status_code == 204
    assert rolf.get("/api/v1/subscriptions").json["items"] == []
    otto = door("otto")
    assert otto.get(url).status_code == 404
    assert otto.put(url, json={"how": "follow"}, headers={"X-CSRFToken": csrf_of(otto)}).status_code == 404


def test_who_loses_access_is_shown_no_subscription(door, world, acting):
    petra = door("petra")
    assert [each["id"] for each in petra.get("/api/v1/subscriptions").json["items"]] == [world.ids["topic"]]
    with acting("rhea") as rhea:
        rooms.remove_member(
            rhea, rhea.session.get_one(Workspace, world.pks["room"]), person=rhea.session.get_one(Person, world.pks["petra"])
        )
    assert petra.get("/api/v1/subscriptions").json["items"] == []


def test_what_was_said_of_workspaces_is_listed_before_discussions(door, world):
    petra = door("petra")
    headers = {"X-CSRFToken": csrf_of(petra)}
    url = f"/api/v1/subscriptions/workspaces/{world.ids['room']}"
    assert petra.put(url, json={"how": "mentions"}, headers=headers).status_code == 200
    items = petra.get("/api/v1/subscriptions").json["items"]
    assert [(each["kind"], each["id"], each["how"]) for each in items] == [
        ("workspace", world.ids["room"], "mentions"),
        ("topic", world.ids["topic"], "follow"),
    ]
    first = petra.get("/api/v1/subscriptions?limit=1").json
    assert [each["kind"] for each in first["items"]] == ["workspace"]
    rest = petra.get(f"/api/v1/subscriptions?limit=1&cursor={first['next']}").json
    assert (rest["items"], rest["next"]) == (items[1:], None)
    assert petra.get("/api/v1/subscriptions?cursor=nothing").status_code == 422
    assert petra.delete(url, headers=headers).status_code == 204
    assert [each["kind"] for each in petra.get("/api/v1/subscriptions").json["items"]] == ["topic"]
