"""Uploads by pieces, as tus 1.0 says: they go on where they broke off, are whole or not there, and are nobody else's."""

import base64
import hashlib
import io
import os
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from portal.kernel.clock import now
from portal.people import sign_ins
from portal.people.models import Person
from tests.conftest import csrf_of
from workspaces.library import actions, jobs, pieces
from workspaces.library.actions.uploads import MOST_OPEN
from workspaces.library.hashing import HASHES
from workspaces.library.models import File, FileVersion, Folder, Upload
from workspaces.library.schemas import Uploading
from workspaces.rooms import actions as rooms
from workspaces.rooms.models import Workspace

SIZE = 300_000  # bytes
DATA = os.urandom(SIZE)
PIECE = {"Content-Type": "application/offset+octet-stream", "Tus-Resumable": "1.0.0"}


def metadata(**told: str) -> str:
    return ",".join(f"{name} {base64.b64encode(value.encode()).decode()}" for name, value in told.items())


@pytest.fixture
def api(app, house, world):
    """A client of the API for each of the cast, by the token of a sign-in."""

    def open_api(name):
        client = app.test_client()
        if name != "nobody":
            with house.db.writing() as session:
                token = sign_ins.begin(session, session.get_one(Person, world.pks[name]))[1]
            client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {token}"
        return client

    return open_api


@pytest.fixture
def petra(api):
    return api("petra")


@pytest.fixture
def begin(petra, world):
    """Begin an upload of so many bytes; where it is."""

    def begin(size=SIZE, **said: str):
        told = said or {"folder": world.ids["folder"], "filename": "Survey.pdf"}
        headers = {"Upload-Length": str(size), "Upload-Metadata": metadata(**told)}
        answer = petra.post("/api/v1/uploads", headers=headers)
        assert answer.status_code == 201, answer.text
        assert answer.headers["Tus-Resumable"] == "1.0.0"
        return answer.headers["Location"]

    return begin


def send(client, url, offset, data, **headers):
    return client.patch(
        url, data=data, headers=PIECE | {"Upload-Offset": str(offset)} | {k.replace("_", "-"): v for k, v in headers.items()}
    )


def files(db):
    db.rollback()
    return {file.name: file for file in db.scalars(select(File))}


def test_pieces_become_a_file(petra, begin, house, db, world):
    url, third = begin(), len(DATA) // 3
    for offset in (0, third, 2 * third):
        assert "Survey.pdf" not in files(db)
        told = petra.head(url)
        assert (told.status_code, told.headers["Upload-Offset"], told.headers["Upload-Length"]) == (200, str(offset), str(len(DATA)))
        assert told.headers["Cache-Control"] == "no-store"
        answer = send(petra, url, offset, DATA[offset : offset + third])
        assert (answer.status_code, answer.headers["Upload-Offset"]) == (204, str(offset + third))
    version = files(db)["Survey.pdf"].version
    assert (version.sha256, version.size) == (hashlib.sha256(DATA).hexdigest(), len(DATA))
    with house.storage.open(version.sha256) as stored:
        assert stored.read() == DATA
    assert os.listdir(house.settings.uploads_dir) == []
    # Who lost the last answer asks, and hears that all of it is there.
    told = petra.head(url)
    assert told.headers["Upload-Offset"] == str(len(DATA))
    assert petra.get(url).json["file"] == files(db)["Survey.pdf"].id
    assert send(petra, url, len(DATA), b"").status_code == 204
    assert db.scalars(select(FileVersion).where(FileVersion.file_pk == version.file_pk)).all() == [version]
    assert petra.get(f"/api/v1/folders/{world.ids['folder']}/files").json["items"][0]["name"] == "Survey.pdf"


def test_what_is_spoken_is_said(api):
    answer = api("nobody").options("/api/v1/uploads")
    assert answer.status_code == 204
    assert answer.headers["Tus-Version"] == answer.headers["Tus-Resumable"] == "1.0.0"
    assert answer.headers["Tus-Extension"] == "creation,termination,checksum,expiration"
    assert int(answer.headers["Tus-Max-Size"]) > 10**9
    assert answer.headers["Tus-Checksum-Algorithm"] == "sha1,sha256"


def test_another_version_of_tus_is_refused(petra, begin):
    answer = petra.head(begin(), headers={"Tus-Resumable": "0.2.2"})
    assert (answer.status_code, answer.headers["Tus-Version"]) == (412, "1.0.0")


def test_a_file_gets_a_version(petra, begin, acting, world, bring, db):
    with acting("petra") as actor:
        file = actions.add_file(actor, actor.session.get_one(Folder, world.pks["folder"]), received=bring("Plan.pdf", b"first"))
        id = file.id
    url = begin(6, file=id, note="Heights corrected")
    assert send(petra, url, 0, b"second").status_code == 204
    version = files(db)["Plan.pdf"].version
    assert (version.number, version.note, version.size) == (2, "Heights corrected", 6)


def test_the_empty_file_is_there_at_once(petra, begin, db):
    url = begin(0)
    assert files(db)["Survey.pdf"].version.size == 0
    assert petra.head(url).headers["Upload-Offset"] == "0"


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
def test_a_checksum_that_is_right_and_one_that_is_not(petra, begin, algorithm):
    url, half = begin(), len(DATA) // 2
    right = f"{algorithm} {base64.b64encode(hashlib.new(algorithm, DATA[:half]).digest()).decode()}"
    assert send(petra, url, 0, DATA[:half][::-1], Upload_Checksum=right).status_code == 460
    assert petra.head(url).headers["Upload-Offset"] == "0"
    assert send(petra, url, 0, DATA[:half], Upload_Checksum=right).status_code == 204
    assert petra.head(url).headers["Upload-Offset"] == str(half)
    for wrong in ("md7 aaaa", "sha1 not base64", "sha1"):
        assert send(petra, url, half, DATA[half:], Upload_Checksum=wrong).status_code in (400, 460)
    assert petra.head(url).headers["Upload-Offset"] == str(half)


def test_what_does_not_fit_changes_nothing(petra, begin, db):
    url = begin(10)
    assert send(petra, url, 0, b"12345").status_code == 204
    for offset, data, status in (
        (0, b"1", 409),
        (6, b"1", 409),
        (5, b"123456", 413),
        (-1, b"1", 400),
        ("", b"1", 400),
        (10**20, b"1", 400),
    ):
        assert send(petra, url, offset, data).status_code == status, offset
    assert petra.patch(url, data=b"67890", headers={"Upload-Offset": "5", "Content-Type": "application/octet-stream"}).status_code == 415
    assert petra.head(url).headers["Upload-Offset"] == "5"
    assert send(petra, url, 5, b"67890").status_code == 204
    assert files(db)["Survey.pdf"].version.sha256 == hashlib.sha256(b"1234567890").hexdigest()
    assert send(petra, url, 10, b"more").status_code == 409


def test_a_body_longer_than_it_says_is_cut_at_the_size_told(petra, begin):
    """Without a length the body has no end that is known before."""
    url = begin(10)
    answer = petra.patch(
        url, input_stream=io.BytesIO(b"x" * 11), headers=PIECE | {"Upload-Offset": "0"}, environ_overrides={"wsgi.input_terminated": True}
    )
    assert answer.status_code == 413
    assert petra.head(url).headers["Upload-Offset"] == "0"


def test_who_breaks_off_goes_on_from_what_came(petra, begin, db):
    url, came = begin(), 123_456
    headers = PIECE | {"Upload-Offset": "0"}
    longer = {"CONTENT_LENGTH": str(len(DATA)), "wsgi.input": io.BytesIO(DATA[:came])}
    broken = petra.patch(url, headers=headers, environ_overrides=longer)
    assert broken.status_code == 204
    assert petra.head(url).headers["Upload-Offset"] == str(came)
    assert send(petra, url, came, DATA[came:]).status_code == 204
    assert files(db)["Survey.pdf"].version.sha256 == hashlib.sha256(DATA).hexdigest()


def test_two_at_once_are_not_mixed(petra, begin, house):
    url = begin()
    with pieces._held(pieces.place_of(house, url.rsplit("/", 1)[1])):
        assert send(petra, url, 0, b"12345").status_code == 423
    assert send(petra, url, 0, b"12345").status_code == 204


def test_bytes_written_and_not_counted_are_written_over(petra, begin, house, db):
    """As after kill -9 in the middle of a piece."""
    url = begin(10)
    assert send(petra, url, 0, b"12345").status_code == 204
    with pieces.place_of(house, url.rsplit("/", 1)[1]).open("ab") as file:
        file.write(b"rubbish, and more of it than there is to come")
    assert petra.head(url).headers["Upload-Offset"] == "5"
    assert send(petra, url, 5, b"67890").status_code == 204
    assert files(db)["Survey.pdf"].version.sha256 == hashlib.sha256(b"1234567890").hexdigest()


def test_it_is_nobody_elses(petra, begin, api):
    url = begin()
    assert petra.head(url).status_code == 200
    for name in ("rhea", "mark", "ada", "otto"):
        for answer in (api(name).head(url), send(api(name), url, 0, b"x"), api(name).delete(url)):
            assert answer.status_code == 404, name
    assert api("nobody").head(url).status_code == 401
    assert petra.head(url).headers["Upload-Offset"] == "0"


def test_where_it_goes_must_be_the_senders_to_add_to(petra, begin, api, world, db):
    def asked(client, size="5", **told):
        return client.post("/api/v1/uploads", headers={"Upload-Length": size, "Upload-Metadata": metadata(**told)}).status_code

    into = {"folder": world.ids["folder"], "filename": "A.pdf"}
    assert asked(petra, **into) == 201
    assert asked(api("otto"), **into) == 404
    assert asked(api("rolf"), **into) == 403  # reads only
    assert asked(petra, folder=world.ids["folder"]) == 422
    assert asked(petra, filename="A.pdf") == 422
    assert asked(petra, **into, file=world.ids["folder"]) == 422
    for size in ("", "-1", "1e3", "5.0"):
        assert asked(petra, size, **into) == 400, size
    assert asked(petra, str(10**30), **into) == asked(petra, str(10**10), **into) == 413
    broken = petra.post("/api/v1/uploads", headers={"Upload-Length": "5", "Upload-Metadata": "filename %%%"})
    assert broken.status_code == 400


def test_who_may_no_longer_add_does_not_finish(petra, begin, acting, world, db):
    url = begin(10)
    assert send(petra, url, 0, b"12345").status_code == 204
    with acting("rhea") as rhea:
        rooms.remove_member(
            rhea, rhea.session.get_one(Workspace, world.pks["room"]), person=rhea.session.get_one(Person, world.pks["petra"])
        )
    assert send(petra, url, 5, b"67890").status_code in (403, 404)
    assert "Survey.pdf" not in files(db)


def test_names_are_made_harmless(petra, begin, world, db):
    url = begin(1, folder=world.ids["folder"], filename="../../etc/pass\x00wd")
    assert send(petra, url, 0, b"x").status_code == 204
    assert "passwd" in files(db)


def test_ended_and_forgotten(petra, begin, house, db, world):
    url, other = begin(), begin()
    assert send(petra, url, 0, b"x").status_code == send(petra, other, 0, b"x").status_code == 204
    assert len(os.listdir(house.settings.uploads_dir)) == 2
    assert petra.delete(url).status_code == 204
    assert petra.head(url).status_code == send(petra, url, 0, b"x").status_code == 404
    assert len(os.listdir(house.settings.uploads_dir)) == 1
    with time_machine.travel(now() + timedelta(hours=23), tick=False):
        jobs.forget_uploads(house)
        assert petra.head(other).status_code == 200
    with time_machine.travel(now() + timedelta(hours=25), tick=False):
        jobs.forget_uploads(house)
        assert petra.head(other).status_code == 404
    assert os.listdir(house.settings.uploads_dir) == []


def test_bytes_that_are_missing_are_asked_for_again(petra, begin, house):
    """A backup holds rows, and not what was on its way."""
    url = begin()
    assert send(petra, url, 0, b"12345").status_code == 204
    pieces.place_of(house, url.rsplit("/", 1)[1]).unlink()
    assert petra.head(url).status_code == send(petra, url, 5, b"x").status_code == 404


def test_nobody_has_too_many_under_way(acting, world, petra):
    with acting("petra") as actor:
        for n in range(MOST_OPEN):
            actions.begin_upload(actor, told=Uploading(folder=world.ids["folder"], filename=f"{n}.txt"), size=5)
    into = metadata(folder=world.ids["folder"], filename="one more.txt")
    answer = petra.post("/api/v1/uploads", headers={"Upload-Length": "5", "Upload-Metadata": into})
    assert answer.status_code == 413
    assert str(MOST_OPEN) in answer.json["detail"]


def test_a_browser_needs_its_token(door, world, db):
    client = door("petra")
    told = {"Upload-Length": "5", "Upload-Metadata": metadata(folder=world.ids["folder"], filename="B.pdf")}
    assert client.post("/api/v1/uploads", headers=told).status_code == 400
    answer = client.post("/api/v1/uploads", headers=told | {"X-CSRFToken": csrf_of(client)})
    assert answer.status_code == 201
    assert send(client, answer.headers["Location"], 0, b"12345").status_code == 400
    assert send(client, answer.headers["Location"], 0, b"12345", X_CSRFToken=csrf_of(client)).status_code == 204
    assert db.scalar(select(Upload.file_pk)) is not None


@pytest.mark.parametrize("forgotten", [False, True])
def test_the_hash_is_that_of_all_pieces_whoever_took_them(petra, begin, house, db, monkeypatch, forgotten):
    """One process goes on with what it knows; where another took a piece between, all of it is read once more."""
    whole, read = b"first piece, " + b"second piece, " + b"third", []
    real = hashlib.file_digest
    monkeypatch.setattr(hashlib, "file_digest", lambda *args: read.append(args) or real(*args))
    url = begin(len(whole))
    send(petra, url, 0, whole[:13])
    if forgotten:
        HASHES.keep(url.rpartition("/")[2], 0, None)
    send(petra, url, 13, whole[13:27])
    send(petra, url, 27, whole[27:])
    [version] = db.scalars(select(FileVersion).order_by(FileVersion.pk.desc()).limit(1)).all()
    assert version.sha256 == hashlib.sha256(whole).hexdigest()
    assert bool(read) == forgotten
    with house.storage.open(version.sha256) as file:
        assert file.read() == whole
