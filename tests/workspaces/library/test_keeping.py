"""Bytes without a row go, rows without bytes are found; what is found by name and note; who hears of a file."""

import os
import time

import pytest
from sqlalchemy import select

from portal.kernel import checks
from portal.kernel.events import Event
from portal.kernel.indexing import FINDABLE
from portal.kernel.policy import fetch
from portal.kernel.sources import cite
from portal.web.watching import LIVE
from tests.workspaces.library.conftest import PDF
from workspaces.forums import actions as forums
from workspaces.forums.models import Post
from workspaces.library import actions
from workspaces.library.jobs import check_blobs, sweep
from workspaces.library.models import File, Folder
from workspaces.library.policy import May


@pytest.fixture
def survey(acting, world, bring):
    with acting("petra") as petra:
        return actions.add_file(petra, petra.session.get_one(Folder, world.pks["folder"]), received=bring("Survey.pdf", PDF), note="First")


def age(house, sha256: str) -> None:
    os.utime(house.storage.path(sha256), (time.time() - 90_000,) * 2)


def test_only_old_bytes_that_no_row_names_are_swept(house, survey, bring):
    young, old = bring("young", b"young bytes"), bring("old", b"old bytes")
    for sha256 in (old.sha256, survey.version.sha256):
        age(house, sha256)
    assert sweep(house) == 1
    assert set(house.storage.names()) == {young.sha256, survey.version.sha256}


def test_bytes_of_a_removed_file_are_kept(house, survey, acting):
    with acting("petra") as petra:
        actions.remove_file(petra, fetch(petra, May.REMOVE_FILE, survey.id))
    age(house, survey.version.sha256)
    assert sweep(house) == 0


def test_an_action_that_failed_leaves_bytes_for_the_sweep(house, world, acting, bring):
    received = bring("lost.pdf", b"lost bytes")
    with acting("petra") as petra:
        actions.add_file(petra, petra.session.get_one(Folder, world.pks["folder"]), received=received)
        petra.session.rollback()
    with house.db.reading() as session:
        assert list(session.scalars(select(File))) == []
    assert sweep(house) == 0
    age(house, received.sha256)
    assert sweep(house) == 1


def test_verify_finds_missing_altered_and_cut_bytes(house, survey):
    def found():
        with house.db.reading() as session:
            return list(check_blobs(house, session))

    path = house.storage.path(survey.version.sha256)
    assert found() == []
    assert checks.breaches(house, ["blobs", "chains", "words"]) == {"blobs": [], "chains": [], "words": []}
    os.chmod(path, 0o600)
    path.write_bytes(PDF[:-1] + b"X")
    assert "altered" in found()[0]
    path.write_bytes(PDF[:-1])
    assert f"{len(PDF) - 1} long, {len(PDF)} were stored" in found()[0]
    path.unlink()
    assert "missing" in found()[0]


def test_a_file_is_found_by_name_and_notes(survey, acting, bring):
    with acting("petra") as petra:
        file = fetch(petra, May.READ_FILE, survey.id)
        actions.add_version(petra, file, received=bring("x", b"2"), note="Heights corrected")
        made = FINDABLE["file"].make(file)
        assert (made.title, made.body) == ("Survey.pdf", "Heights corrected · First")
        assert (made.audience_pk, made.account_pk, made.author_pk) == (file.audience_pk, file.account_pk, petra.pk)
        actions.remove_file(petra, file)
        assert FINDABLE["file"].make(file) is None


def test_what_takes_files_away_has_them_indexed_again(survey, acting, world, bring):
    def affected(session, kind):
        event = session.scalars(select(Event).where(Event.kind == kind).order_by(Event.pk.desc())).first()
        return list(FINDABLE["file"].affected(session, event))

    with acting("rhea") as rhea:
        post = rhea.session.get_one(Post, world.pks["post"])
        (attached,) = actions.attach_files(rhea, post, received=[bring("plan.pdf")])
        assert affected(rhea.session, "file.added") == [attached.id]
        forums.remove_post(rhea, post)
        assert affected(rhea.session, "post.removed") == [attached.id]
        rhea.session.refresh(attached)
        assert FINDABLE["file"].make(attached) is None
        actions.remove_folder(rhea, rhea.session.get_one(Folder, world.pks["folder"]))
        assert affected(rhea.session, "folder.removed") == [survey.id]
        forums.remove_topic(rhea, post.topic)
        assert affected(rhea.session, "topic.removed") == [attached.id]


def test_a_file_is_cited_to_those_who_may_read_it(survey, acting):
    with acting("rolf") as rolf:
        citation = cite(rolf, [("file", survey.id)])["file", survey.id]
        assert (citation.url, citation.title, citation.excerpt) == (fetch(rolf, May.READ_FILE, survey.id).path, "Survey.pdf", "First")
    with acting("otto") as otto:
        assert cite(otto, [("file", survey.id)]) == {}


def test_the_live_event_is_the_apis_json_with_its_row(app, survey, acting):
    with acting("system") as system, app.app_context():
        event = system.session.scalars(select(Event).where(Event.kind == "file.added")).one()
        made = LIVE["file.added"]
        assert made.name == "file.added"
        assert made.watched(system, event) == [("workspace", event.workspace_pk)]
        payload = made.payload(system, event)
        assert (payload["id"], payload["name"], payload["seq"]) == (survey.id, "Survey.pdf", 1)
        assert "<tr" in payload["html"]
        assert "/remove" not in payload["html"]
        fetch(system, May.READ_FILE, survey.id).removed_at = event.at
        system.session.flush()
        assert made.payload(system, event) is None
        system.session.rollback()
