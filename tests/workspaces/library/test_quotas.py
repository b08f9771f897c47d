"""How much room the files of a workspace may take: refused at every door, changed by admins alone, told to the team."""

import base64
import io
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from portal.kernel.clock import now, standing_at
from portal.kernel.errors import Invalid, TooLarge
from portal.kernel.policy import fetch
from portal.kernel.settings import WrongSetting, load
from portal.people.models import Person
from tests.conftest import csrf_of, post
from tests.counting import counting
from workspaces.forums.models import DraftFile, Post, Topic
from workspaces.library import actions, jobs, quotas
from workspaces.library.models import File, FileVersion, Folder, Upload
from workspaces.library.policy import RESTS, May
from workspaces.library.receiving import Received
from workspaces.library.schemas import Uploading
from workspaces.moderation.models import Held
from workspaces.rooms.actions import change_role, change_workspace
from workspaces.rooms.models import Workspace


def give(acting, world, quota, room="room"):
    with acting("ada") as ada:
        actions.set_quota(ada, ada.session.get_one(Workspace, world.pks[room]), quota=quota)


def add(acting, world, bring, name, content, who="rhea"):
    with acting(who) as actor:
        return actions.add_file(actor, actor.session.get_one(Folder, world.pks["folder"]), received=bring(name, content)).id


def used(house, world) -> int:
    with house.db.reading() as session:
        return quotas.room_of(session, session.get_one(Workspace, world.pks["room"])).used


@pytest.fixture
def nearly(acting, world, bring):
    """A workspace that takes 900 of 1,000 bytes."""
    give(acting, world, 1000)
    add(acting, world, bring, "first.txt", b"x" * 900)
    return world


def test_what_fits_comes_and_what_does_not_is_refused(acting, house, nearly, bring):
    add(acting, nearly, bring, "fits.txt", b"x" * 100)
    with pytest.raises(TooLarge) as refused:
        add(acting, nearly, bring, "one more.txt", b"x")
    assert refused.value.words == (
        "There is no room for one more.txt (1 bytes): the files here may take 1 KB, and 1 KB are used. An admin can allow more."
    )
    assert used(house, nearly) == 1000
    add(acting, nearly, bring, "empty.txt", b"")
    give(acting, nearly, 0)
    add(acting, nearly, bring, "one more.txt", b"x")


def test_a_client_is_not_told_what_is_used(acting, nearly, bring):
    with pytest.raises(TooLarge) as refused:
        add(acting, nearly, bring, "more.txt", b"x" * 101, who="petra")
    assert "900" not in refused.value.words
    assert refused.value.words == "There is no room for more.txt (101 bytes): all files here may take 1 KB. Ask who runs this workspace."


def test_every_version_counts_and_the_same_bytes_as_often_as_they_are_one(acting, house, nearly, bring):
    with acting("rhea") as rhea:
        file = rhea.session.scalars(select(File).where(File.name == "first.txt")).one()
        actions.add_version(rhea, file, received=bring("first.txt", b"y" * 60))
    add(acting, nearly, bring, "again.txt", b"y" * 40)
    assert used(house, nearly) == 1000
    with acting("rhea") as rhea, pytest.raises(TooLarge):
        actions.add_version(rhea, fetch(rhea, May.ADD_VERSION, file.id), received=bring("first.txt", b"z"))
    with acting("rhea") as rhea:
        actions.add_version(rhea, fetch(rhea, May.ADD_VERSION, file.id), received=bring("first.txt", b"y" * 60))  # as it is: nothing comes


def test_what_was_removed_counts_until_it_is_forgotten(acting, house, nearly):
    with acting("rhea") as rhea:
        actions.remove_file(rhea, rhea.session.scalars(select(File).where(File.name == "first.txt")).one())
    assert used(house, nearly) == 900
    with standing_at(now() + RESTS + timedelta(minutes=1)):
        jobs.forget_removed(house)
    assert used(house, nearly) == 0


def test_the_installation_says_it_where_the_workspace_does_not(acting, house, world, bring):
    house.db.info["workspace_quota"] = 50
    with pytest.raises(TooLarge):
        add(acting, world, bring, "a.txt", b"x" * 51)
    give(acting, world, 0)
    add(acting, world, bring, "a.txt", b"x" * 51)
    give(acting, world, None)
    with pytest.raises(TooLarge):
        add(acting, world, bring, "b.txt", b"x")


def test_the_setting(monkeypatch, tmp_path):
    monkeypatch.setenv("MAINSTAY_DATA_DIR", str(tmp_path))
    for told, size in (("5 GB", 5 * 10**9), ("", 0)):
        monkeypatch.setenv("MAINSTAY_WORKSPACE_QUOTA", told)
        assert load().workspace_quota == size
    monkeypatch.setenv("MAINSTAY_WORKSPACE_QUOTA", "plenty")
    with pytest.raises(WrongSetting, match="MAINSTAY_WORKSPACE_QUOTA=plenty: expected a size"):
        load()


def test_how_a_limit_is_written():
    assert [quotas.said(told) for told in ("5 GB", "1,5 mb", "2TB", "700", "0", "")] == [5 * 10**9, 1_500_000, 2 * 10**12, 700, 0, None]
    for wrong in ("plenty", "-1", "5 XB", "1" * 16, "9999 TB", "²GB"):
        with pytest.raises(Invalid):
            quotas.said(wrong)


# --- Doors ------------------------------------------------------------------------------------------------------------------


def test_a_form_is_shown_again_with_why(door, nearly, db):
    petra, url = door("petra"), f"/w/{nearly.ids['room']}/files/{nearly.ids['folder']}/add"
    answer = post(petra, url, files=(io.BytesIO(b"x" * 101), "big.txt"))
    assert answer.status_code == 413
    assert "There is no room for big.txt (101 bytes)" in answer.text
    told = {"csrf_token": csrf_of(petra), "files": (io.BytesIO(b"x" * 101), "big.txt")}
    answer = petra.post(url, data=told, headers={"HX-Request": "true"})
    assert answer.status_code == 413
    assert "<main" not in answer.text, "a script finds the sentence, and nothing before it"
    assert "There is no room for big.txt (101 bytes)" in answer.text
    assert post(petra, url, files=(io.BytesIO(b"x" * 60), "small.txt")).status_code == 303
    path = db.scalars(select(File).where(File.name == "small.txt")).one().path
    assert post(petra, f"{path}/version", files=(io.BytesIO(b"y" * 41), "small.txt")).status_code == 413
    assert post(petra, f"{path}/version", files=(io.BytesIO(b"y" * 40), "small.txt")).status_code == 303
    db.rollback()
    assert db.scalar(select(func.count()).select_from(FileVersion)) == 3


def test_the_api_refuses_in_one_sentence(door, nearly, db):
    rhea = door("rhea")
    headers = {"X-CSRFToken": csrf_of(rhea)}
    url = f"/api/v1/folders/{nearly.ids['folder']}/files"
    answer = rhea.post(url, data={"file": (io.BytesIO(b"x" * 101), "big.txt")}, headers=headers)
    assert (answer.status_code, answer.json["status"]) == (413, 413)
    assert "900 bytes are used" in answer.json["detail"]
    made = rhea.post(url, data={"file": (io.BytesIO(b"x" * 100), "fits.txt")}, headers=headers)
    assert made.status_code == 201
    posts, told = f"/api/v1/topics/{nearly.ids['topic']}/posts", {"body": "See", "attachments": [made.json["id"]]}
    attached = rhea.post(posts, json=told, headers=headers)
    assert attached.status_code == 413
    assert db.scalars(select(Post).where(Post.body == "See")).all() == []


def begin(client, world, size, name="big.bin"):
    said = {"folder": world.ids["folder"], "filename": name}
    told = ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in said.items())
    headers = {"X-CSRFToken": csrf_of(client), "Tus-Resumable": "1.0.0", "Upload-Length": str(size), "Upload-Metadata": told}
    return client.post("/api/v1/uploads", headers=headers)


def test_an_upload_is_refused_before_its_first_byte(door, nearly, db):
    petra = door("petra")
    assert begin(petra, nearly, 101).status_code == 413
    first = begin(petra, nearly, 60)
    assert first.status_code == 201
    assert begin(door("rhea"), nearly, 41).status_code == 413, "what is on its way in has its room"
    assert begin(door("rhea"), nearly, 40).status_code == 201
    petra.delete(first.headers["Location"], headers={"X-CSRFToken": csrf_of(petra), "Tus-Resumable": "1.0.0"})
    assert begin(petra, nearly, 60).status_code == 201
    assert db.scalar(select(func.count()).select_from(Upload)) == 2


def test_what_came_last_is_refused_where_the_room_went_meanwhile(acting, nearly, bring):
    with acting("petra") as petra:
        upload = actions.begin_upload(petra, told=Uploading(folder=nearly.ids["folder"], filename="a.bin"), size=90)
        id = upload.id
    add(acting, nearly, bring, "faster.txt", b"x" * 50)
    with acting("petra") as petra, pytest.raises(TooLarge):
        actions.finish_upload(petra, fetch(petra, May.CONTINUE_UPLOAD, id), received=Received("a.bin", "0" * 64, 90, "text/plain"))


def test_what_comes_with_messages_is_refused_and_the_words_are_kept(door, nearly, db):
    petra, room = door("petra"), f"/w/{nearly.ids['room']}"
    topic = db.get_one(Topic, nearly.pks["topic"]).path
    answer = post(petra, f"{topic}/posts", body="With a picture", files=(io.BytesIO(b"x" * 101), "big.txt"))
    assert answer.status_code == 413
    assert "There is no room for big.txt" in answer.text
    assert "With a picture" in answer.text
    answer = post(
        petra, f"{room}/discussions/new", title="A plan", body="Some words", kind="discussion", forum=nearly.ids["general"],
        files=(io.BytesIO(b"x" * 101), "big.txt"),
    )  # fmt: skip
    assert (answer.status_code, "There is no room for big.txt" in answer.text, "Some words" in answer.text) == (413, True, True)
    url, place = f"{room}/drafts/files", f"topic:{nearly.ids['topic']}"
    assert post(petra, url, place=place, files=(io.BytesIO(b"x" * 101), "pasted.png")).status_code == 413
    assert post(petra, url, place=place, files=(io.BytesIO(b"x" * 99), "pasted.png")).status_code == 201
    db.rollback()
    assert db.scalars(select(DraftFile.name)).all() == ["pasted.png"]


def test_a_first_message_that_would_wait_is_refused_at_once(door, nearly, acting, db):
    with acting("rhea") as rhea:
        room = rhea.session.get_one(Workspace, nearly.pks["room"])
        change_workspace(rhea, room, holds_first=True)
        change_role(rhea, room, person=rhea.session.get_one(Person, nearly.pks["rolf"]), role="member")
        topic = rhea.session.get_one(Topic, nearly.pks["topic"]).path
    rolf = door("rolf")
    assert post(rolf, f"{topic}/posts", body="See", files=(io.BytesIO(b"x" * 101), "big.txt")).status_code == 413
    assert db.scalars(select(Held)).all() == []
    assert post(rolf, f"{topic}/posts", body="See", files=(io.BytesIO(b"x" * 99), "small.txt")).status_code == 303
    db.rollback()
    assert [held.files[0].name for held in db.scalars(select(Held))] == ["small.txt"]


# --- Who sees and changes it --------------------------------------------------------------------------------------------------


def test_an_admin_changes_it_and_sees_nothing_of_what_is_in_it(door, nearly, db):
    ada, url = door("ada"), f"/w/{nearly.ids['room']}/space"
    page = ada.get(url)
    assert page.status_code == 200
    assert "900 bytes of 1 KB used" in page.text
    title = db.get_one(Workspace, nearly.pks["room"]).title
    assert title not in page.text
    assert ada.get(f"/w/{nearly.ids['room']}/").status_code == 404
    assert post(ada, url, limit="5 GB").status_code == 303
    assert "900 bytes of 5.0 GB used" in ada.get(url).text
    assert post(ada, url, limit="plenty").status_code == 422
    assert post(ada, url, limit="").status_code == 303
    assert "There is no limit" in ada.get(url).text
    for who, status in (("rhea", 403), ("petra", 403), ("otto", 404), ("ravi", 404)):
        assert door(who).get(url).status_code == status
        assert post(door(who), url, limit="9 TB").status_code == status
    db.rollback()
    assert db.get_one(Workspace, nearly.pks["room"]).quota is None


def test_the_api_of_it(door, nearly):
    ada, rhea = door("ada"), door("rhea")
    url = f"/api/v1/workspaces/{nearly.ids['room']}/space"
    assert rhea.get(url).json == ada.get(url).json == {"used": 900, "limit": 1000, "own": True}
    assert door("petra").get(url).status_code == 403
    headers = {"X-CSRFToken": csrf_of(ada)}
    assert ada.put(url, json={"limit": None}, headers=headers).json == {"used": 900, "limit": None, "own": False}
    assert ada.put(url, json={"limit": 5}, headers=headers).json == {"used": 900, "limit": 5, "own": True}
    assert ada.put(url, json={"limit": -1}, headers=headers).status_code == 422
    assert rhea.put(url, json={"limit": 9}, headers={"X-CSRFToken": csrf_of(rhea)}).status_code == 403


def test_it_is_on_the_trail_for_the_team_alone(door, nearly, acting):
    give(acting, nearly, 5 * 10**9)
    give(acting, nearly, None)
    trail = door("rhea").get(f"/api/v1/accounts/{nearly.ids['calder']}/trail?kind=workspace.quota").json["items"]
    assert [each["summary"].rpartition(": ")[2] for each in trail] == ["as everywhere", "5.0 GB", "1 KB"]
    assert door("petra").get("/api/v1/changes?kind=workspace.quota").json["items"] == []


def test_the_settings_and_nearly_full_folders_tell_the_team(door, nearly, acting, house, db):
    settings, files = f"/w/{nearly.ids['room']}/settings", f"/w/{nearly.ids['room']}/files/"
    page = door("rhea").get(settings).text
    assert "900 bytes of 1 KB used" in page
    assert f"/w/{nearly.ids['room']}/space" in page
    assert "900 bytes of 1 KB used" in door("rhea").get(files).text
    assert "1 KB used" not in door("petra").get(files).text
    give(acting, nearly, 2000)
    assert "KB used" not in door("rhea").get(files).text
    assert "900 bytes of 2 KB used" in door("rhea").get(settings).text
    give(acting, nearly, None)
    rhea = door("rhea")
    rhea.get(files)
    with counting(house) as asked:
        rhea.get(files)
    assert not any("sum(" in each.lower() for each in asked), "where there is no limit nothing is asked"
