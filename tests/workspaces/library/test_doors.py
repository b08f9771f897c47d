"""The library over HTTP: pages and files in and out, as several of the cast."""

import hashlib
import io
import json
import os
import re

import pytest
from sqlalchemy import select

from portal.kernel import storage
from tests.conftest import csrf_of, post
from tests.counting import counting
from tests.workspaces.library.conftest import HOSTILE_BYTES, HOSTILE_NAMES, PDF, PNG, office
from workspaces.library import actions
from workspaces.library.models import File, FileView, Folder
from workspaces.library.names import clean_name
from workspaces.rooms.models import Workspace


@pytest.fixture
def place(db, world):
    """The URL of the room's files, and of its open folder."""
    path = db.get_one(Workspace, world.pks["room"]).path
    db.rollback()
    return f"{path}files/", f"{path}files/{world.ids['folder']}"


@pytest.fixture
def survey(acting, world, bring):
    """A file with two versions; its path."""
    with acting("petra") as petra:
        file = actions.add_file(petra, petra.session.get_one(Folder, world.pks["folder"]), received=bring("Survey.pdf", PDF), note="First")
        actions.add_version(petra, file, received=bring("Survey.pdf", PDF + b"more"), note="Heights corrected")
        return file.path


def upload(client, url, *files, headers=None, **fields):
    data = {"csrf_token": csrf_of(client), **fields, "files": [(io.BytesIO(content), name) for name, content in files]}
    return client.post(url, data=data, content_type="multipart/form-data", headers=headers or {})


def stored(house) -> list[str]:
    return sorted(house.storage.names())


def scratch(house) -> list[str]:
    return os.listdir(house.settings.uploads_dir)


# --- In ---------------------------------------------------------------------------------------------------------------


def test_a_form_without_script_adds_files(door, place, house, db):
    petra = door("petra")
    answer = upload(petra, place[1] + "/add", ("Plan.pdf", PDF), ("Photo.png", PNG), note="From the visit")
    assert answer.status_code == 303
    page = petra.get(answer.location).text
    assert "Plan.pdf" in page
    assert "Photo.png" in page
    assert "2 files were added." in page
    assert stored(house) == sorted(hashlib.sha256(content).hexdigest() for content in (PDF, PNG))
    assert scratch(house) == []
    assert {file.version.note for file in db.scalars(select(File))} == {"From the visit"}


def test_two_identical_uploads_are_stored_once(door, place, house, db):
    for name in ("one.pdf", "two.pdf"):
        assert upload(door("petra"), place[1] + "/add", (name, PDF)).status_code == 303
    assert len(stored(house)) == 1
    assert len(list(db.scalars(select(File)))) == 2


@pytest.mark.parametrize(("name", "status"), [("rolf", 403), ("otto", 404), ("paul", 404), ("nils", 404), ("ravi", 404), ("nobody", 401)])
def test_who_may_not_add_is_refused_before_a_byte_is_taken(door, place, house, name, status):
    assert upload(door("petra"), place[1] + "/add", ("can.pdf", PDF)).status_code == 303
    before = stored(house)
    taken = []
    house.storage.intake = taken.append  # type: ignore[method-assign]
    assert upload(door(name), place[1] + "/add", ("cannot.pdf", b"other bytes")).status_code == status
    assert (stored(house), taken, scratch(house)) == (before, [], [])


def test_without_the_csrf_token_nothing_stays(door, place, house):
    petra = door("petra")
    data = {"files": (io.BytesIO(PDF), "a.pdf")}
    assert petra.post(place[1] + "/add", data=data, content_type="multipart/form-data").status_code == 400
    assert (stored(house), scratch(house)) == ([], [])
    with_header = petra.post(
        place[1] + "/add",
        data={"files": (io.BytesIO(PDF), "a.pdf")},
        content_type="multipart/form-data",
        headers={"X-CSRFToken": csrf_of(petra), "HX-Request": "true"},
    )
    assert with_header.status_code == 303


def test_what_is_too_large_is_413_with_words_and_leaves_nothing(app, door, place, house):
    object.__setattr__(house.settings, "max_upload", 1000)
    assert upload(door("petra"), place[1] + "/add", ("fits.pdf", b"x" * 1000)).status_code == 303
    answer = upload(door("petra"), place[1] + "/add", ("large.pdf", b"y" * 1001))
    assert answer.status_code == 413
    assert "limit of 1 KB" in answer.text
    assert len(stored(house)) == 1
    assert scratch(house) == []


def test_a_full_disk_is_said_and_leaves_nothing(door, place, house, db, monkeypatch):
    def full(*arguments):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(storage.os, "fsync", full)
        answer = upload(door("petra"), place[1] + "/add", ("a.pdf", PDF))
    assert answer.status_code == 503
    assert "Nothing was saved" in answer.text
    assert (stored(house), scratch(house), list(db.scalars(select(File)))) == ([], [], [])
    assert upload(door("petra"), place[1] + "/add", ("a.pdf", PDF)).status_code == 303


def test_no_file_and_a_long_note_are_said_at_their_fields(door, place, db):
    assert "Choose at least one file." in upload(door("petra"), place[1] + "/add").text
    answer = upload(door("petra"), place[1] + "/add", ("a.pdf", PDF), note="x" * 301)
    assert answer.status_code == 422
    assert "at most 300 characters" in answer.text
    assert list(db.scalars(select(File))) == []


def test_the_same_key_adds_once_and_another_body_is_refused(door, place, db):
    petra = door("petra")
    key = {"Idempotency-Key": "k1", "HX-Request": "true"}
    first = upload(petra, place[1] + "/add", ("a.pdf", PDF), headers=key)
    again = upload(petra, place[1] + "/add", ("a.pdf", PDF), headers=key)
    assert (first.status_code, again.status_code, again.headers.get("Idempotent-Replay")) == (303, 303, "true")
    assert upload(petra, place[1] + "/add", ("a.pdf", b"other"), headers=key).status_code == 422
    assert [file.version.number for file in db.scalars(select(File))] == [1]


def test_a_torn_body_is_refused_and_leaves_nothing(door, place, house):
    petra = door("petra")
    body = b"--b\r\nContent-Disposition: form-data; name=files; filename=a.pdf\r\n\r\nhalf of it"
    answer = petra.post(
        place[1] + "/add", data=body, content_type="multipart/form-data; boundary=b", headers={"X-CSRFToken": csrf_of(petra)}
    )
    assert 400 <= answer.status_code < 500
    assert (stored(house), scratch(house)) == ([], [])


def test_more_files_than_20_are_refused(door, place, house):
    answer = upload(door("petra"), place[1] + "/add", *((f"{n}.pdf", PDF) for n in range(21)))
    assert answer.status_code == 413
    assert "at most 20 files" in answer.text
    assert scratch(house) == []


@pytest.mark.parametrize("name", [name for name in HOSTILE_NAMES if name and "\n" not in name])
def test_hostile_names_are_stored_clean_and_listed_unharmed(door, place, db, name):
    petra = door("petra")
    assert upload(petra, place[1] + "/add", (name, PDF)).status_code == 303
    file = db.scalars(select(File)).one()
    assert file.name == clean_name(file.name)
    page = petra.get(place[0]).text
    assert "<script>alert" not in page
    answer = petra.get(file.path + "/download")
    answer.close()
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert "Set-Cookie" not in answer.headers


def test_memory_does_not_grow_with_the_upload(app, door, place):
    resource = pytest.importorskip("resource")
    petra = door("petra")
    upload(petra, place[1] + "/add", ("warm.bin", b"x"))
    token = csrf_of(petra)
    head = b"--b\r\nContent-Disposition: form-data; name=files; filename=big.bin\r\n\r\n"
    tail = b"\r\n--b--\r\n"

    class Body(io.RawIOBase):
        """32 MiB of zeros between head and tail, made as they are read."""

        size = len(head) + 512 * 64 * 1024 + len(tail)
        at = 0

        def readable(self) -> bool:
            return True

        def seek(self, offset: int, whence: int = 0) -> int:
            self.at = offset + (0, self.at, self.size)[whence]
            return self.at

        def tell(self) -> int:
            return self.at

        def readinto(self, buffer) -> int:
            if self.at < len(head):
                part = head[self.at :]
            elif self.at < self.size - len(tail):
                part = bytes(min(64 * 1024, self.size - len(tail) - self.at))
            else:
                part = tail[self.at - (self.size - len(tail)) :]
            part = part[: len(buffer)]
            buffer[: len(part)] = part
            self.at += len(part)
            return len(part)

    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    answer = petra.post(
        place[1] + "/add",
        input_stream=Body(),
        content_type="multipart/form-data; boundary=b",
        headers={"X-CSRFToken": token},
    )
    assert answer.status_code == 303
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 8 * 1024  # KiB


# --- Out --------------------------------------------------------------------------------------------------------------


def test_a_download_is_an_attachment_that_cannot_run(door, survey):
    answer = door("petra").get(survey + "/download", buffered=True)
    assert answer.data == PDF + b"more"
    assert answer.headers["Content-Disposition"] == "attachment; filename=Survey.pdf"
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert answer.headers["Accept-Ranges"] == "bytes"
    assert door("petra").get(survey + "/download?v=1", buffered=True).data == PDF


@pytest.mark.parametrize("name", ["otto", "paul", "nils", "ravi", "nora"])
def test_outsiders_find_nothing(door, survey, name):
    assert door("rolf").get(survey, buffered=True).status_code == 200
    for tail in ("", "/download", "/preview", "/aside", "/edit", "/move"):
        assert door(name).get(survey + tail).status_code == 404
    for tail in ("/remove", "/restore", "/pin", "/version"):
        assert post(door(name), survey + tail).status_code == 404


def test_ranges_and_conditions(door, survey):
    petra = door("petra")
    whole = PDF + b"more"

    def get(**headers):
        return petra.get(survey + "/download", headers={name.replace("_", "-"): value for name, value in headers.items()}, buffered=True)

    tag = get().headers["ETag"]
    assert tag == f'"{hashlib.sha256(whole).hexdigest()}"'
    part = get(Range="bytes=5-9")
    assert (part.status_code, part.data, part.headers["Content-Range"]) == (206, whole[5:10], f"bytes 5-9/{len(whole)}")
    assert get(Range="bytes=-4").data == b"more"
    assert get(Range=f"bytes=0-{10**9}").status_code == 206
    past = get(Range=f"bytes={len(whole)}-")
    assert (past.status_code, past.headers["Content-Range"]) == (416, f"bytes */{len(whole)}")
    assert get(Range="lines=1-2").status_code in (200, 416)
    assert get(If_None_Match=tag).status_code == 304
    assert get(If_None_Match='"other"').status_code == 200
    assert get(Range="bytes=0-1", If_Range=tag).status_code == 206
    assert get(Range="bytes=0-1", If_Range='"other"').status_code == 200
    head = petra.head(survey + "/download", buffered=True)
    assert head.headers["Content-Length"] == str(len(whole))
    head.close()


@pytest.mark.parametrize("v", ["0", "3", "-1", "x", "", "1" * 30, "²"])
def test_versions_that_are_not_there_are_not_found(door, survey, v):
    assert door("petra").get(f"{survey}/download", query_string={"v": v}).status_code == 404


@pytest.mark.parametrize("name", HOSTILE_BYTES)
def test_nothing_hostile_is_ever_shown_inline(door, place, db, name):
    petra = door("petra")
    assert upload(petra, place[1] + "/add", (name, HOSTILE_BYTES[name])).status_code == 303
    file = db.scalars(select(File)).one()
    answer = petra.get(file.path + "/download", buffered=True)
    assert answer.data == HOSTILE_BYTES[name]
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["Content-Type"] in ("application/octet-stream", "image/gif")
    preview = petra.get(file.path + "/preview", buffered=True)
    if name == "polyglot.gif":  # a picture to a browser that may not guess
        assert (preview.headers["Content-Type"], preview.headers["X-Content-Type-Options"]) == ("image/gif", "nosniff")
        assert "sandbox" in preview.headers["Content-Security-Policy"]
    else:
        assert preview.status_code == 404
    assert petra.get(file.path).status_code == 200


def test_a_picture_is_shown_inline_and_an_office_document_is_not(door, place, db):
    petra = door("petra")
    upload(petra, place[1] + "/add", ("photo.exe", PNG), ("letter.docx", office("word/document.xml")))
    photo, letter = db.scalars(select(File).order_by(File.pk))
    shown = petra.get(photo.path + "/preview", buffered=True)
    assert (shown.status_code, shown.headers["Content-Type"], shown.data) == (200, "image/png", PNG)
    assert shown.headers["Content-Disposition"].startswith("inline")
    assert petra.get(letter.path + "/preview").status_code == 404
    assert "It is being read." in petra.get(letter.path).text


def test_a_download_is_remembered_and_a_look_at_the_list_is_not(door, survey, place, db):
    def seen():
        db.rollback()
        return [(view.person.first_name, view.version.number) for view in db.scalars(select(FileView).order_by(FileView.pk))]

    rolf = door("rolf")
    rolf.get(place[0])
    rolf.get(survey)
    rolf.head(survey + "/download", buffered=True).close()
    rolf.get(survey + "/download", headers={"Range": "bytes=5-9"}, buffered=True).close()
    assert seen() == []
    for _again in range(2):
        rolf.get(survey + "/download", buffered=True).close()
    door("rhea").get(survey + "/download?v=1", buffered=True).close()
    assert seen() == [("Rolf", 2), ("Rhea", 1)]
    page = door("petra").get(survey).text
    assert "2 of 5 people" in page
    assert "Rolf Reader" in page


def test_bytes_that_are_gone_are_said_and_no_crash(door, survey, house):
    for sha256 in stored(house):
        house.storage.remove(sha256)
    assert door("petra").get(survey + "/download").status_code == 503


# --- Pages ------------------------------------------------------------------------------------------------------------


def test_pages_show_what_one_may_do(door, survey, place, world):
    rhea, petra, rolf = door("rhea").get(place[0]).text, door("petra").get(place[0]).text, door("rolf").get(place[0]).text
    assert "Calculations" in rhea
    assert "Calculations" not in petra + rolf
    assert "Put under Start here" in rhea
    assert "Put under Start here" not in petra
    assert "/remove" in petra
    assert "/remove" not in rolf
    assert "data-upload" not in rolf
    assert door("petra").get(f"{place[0]}{world.ids['safe']}").status_code == 404
    assert door("rhea").get(f"{place[0]}{world.ids['safe']}").status_code == 200


@pytest.mark.parametrize(
    "query", ["?sort=name", "?sort=size", "?sort=nothing", "?page=2", "?page=-1", "?page=x", "?page=99999999999", "?show=x"]
)
def test_odd_queries_are_no_errors(door, survey, place, query):
    assert door("petra").get(place[0] + query).status_code == 200


def test_folders_are_made_renamed_removed_and_brought_back(door, place, world, db):
    petra, rhea = door("petra"), door("rhea")
    made = post(petra, place[0] + "folders", name="Photos", parent=world.ids["folder"])
    assert made.status_code == 303
    again = post(petra, place[0] + "folders", name="Photos", parent=world.ids["folder"])
    assert (again.status_code, "There is a folder of this name already." in again.text) == (422, True)
    assert post(petra, place[0] + "folders", name="Mine", audience="staff").status_code == 403
    assert post(rhea, place[0] + "folders", name="Ours", audience="staff").status_code == 303
    assert post(rhea, place[0] + "folders", name="Theirs", audience="x").status_code == 422
    assert post(rhea, place[0] + "folders", name="Theirs", audience=world.ids["group"]).status_code == 303
    assert post(petra, made.location + "/edit", name="Pictures").status_code == 403
    assert post(rhea, made.location + "/edit", name="Pictures").status_code == 303
    assert post(rhea, made.location + "/remove").status_code == 303
    assert petra.get(made.location).status_code == 404
    assert "Pictures" in rhea.get(place[0] + "removed").text
    assert post(rhea, made.location + "/restore").status_code == 303
    assert petra.get(made.location).status_code == 200


def test_a_file_is_renamed_moved_pinned_removed_and_brought_back(door, survey, place, world):
    petra, rhea = door("petra"), door("rhea")
    assert post(petra, survey + "/edit", name="").status_code == 422
    assert post(petra, survey + "/edit", name="Survey of May.pdf").status_code == 303
    assert "Survey of May.pdf" in petra.get(place[0]).text
    assert post(petra, survey + "/pin", pinned="1").status_code == 403
    assert post(rhea, survey + "/pin", pinned="1").status_code == 303
    assert post(rhea, survey + "/move", folder=world.ids["safe"]).status_code == 303
    assert petra.get(survey).status_code == 404
    asked = post(rhea, survey + "/move", folder=world.ids["folder"])
    assert (asked.status_code, "3 more people could see it there" in asked.text) == (422, True)
    assert post(rhea, survey + "/move", folder=world.ids["folder"], confirm="1").status_code == 303
    removed = post(petra, survey + "/remove")
    assert removed.status_code == 303
    assert "Undo" in petra.get(removed.location).text
    assert petra.get(survey).status_code == 404
    assert "Survey of May.pdf" in petra.get(place[0] + "removed").text
    assert "Survey of May.pdf" not in door("rolf").get(place[0] + "removed").text
    assert post(petra, survey + "/restore").status_code == 303
    assert petra.get(survey).status_code == 200


def test_a_new_version_by_its_form(door, survey):
    petra = door("petra")
    assert upload(petra, survey + "/version").status_code == 422
    assert upload(petra, survey + "/version", ("x.pdf", b"third"), note="Third").status_code == 303
    assert "Version 3 was added." in petra.get(survey).text
    assert upload(petra, survey + "/version", ("x.pdf", b"third")).status_code == 303
    assert "nothing changed" in petra.get(survey).text
    assert upload(door("rolf"), survey + "/version", ("x.pdf", b"fourth")).status_code == 403


def test_an_archived_workspace_is_read_only(door, survey, place, acting, world):
    with acting("system") as system:
        from portal.kernel.clock import now

        system.session.get_one(Workspace, world.pks["room"]).archived_at = now()
    petra = door("petra")
    page = petra.get(place[0])
    assert page.status_code == 200
    assert "data-upload" not in page.text
    assert "/remove" not in page.text
    assert upload(petra, place[1] + "/add", ("a.pdf", PDF)).status_code == 403
    assert post(petra, survey + "/remove").status_code == 403
    assert petra.get(survey + "/download", buffered=True).status_code == 200


def test_the_discuss_link_begins_a_discussion_with_the_file(door, survey, place):
    petra = door("petra")
    link = re.search(r'href="([^"]*discussions/new\?[^"]*)"', petra.get(survey).text)[1].replace("&amp;", "&")
    page = petra.get(link)
    assert page.status_code == 200
    assert f"[Survey.pdf]({survey})" in page.text


def test_a_longer_list_asks_no_more_questions(door, place, acting, bring, house):
    def asked(client, url):
        with counting(house) as counted:
            client.get(url)
        return len(counted)

    def fill(start, stop):
        with acting("rhea") as rhea:
            folder = rhea.session.scalars(select(Folder).where(Folder.id == place[1][-22:])).one()
            for n in range(start, stop):
                actions.add_file(rhea, folder, received=bring(f"{n}.pdf"))
                actions.make_folder_in(rhea, folder, name=f"Folder {n}")

    petra = door("petra")
    fill(0, 2)
    petra.get(place[0])
    few = asked(petra, place[0])
    fill(2, 12)
    assert asked(petra, place[0]) <= few <= 24


# --- The API ----------------------------------------------------------------------------------------------------------


def api(client, method, url, body=None):
    return client.open(
        "/api/v1" + url,
        method=method,
        data=None if body is None else json.dumps(body),
        content_type="application/json",
        headers={"X-CSRFToken": csrf_of(client)},
    )


def test_folders_by_the_api(door, world):
    petra, rhea = door("petra"), door("rhea")
    listed = api(petra, "GET", f"/workspaces/{world.ids['room']}/folders").json
    assert [each["name"] for each in listed["items"]] == ["Files"]
    assert [each["name"] for each in api(rhea, "GET", f"/workspaces/{world.ids['room']}/folders").json["items"]] == [
        "Files",
        "Calculations",
    ]
    made = api(petra, "POST", f"/workspaces/{world.ids['room']}/folders", {"name": "Photos", "parent": world.ids["folder"]})
    assert (made.status_code, made.json["parent"], made.json["audience"]) == (201, world.ids["folder"], "everyone")
    assert api(petra, "POST", f"/workspaces/{world.ids['room']}/folders", {"name": "Top", "parent": None}).status_code == 403
    group = api(rhea, "POST", f"/workspaces/{world.ids['room']}/folders", {"name": "G", "audience": {"group": world.ids["group"]}})
    assert (group.status_code, group.json["audience"]) == (201, {"group": world.ids["group"]})
    assert api(petra, "GET", f"/folders/{made.json['id']}").json == made.json
    assert api(door("mark"), "GET", f"/folders/{group.json['id']}").status_code == 404
    assert api(rhea, "PATCH", f"/folders/{made.json['id']}", {"name": "Pictures"}).json["name"] == "Pictures"
    assert api(rhea, "PATCH", f"/folders/{made.json['id']}", {"name": 7}).status_code == 422
    assert api(petra, "DELETE", f"/folders/{made.json['id']}").status_code == 403
    assert api(rhea, "DELETE", f"/folders/{made.json['id']}").status_code == 204
    assert api(rhea, "GET", f"/folders/{made.json['id']}").status_code == 404
    for parent in ("x", world.ids["safe"], 5):
        assert api(petra, "POST", f"/workspaces/{world.ids['room']}/folders", {"name": "A", "parent": parent}).status_code == 422


def test_files_by_the_api(door, world):
    petra = door("petra")
    into = f"/api/v1/folders/{world.ids['folder']}/files"
    headers = {"X-CSRFToken": csrf_of(petra)}

    def send(url, *contents, **fields):
        data = {**fields, "file": [(io.BytesIO(content), "Plan.pdf") for content in contents]}
        return petra.post(url, data=data, content_type="multipart/form-data", headers=headers)

    made = send(into, PDF, note="First")
    assert made.status_code == 201
    file = made.json
    assert (file["name"], file["version"], file["size"], file["mime"]) == ("Plan.pdf", 1, len(PDF), "application/pdf")
    assert (file["workspace"], file["folder"], file["post"]) == (world.ids["room"], world.ids["folder"], None)
    assert (file["account"], file["author"]["name"], file["note"]) == (world.ids["calder"], "Petra Prospect", "First")
    assert send(into, b"second").json["version"] == 2
    assert send(into, b"third", same="both").json["name"] == "Plan (2).pdf"
    assert [each["name"] for each in petra.get(into).json["items"]] == ["Plan (2).pdf", "Plan.pdf"]
    page = petra.get(into + "?limit=1").json
    assert petra.get(f"{into}?limit=1&cursor={page['next']}").json["items"][0]["id"] == file["id"]
    assert send(into).status_code == send(into, PDF, b"two").status_code == 422
    assert petra.post(into, json={"name": "x"}, headers=headers).status_code == 422
    url = f"/files/{file['id']}"
    assert api(petra, "GET", url).json["version"] == 2
    assert petra.get(f"/api/v1{url}/content", buffered=True).data == b"second"
    assert petra.get(f"/api/v1{url}/content?v=1", headers={"Range": "bytes=0-4"}, buffered=True).data == PDF[:5]
    assert send(f"/api/v1{url}/versions", b"fourth", note="4").json["number"] == 3
    assert [each["number"] for each in api(petra, "GET", url + "/versions").json["items"]] == [3, 2, 1]
    views = api(petra, "GET", url + "/views").json["items"]
    assert [(each["person"]["name"], each["version"]) for each in views] == [("Petra Prospect", 1), ("Petra Prospect", 2)]
    assert api(petra, "PATCH", url, {"name": "Plan of May.pdf"}).json["name"] == "Plan of May.pdf"
    assert api(petra, "PATCH", url, {"folder": world.ids["safe"]}).status_code == 422
    assert api(petra, "PATCH", url, {"pinned": True}).status_code == 403
    assert api(door("rhea"), "PATCH", url, {"pinned": True}).json["pinned"] is True
    moved = api(door("rhea"), "PATCH", url, {"folder": world.ids["safe"]})
    assert (moved.status_code, moved.json["folder"]) == (200, world.ids["safe"])
    assert api(petra, "GET", url).status_code == 404
    assert api(door("rhea"), "PATCH", url, {"folder": world.ids["folder"]}).status_code == 422
    assert api(door("rhea"), "PATCH", url, {"folder": world.ids["folder"], "confirm": True}).status_code == 200
    assert api(door("rolf"), "DELETE", url).status_code == 403
    assert api(door("otto"), "DELETE", url).status_code == 404
    assert api(petra, "DELETE", url).status_code == 204
    assert api(petra, "GET", url).status_code == 404


def test_attachments_by_the_api(door, world):
    petra = door("petra")
    made = petra.post(
        f"/api/v1/folders/{world.ids['folder']}/files",
        data={"file": (io.BytesIO(PDF), "Plan.pdf")},
        content_type="multipart/form-data",
        headers={"X-CSRFToken": csrf_of(petra)},
    ).json
    posted = api(petra, "POST", f"/topics/{world.ids['topic']}/posts", {"body": "See the plan.", "attachments": [made["id"]]})
    assert posted.status_code == 201
    (attached,) = posted.json["attachments"]
    assert (attached["name"], attached["size"], attached["mime"]) == ("Plan.pdf", len(PDF), "application/pdf")
    assert api(door("rolf"), "GET", f"/files/{attached['id']}").json["post"] == posted.json["id"]
    refused = api(petra, "POST", f"/topics/{world.ids['topic']}/posts", {"body": "x", "attachments": ["0" * 22]})
    assert (refused.status_code, refused.json["errors"][0]["field"]) == (422, "attachments")


def test_folders_and_files_take_few_queries_however_many_there_are(door, place, survey, house):
    client = door("rhea")
    for n in range(12):
        upload(client, f"{place[1]}/add", (f"{n}.pdf", PDF + bytes([n])))
    for url, most in {place[0]: 14, place[1]: 15, survey: 12}.items():
        client.get(url)
        with counting(house) as queries:
            assert client.get(url).status_code == 200
        assert len(queries) <= most, "\n".join(queries)
