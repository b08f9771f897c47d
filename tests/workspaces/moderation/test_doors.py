"""Moderation through the door: pages without a script, the API, and the letters."""

import mailbox
import re
from datetime import timedelta
from email import policy

import pytest

from portal.kernel import clock
from portal.kernel.clock import now
from tests.conftest import csrf_of, post
from tests.workings import drain

WHY = "Names another client."


def send(client, verb, url, json=None):
    return client.open(url, method=verb, json=json, headers={"X-CSRFToken": csrf_of(client)})


@pytest.fixture
def flags(world):
    """Petra's message in the discussion is reported at this address."""
    return f"/api/v1/posts/{world.ids['topic_post']}/flags"


@pytest.fixture(autouse=True)
def _asked(house, world):
    from sqlalchemy import select

    from workspaces.forums.models import Post

    with house.db.reading() as session:
        first = session.scalars(select(Post).where(Post.topic_pk == world.pks["topic"]).order_by(Post.pk)).first()
        world.ids["topic_post"], world.pks["topic_post"] = first.id, first.pk


def text_of(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True)))


def report(door, world, who="rolf"):
    made = send(door(who), "POST", f"/api/v1/posts/{world.ids['topic_post']}/flags", {"reason": WHY})
    assert made.status_code == 201
    return made.get_json()


def test_a_report_is_decided_over_the_api(door, world):
    flag = report(door, world)
    assert (flag["state"], flag["reporter"]["name"], flag["action"]) == ("waiting", "Rolf Reader", None)
    queue = f"/api/v1/workspaces/{world.ids['room']}/moderation"
    (case,) = door("mark").get(queue).get_json()["items"]
    assert case["post"]["id"] == world.ids["topic_post"]
    assert [each["reason"] for each in case["flags"]] == [WHY]
    assert [door(who).get(queue).status_code for who in ("petra", "rolf", "ravi", "nobody")] == [403, 403, 404, 401]
    url = f"/api/v1/flags/{flag['id']}"
    assert [door(who).get(url).status_code for who in ("rolf", "mark", "rhea", "petra", "otto")] == [200, 200, 200, 404, 404]
    refused = send(door("mark"), "POST", url + "/resolve", {"action": "hide"})
    assert refused.status_code == 422
    assert refused.get_json()["errors"][0]["field"] == "reason"
    assert send(door("rolf"), "POST", url + "/resolve", {"action": "keep"}).status_code == 403
    done = send(door("mark"), "POST", url + "/resolve", {"action": "hide", "reason": "No names."})
    assert (done.status_code, done.get_json()["action"]) == (200, "hide")
    assert door("rolf").get(url).get_json()["action"] == "hide"
    assert door("mark").get(queue).get_json()["items"] == []
    again = send(door("rhea"), "POST", url + "/resolve", {"action": "keep"})
    assert again.status_code == 422


def test_who_wrote_it_never_learns_who_reported_though_they_moderate(door, world):
    made = send(door("petra"), "POST", f"/api/v1/posts/{world.ids['post']}/flags", {"reason": WHY}).get_json()
    assert door("mark").get(f"/api/v1/flags/{made['id']}").get_json()["reporter"]["name"] == "Petra Prospect"
    assert door("rhea").get(f"/api/v1/flags/{made['id']}").get_json()["reporter"] is None
    assert "Petra Prospect" in text_of(door("mark").get("/moderation")).split(WHY)[0].rsplit("Can the gateways", 1)[1]
    reports = re.search(r'<ul class="stacked sm reports">.*?</ul>', door("rhea").get("/moderation").get_data(as_text=True), re.DOTALL)[0]
    assert WHY in reports
    assert "Petra" not in reports
    trail = door("rhea").get(f"/api/v1/accounts/{world.ids['calder']}/trail?kind=post.reported").get_json()["items"]
    assert [line["actor"] for line in trail] == [None] or "Petra" not in str(trail)
    assert WHY not in str(trail)


def test_one_reports_decides_and_takes_back_with_plain_forms(door, world):
    room = f"/w/{world.ids['room']}"
    here = f"{room}/discussions/{world.ids['topic']}/posts/{world.ids['topic_post']}"
    assert "/report" in door("rolf").get(f"{here}/menu").get_data(as_text=True)
    assert f"{here.rsplit('/', 1)[1]}/report" not in door("petra").get(f"{here}/menu").get_data(as_text=True)
    assert door("rolf").get(f"{here}/report").status_code == 200
    assert door("petra").get(f"{here}/report").status_code == 403
    assert post(door("rolf"), f"{here}/report", reason="").status_code == 422
    assert post(door("rolf"), f"{here}/report", reason=WHY).status_code == 303
    mark = door("mark")
    page = mark.get("/moderation").get_data(as_text=True)
    assert WHY in page
    assert "Six stations only have 24 V." in page
    resolve = re.search(r"/flags/\w+/resolve", page)[0]
    refused = post(mark, resolve, action="pause", reason="Not so.", until="2020-01-01")
    assert refused.status_code == 422
    assert "Not so." in refused.get_data(as_text=True)
    assert post(mark, resolve, action="hide", reason="No names.").status_code == 303
    assert "Nothing waits" in text_of(mark.get("/moderation"))
    assert "No names." in text_of(mark.get("/moderation?show=done"))
    assert "Hidden by a moderator" in text_of(door("rolf").get(f"{room}/discussions/{world.ids['topic']}"))
    undo = re.search(r"/rulings/\w+/undo", mark.get("/moderation?show=done").get_data(as_text=True))[0]
    assert post(door("petra"), undo).status_code == 403
    assert post(mark, undo).status_code == 303
    assert WHY in text_of(mark.get("/moderation"))
    assert "Hidden by a moderator" not in text_of(door("rolf").get(f"{room}/discussions/{world.ids['topic']}"))


def test_whoever_moderates_nothing_has_an_empty_page_and_no_room_of_others(door, world):
    report(door, world)
    assert WHY in text_of(door("rhea").get("/moderation"))
    for who in ("petra", "ravi", "otto", "ada", "mona"):
        for url in ("/moderation", "/moderation?show=done", f"/moderation?workspace={world.ids['room']}"):
            told = door(who).get(url)
            assert told.status_code in (200, 403)
            assert WHY not in text_of(told)


def letters(house):
    drain(house)
    with clock.standing_at(now() + timedelta(minutes=10)):
        drain(house)
    box = mailbox.Maildir(house.settings.data_dir / "mail", create=True)
    read = [mailbox.email.message_from_bytes(box.get_bytes(key), policy=policy.default) for key in box.keys()]  # noqa: SIM118 - a mailbox iterates over its letters
    box.clear()
    return {letter["To"].addresses[0].username: letter for letter in read if "eported" in letter["Subject"] or "About" in letter["Subject"]}


def body(letter):
    return letter.get_body(("plain",)).get_content()


def test_moderators_then_author_and_reporter_are_told_each_what_is_theirs(door, house, world):
    flag = report(door, world)
    told = letters(house)
    assert set(told) == {"rhea", "mark"}
    assert "Rolf" not in body(told["mark"])
    assert "You moderate here" in text_of(door("mark").get("/me/notifications"))
    send(door("mark"), "POST", f"/api/v1/flags/{flag['id']}/resolve", {"action": "hide", "reason": "No names, please."})
    told = letters(house)
    assert set(told) == {"petra", "rolf"}
    assert "No names, please." in body(told["petra"])
    assert "Rolf" not in body(told["petra"])
    assert "No names, please." not in body(told["rolf"])
    assert "The message is hidden." in body(told["rolf"])
    seen = door("petra").get("/me/notifications").get_data(as_text=True)
    ruling = re.search(r"/rulings/\w+", seen)[0]
    assert "No names, please." in text_of(door("petra").get(ruling))
    assert door("rolf").get(ruling).status_code == 404
    assert "The message is hidden." in text_of(door("rolf").get(f"/flags/{flag['id']}"))
    assert "No names, please." not in text_of(door("rolf").get(f"/flags/{flag['id']}"))


def test_what_was_taken_back_in_time_is_not_mailed(door, house, world):
    flag = report(door, world)
    letters(house)
    send(door("mark"), "POST", f"/api/v1/flags/{flag['id']}/resolve", {"action": "remove", "reason": "No."})
    drain(house)
    undo = re.search(r"/rulings/\w+/undo", door("mark").get("/moderation?show=done").get_data(as_text=True))[0]
    post(door("mark"), undo)
    assert letters(house) == {}
    assert "/rulings/" not in door("petra").get("/me/notifications").get_data(as_text=True)


def test_somebody_paused_is_told_by_whom_on_every_page_and_refused(door, world):
    room, until = f"/w/{world.ids['room']}", (now() + timedelta(days=3)).date().isoformat()
    assert "Reply to everyone here" in door("petra").get(f"{room}/discussions/{world.ids['topic']}").get_data(as_text=True)
    pause = f"{room}/people/{world.ids['petra']}/pause"
    assert post(door("rolf"), pause, until=until, reason="So.").status_code == 403
    assert post(door("mark"), pause, until="never", reason="So.").status_code == 422
    assert post(door("mark"), pause, until=until, reason="Three times the same.").status_code == 303
    page = text_of(door("petra").get(f"{room}/discussions/{world.ids['topic']}"))
    assert "Mark Moderator paused you until" in page
    assert "Three times the same." in page
    assert "Reply to everyone here" not in page
    assert send(door("petra"), "POST", f"/api/v1/topics/{world.ids['topic']}/posts", {"body": "But"}).status_code == 403
    assert "Paused until" in text_of(door("rhea").get(f"{room}/people"))
    assert "Three times the same." not in text_of(door("rolf").get(f"{room}/people"))
    assert post(door("mark"), f"{room}/people/{world.ids['petra']}/unpause").status_code == 303
    assert send(door("petra"), "POST", f"/api/v1/topics/{world.ids['topic']}/posts", {"body": "But"}).status_code == 201


def test_a_pause_over_the_api(door, world):
    url = f"/api/v1/workspaces/{world.ids['room']}/members/{world.ids['petra']}/pause"
    until = (now() + timedelta(days=3)).date().isoformat()
    for wrong in (None, 5, True, "", "2026-02-31", "2020-01-01", "9999-12-31", [until]):
        assert send(door("rhea"), "PUT", url, {"until": wrong, "reason": "So."}).status_code == 422
    made = send(door("rhea"), "PUT", url, {"until": until, "reason": "So."})
    assert (made.status_code, made.get_json()["person"]) == (200, world.ids["petra"])
    assert send(door("petra"), "DELETE", url).status_code == 403
    assert send(door("rhea"), "DELETE", url).status_code == 204
