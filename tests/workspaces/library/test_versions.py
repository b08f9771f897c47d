"""Versions: any can be opened and made the current one, two are compared, none is ever lost."""

import pytest
from sqlalchemy import select

from portal.kernel.errors import Forbidden, Invalid
from portal.kernel.events import Event
from portal.kernel.policy import fetch
from tests.conftest import csrf_of, post
from tests.workspaces.library.conftest import PDF
from workspaces.library import actions, queries
from workspaces.library.comparing import MOST_LINES, compared
from workspaces.library.models import File, FileVersion, Folder
from workspaces.library.policy import May

FIRST = b"Pumps: 24\nVoltage: 24 V\nDelivery in May\n"
SECOND = b"Pumps: 30\nVoltage: 24 V\nDelivery in May\nSpare parts: yes\n"


def content(client, path: str) -> bytes:
    with client.get(path) as answer:
        return answer.data


@pytest.fixture
def offer(acting, world, bring):
    """A text of two versions; its id and path."""
    with acting("petra") as petra:
        folder = petra.session.get_one(Folder, world.pks["folder"])
        file = actions.add_file(petra, folder, received=bring("Offer.txt", FIRST), note="First issue")
        actions.add_version(petra, file, received=bring("Offer.txt", SECOND), note="Six pumps more")
        return file.id, file.path


def test_the_current_one_moves_and_history_stays(acting, offer, db):
    with acting("mark") as mark:
        file = fetch(mark, May.ADD_VERSION, offer[0])
        actions.make_current(mark, file, version=queries.version_named(mark, file, 1))
    file = db.scalars(select(File).where(File.id == offer[0])).one()
    assert (file.version.number, [each.number for each in file.versions]) == (1, [1, 2])
    event = db.scalars(select(Event).where(Event.kind == "file.current")).one()
    assert event.facts["number"] == 1
    db.rollback()
    with acting("mark") as mark:  # the same again is nothing
        file = fetch(mark, May.ADD_VERSION, offer[0])
        actions.make_current(mark, file, version=file.version)
        assert mark.session.query(Event).where(Event.kind == "file.current").count() == 1


def test_the_next_version_after_going_back_has_a_number_of_its_own(acting, offer, bring):
    with acting("petra") as petra:
        file = fetch(petra, May.ADD_VERSION, offer[0])
        actions.make_current(petra, file, version=queries.version_named(petra, file, 1))
        assert actions.add_version(petra, file, received=bring("Offer.txt", b"third")).number == 3


def test_who_only_reads_moves_nothing(acting, offer):
    with acting("rolf") as rolf:
        file = fetch(rolf, May.READ_FILE, offer[0])
        first = queries.version_named(rolf, file, 1)
        with pytest.raises(Forbidden):
            actions.make_current(rolf, file, version=first)


def test_a_version_of_another_file_is_none_of_this(acting, offer, world, bring):
    with acting("petra") as petra:
        other = actions.add_file(petra, petra.session.get_one(Folder, world.pks["folder"]), received=bring("Other.txt", b"x"))
        with pytest.raises(Invalid):
            queries.version_named(petra, other, 2)


def test_any_version_is_opened_by_its_address(door, offer):
    petra = door("petra")
    assert "It is not the current one." not in petra.get(offer[1]).text
    assert "It is not the current one." not in petra.get(f"{offer[1]}?v=2").text
    page = petra.get(f"{offer[1]}?v=1").text
    assert "This is version 1. It is not the current one." in page
    assert f"{offer[1]}/download?v=1" in page
    assert petra.get(f"{offer[1]}?v=3").status_code == petra.get(f"{offer[1]}?v=x").status_code == 404
    assert content(petra, f"{offer[1]}/download?v=1") == FIRST


def test_the_page_moves_it_and_undoes_that(door, offer, db):
    petra = door("petra")
    answer = post(petra, f"{offer[1]}/current", number="1")
    assert answer.status_code == 303
    assert content(petra, f"{offer[1]}/download") == FIRST
    assert 'name="number" value="2"' in petra.get(offer[1]).text  # the toast takes it back
    post(petra, f"{offer[1]}/current", number="2")
    assert content(petra, f"{offer[1]}/download") == SECOND
    for wrong in ("9", "x", "-1", "1e3", "9" * 30):
        assert post(petra, f"{offer[1]}/current", number=wrong).status_code == 303
    assert content(petra, f"{offer[1]}/download") == SECOND
    assert post(door("rolf"), f"{offer[1]}/current", number="1").status_code == 403
    assert post(door("otto"), f"{offer[1]}/current", number="1").status_code == 404


def test_the_api_moves_it(door, offer):
    def patch(name: str, version: object):
        client = door(name)
        return client.patch(f"/api/v1/files/{offer[0]}", json={"version": version}, headers={"X-CSRFToken": csrf_of(client)})

    assert patch("petra", 1).json["version"] == 1
    assert patch("petra", 7).status_code == patch("petra", 0).status_code == patch("petra", 10**30).status_code == 422
    assert patch("rolf", 2).status_code == 403


def test_two_versions_are_compared_word_by_word(door, offer):
    page = door("rolf").get(f"{offer[1]}/compare").text
    assert "<mark>24</mark>" in page
    assert "<mark>30</mark>" in page
    assert "<mark>Spare parts: yes</mark>" in page
    assert "<mark>Voltage" not in page
    back = door("rolf").get(f"{offer[1]}/compare?from=2&to=1").text
    assert back.index("<mark>30</mark>") < back.index("<mark>24</mark>")
    assert door("otto").get(f"{offer[1]}/compare").status_code == 404
    assert door("rolf").get(f"{offer[1]}/compare?from=8").status_code == 404


def test_what_has_no_text_is_not_compared(door, acting, world, bring):
    with acting("petra") as petra:
        file = actions.add_file(petra, petra.session.get_one(Folder, world.pks["folder"]), received=bring("Survey.pdf", PDF))
        actions.add_version(petra, file, received=bring("Survey.pdf", PDF + b"x"))
        path = file.path
    assert "There is no text to compare here." in door("petra").get(f"{path}/compare").text
    assert "/compare" not in door("petra").get(path).text


def test_markup_in_a_text_stays_text(door, acting, world, bring):
    with acting("petra") as petra:
        file = actions.add_file(petra, petra.session.get_one(Folder, world.pks["folder"]), received=bring("a.txt", b"1 < 2 & {{3}}\n"))
        actions.add_version(petra, file, received=bring("a.txt", b"1 < 4 & {{3}}\n"))
        path = file.path
    page = door("petra").get(f"{path}/compare").text
    assert "1 &lt; <mark>2</mark> &amp; {{3}}" in page


def test_equal_texts_have_no_rows_and_long_ones_none():
    assert compared(["same\n"], ["same"]) == []
    assert compared(["x\n" * (MOST_LINES + 1)], ["y"]) is None
    assert compared([""], [""]) == []


def test_lines_of_several_pages_are_named_by_their_page():
    rows = compared(["one\n", "two\nthree"], ["one\n", "two\nfour"])
    assert rows is not None
    (changed,) = [row for row in rows if row.after and any(only for _text, only in row.after.pieces)]
    assert (changed.before.at, changed.after.at) == (2, 2)


def test_no_version_is_ever_removed(acting, offer, db):
    before = db.scalars(select(FileVersion.id)).all()
    db.rollback()
    with acting("petra") as petra:
        actions.remove_file(petra, fetch(petra, May.REMOVE_FILE, offer[0]))
    assert db.scalars(select(FileVersion.id)).all() == before


def test_what_is_not_there_at_the_moment_is_said_to_be_busy(door, offer, house, db):
    petra = door("petra")
    assert petra.get(f"{offer[1]}/compare").status_code == 200
    first = db.scalars(
        select(FileVersion).join(File, File.pk == FileVersion.file_pk).where(File.id == offer[0], FileVersion.number == 1)
    ).one()
    house.storage.path(first.sha256).unlink()
    for url in (f"{offer[1]}/download?v=1", f"{offer[1]}/compare"):
        answer = petra.get(url)
        assert answer.status_code == 503, url
        assert "This file cannot be read at the moment." in answer.text


def test_what_is_held_back_is_not_offered_and_the_page_says_why(door, acting, offer, bring, world):
    petra, path, folder = door("petra"), offer[1], f"/w/{world.ids['room']}/files/"
    for url in (path, f"{path}/aside", folder):
        page = petra.get(url).text
        assert "/download" in page, url
        assert "Held back" not in page
    assert "/compare" in petra.get(path).text
    with acting("system") as system:
        actions.note_scan(system, sha256=bring("x", SECOND).sha256, threat="Test-Signature")
    for url in (path, f"{path}/aside", folder):
        page = petra.get(url).text
        assert "/download" not in page, url
        assert "Held back by the virus check." in page
        assert "Nobody can open or download it." in page
    page = petra.get(f"{path}?v=1").text
    assert "/download?v=1" in page, "an older version that holds nothing is there"
    assert "/compare" not in page
    with petra.get(f"{path}/download?v=1") as had:
        assert had.data == FIRST
