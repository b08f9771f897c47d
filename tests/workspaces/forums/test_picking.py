"""What is picked for a message is kept with its draft, on every device of who writes it and for nobody else, and goes out with it."""

import io
import re

import pytest

from portal.kernel import blobs
from tests.conftest import csrf_of, post
from tests.security.estate import PICTURE
from workspaces.forums import actions
from workspaces.forums.models import Draft, DraftFile, Post, Topic
from workspaces.library.models import File


@pytest.fixture
def topic(world):
    return f"/w/{world.ids['room']}/discussions/{world.ids['topic']}"


@pytest.fixture
def pick(world):
    """`pick(client, "a.png", bytes)`: what the composer's script does with a file."""

    def picked(client, name, data=PICTURE, place="topic", **more):
        place = f"{place}:{world.ids['topic' if place == 'topic' else 'room']}"
        told = {"csrf_token": csrf_of(client), "place": place, "files": (io.BytesIO(data), name), **more}
        return client.post(f"/w/{world.ids['room']}/drafts/files", data=told, headers={"HX-Request": "true"})

    return picked


def id_of(answer):
    assert answer.status_code == 201
    return re.search(r'name="picked" value="(\w+)"', answer.text)[1]


def test_it_is_there_after_a_reload_and_on_another_device(door, pick, topic):
    id = id_of(pick(door("petra"), "panel.png"))
    page = door("petra").get(topic).text
    assert f'value="{id}"' in page
    assert "panel.png" in page
    assert f'value="{id}"' not in door("mark").get(topic).text
    assert "1 file" in door("petra").get("/me/drafts").text


def test_it_goes_out_with_the_message_and_the_draft_is_done(door, pick, topic, db, world):
    petra = door("petra")
    picture, paper = id_of(pick(petra, "panel.png")), id_of(pick(petra, "notes.txt", b"24 V"))
    words = f"Look:\n\n![panel.png](/me/drafts/files/{picture})"
    with petra.get(f"/me/drafts/files/{picture}") as shown:
        assert shown.data == PICTURE
    sent = petra.post(f"{topic}/posts", data={"csrf_token": csrf_of(petra), "body": words, "picked": [picture, paper]})
    assert sent.status_code == 303
    files = {file.name: file for file in db.query(File).filter(File.id.in_([picture, paper]))}
    assert files.keys() == {"panel.png", "notes.txt"}
    there = f"{files['panel.png'].path}/preview"
    made = db.query(Post).filter_by(pk=files["panel.png"].post_pk).one()
    assert made.body == f"Look:\n\n![panel.png]({there})"
    page = door("mark").get(topic).text
    assert page.count(f'src="{there}"') == 1  # where the words speak of it, and not once more below
    assert "notes.txt" in page
    with door("mark").get(there) as shown:
        assert shown.data == PICTURE
    assert (db.query(DraftFile).count(), db.query(Draft).filter_by(person_pk=world.pks["petra"]).count()) == (0, 0)
    assert petra.get(f"/me/drafts/files/{picture}").status_code == 404


def test_a_new_discussion_takes_them_too(door, pick, world, db):
    petra = door("petra")
    id = id_of(pick(petra, "panel.png", place="workspace"))
    form = f"/w/{world.ids['room']}/discussions/new"
    assert f'value="{id}"' in petra.get(form).text
    assert post(petra, form, title="A picture", body="Look", forum=world.ids["general"], picked=id).status_code == 303
    assert db.query(File).filter_by(id=id).one().name == "panel.png"
    assert db.query(DraftFile).count() == 0


def test_it_can_be_taken_away_and_the_words_stay(door, pick, topic, db):
    petra = door("petra")
    id = id_of(pick(petra, "panel.png"))
    answer = post(petra, f"/me/drafts/files/{id}/remove", body="Half a thought")
    assert answer.status_code == 303
    assert answer.location.endswith("#reply")
    assert db.query(DraftFile).count() == 0
    assert "Half a thought" in petra.get(topic).text
    assert post(petra, f"/me/drafts/files/{id}/remove").status_code == 404
    id = id_of(pick(petra, "panel.png"))
    post(petra, "/me/drafts", place=f"topic:{topic.rpartition('/')[2]}", body="")
    assert f'value="{id}"' in petra.get(topic).text  # no words are left, but a file
    post(petra, f"/me/drafts/files/{id}/remove")
    db.rollback()
    assert db.query(Draft).count() == 0


def test_nobody_else_sees_takes_or_sends_it(door, pick, topic, db):
    id = id_of(pick(door("petra"), "panel.png"))
    with door("petra").get(f"/me/drafts/files/{id}") as shown:
        assert shown.status_code == 200
    for name in ("mark", "rhea", "mona", "ada", "otto"):
        assert door(name).get(f"/me/drafts/files/{id}").status_code == 404
        assert post(door(name), f"/me/drafts/files/{id}/remove").status_code == 404
    wrong = post(door("mark"), f"{topic}/posts", body="Mine now", picked=id)
    assert wrong.status_code == 422
    assert "A file that you picked is not here any more" in wrong.text
    assert db.query(DraftFile).count() == 1
    assert not db.query(Post).filter_by(body="Mine now").count()


def test_only_where_one_may_write(door, pick, world, db):
    assert pick(door("mark"), "a.png").status_code == 201
    assert pick(door("mona"), "a.png").status_code == 201  # she writes team notes
    assert pick(door("rolf"), "a.png").status_code == 403
    assert pick(door("rolf"), "a.png", place="workspace").status_code == 403
    for name in ("otto", "paul", "nils"):
        assert pick(door(name), "a.png").status_code == 404
    wrong = post(door("mark"), f"/w/{world.ids['room']}/drafts/files", place="elsewhere")
    assert wrong.status_code == 422
    assert db.query(DraftFile).count() == 2


def test_there_is_an_end_to_it(door, pick):
    petra = door("petra")
    for n in range(20):
        assert pick(petra, f"{n}.png").status_code == 201
    assert pick(petra, "more.png").status_code == 422


def test_its_bytes_are_kept_as_long_as_it_is(door, pick, db, acting, world):
    id = id_of(pick(door("petra"), "panel.png"))
    sha256 = db.query(DraftFile).filter_by(id=id).one().sha256
    assert sha256 in dict(blobs.named(db))
    with acting("petra") as petra:
        actions.drop_draft(petra, place=f"topic:{world.ids['topic']}")
    db.rollback()
    assert sha256 not in dict(blobs.named(db))


def test_what_is_no_picture_is_not_shown(door, pick):
    petra = door("petra")
    answer = pick(petra, "page.html", b"<script>alert(1)</script>")
    assert "data-words" not in answer.text
    assert petra.get(f"/me/drafts/files/{id_of(answer)}").status_code == 404


def test_who_moved_on_sends_it_where_the_messages_are(door, pick, acting, world, db):
    petra = door("petra")
    id = id_of(pick(petra, "panel.png"))
    with acting("rhea") as rhea:
        there = actions.start_topic(rhea, rhea.session.get_one(Topic, world.pks["topic"]).forum, title="Elsewhere", body="Here")
        actions.merge_topic(rhea, rhea.session.get_one(Topic, world.pks["topic"]), into=there)
        path = there.path
    assert f'value="{id}"' in petra.get(path).text
    assert post(petra, f"{path}/posts", body="Look", picked=id).status_code == 303
    assert db.query(File).filter_by(id=id).one().post.topic.path == path
