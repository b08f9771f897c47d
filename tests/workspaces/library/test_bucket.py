"""Files in a bucket: pages and downloads are as they are from a directory; a store that is away loses nothing and acknowledges nothing."""

import hashlib
import io
from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy import select

from portal.kernel import bucket as bucket_room
from portal.kernel import checks
from portal.kernel.bucket import Bucket
from portal.kernel.checks import EXAMINATIONS
from tests.buckets import KEYS, S3
from tests.conftest import csrf_of
from tests.workspaces.library.conftest import PDF, office
from workspaces.library.jobs import check_blobs, sweep
from workspaces.library.models import File, FileVersion, Folder


@pytest.fixture(scope="module")
def s3() -> Iterator[S3]:
    made = S3()
    yield made
    made.stop()


@pytest.fixture
def settings(settings, s3, monkeypatch):
    """The world's, with a bucket of its own."""
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(bucket_room, "CLIENT", bucket_room.CLIENT | {"read_timeout": "1s", "timeout": "2s"})
    monkeypatch.setattr(bucket_room, "RETRIES", {"max_retries": 1})
    return replace(settings, storage_url=s3.bucket())


@pytest.fixture
def place(world, db) -> str:
    path = db.get_one(Folder, world.pks["folder"]).path
    db.rollback()
    return path


def upload(browser, place, name, content, **fields):
    data = {"csrf_token": csrf_of(browser), "files": (io.BytesIO(content), name), **fields}
    return browser.post(place + "/add", data=data, content_type="multipart/form-data")


@pytest.fixture
def survey(door, place, db) -> str:
    """Petra's file: its address."""
    assert upload(door("petra"), place, "Survey.pdf", PDF).status_code == 303
    path = db.scalars(select(File)).one().path
    db.rollback()
    return path


def put(house, sha256, content):
    house.storage.store.put(f"{sha256[:2]}/{sha256}", content)


def test_it_is_in_the_bucket_and_nowhere_else(survey, house, settings):
    assert isinstance(house.storage, Bucket)
    assert list(house.storage.names()) == [hashlib.sha256(PDF).hexdigest()]
    assert [found for folder in (settings.blobs_dir, settings.uploads_dir) for found in folder.rglob("*")] == []


def test_it_is_downloaded_whole_by_ranges_and_only_if_changed(survey, door):
    rolf = door("rolf")
    whole = rolf.get(survey + "/download")
    assert (whole.status_code, whole.data, whole.content_length) == (200, PDF, len(PDF))
    assert "attachment" in whole.headers["Content-Disposition"]
    assert "sandbox" in whole.headers["Content-Security-Policy"]
    part = rolf.get(survey + "/download", headers={"Range": "bytes=2-6"})
    assert (part.status_code, part.data, part.headers["Content-Range"]) == (206, PDF[2:7], f"bytes 2-6/{len(PDF)}")
    assert rolf.get(survey + "/download", headers={"Range": f"bytes={len(PDF)}-"}).status_code == 416
    assert rolf.get(survey + "/download", headers={"If-None-Match": whole.headers["ETag"]}).status_code == 304
    assert rolf.head(survey + "/download").content_length == len(PDF)
    assert door("otto").get(survey + "/download").status_code == 404


def test_an_office_file_is_known_by_what_is_in_it(door, place, db):
    assert upload(door("petra"), place, "Offer.docx", office("word/document.xml")).status_code == 303
    assert db.scalars(select(FileVersion)).one().mime.endswith("wordprocessingml.document")


def test_altered_bytes_are_named_by_verify_and_not_sent_whole(survey, door, house):
    sha256 = hashlib.sha256(PDF).hexdigest()
    assert door("rolf").get(survey + "/download").data == PDF
    put(house, sha256, PDF[:-1] + b"X")
    with house.db.reading() as session:
        assert "altered" in next(iter(check_blobs(house, session)))
    with pytest.raises(OSError, match="altered"):
        _ = door("rolf").get(survey + "/download").data
    put(house, sha256, PDF[:-1])
    with house.db.reading() as session:
        assert next(iter(check_blobs(house, session))) != ""
    house.storage.remove(sha256)
    assert "missing" in checks.breaches(house, ["blobs"])["blobs"][0]


def test_a_store_that_hangs_acknowledges_nothing_and_is_asked_again(survey, door, place, house, db, s3):
    s3.pause()
    try:
        answer = upload(door("petra"), place, "Late.pdf", PDF + b"late")
        assert answer.status_code == 503
        assert "Nothing was saved" in answer.text
        assert door("petra").get(place).status_code == 200, "pages need no store"
        gone = door("petra").get(survey + "/download")
        assert gone.status_code == 503
        assert "cannot be read at the moment" in gone.text
    finally:
        s3.go_on()
    assert [each.name for each in db.scalars(select(File))] == ["Survey.pdf"]
    assert [found for found in house.settings.uploads_dir.rglob("*") if found.is_file()] == []
    assert upload(door("petra"), place, "Late.pdf", PDF + b"late").status_code == 303
    assert checks.breaches(house, ["blobs"])["blobs"] == []


def test_bytes_without_a_row_are_swept_and_those_of_a_row_brought_back(survey, house, monkeypatch):
    sha256 = hashlib.sha256(PDF).hexdigest()
    orphan = house.storage.put([b"nobody's"], 100).sha256
    assert sweep(house) == 0
    monkeypatch.setattr(bucket_room, "_age", lambda meta: 90_000.0)
    house.storage.remove(sha256, older_than=1)  # as a sweep does that ran while it came
    assert sweep(house) >= 1
    assert list(house.storage.names()) == [sha256]
    assert orphan not in house.storage.names()


def test_doctor_says_what_is_wrong_with_the_bucket(survey, house, settings):
    def told():
        return [(each.state, each.says) for each in EXAMINATIONS["storage"](house) if "disk" not in each.says]

    assert told() == [("good", "files can be written and read in the bucket")]
    house.storage = Bucket(settings.storage_url.replace("s3://", "s3://not-"), settings.uploads_dir)
    assert "there is no bucket not-" in told()[0][1]
    house.storage = Bucket("s3://any?endpoint=http://127.0.0.1:1", settings.uploads_dir)
    assert "cannot be reached" in told()[0][1]
