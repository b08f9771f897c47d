"""Versions of what was read are compared by their words, as texts are; and each page is discussed and measured by itself."""

import re

import pytest
from sqlalchemy import select

from portal.kernel.policy import fetch
from search.demo import papers
from tests.conftest import post
from workspaces.library import actions, comparing
from workspaces.library.models import File
from workspaces.library.policy import May
from workspaces.library.receiving import take
from workspaces.previews import queries
from workspaces.previews.models import Preview
from workspaces.rooms.actions import change_workspace
from workspaces.rooms.models import Workspace

BEFORE = "Offer\nPumps: 24\n---\nThe zebrafish valve opens at nine bar"
AFTER = "Offer\nPumps: 30\n---\nThe zebrafish valve opens at ten bar"


@pytest.fixture
def again(house, acting):
    """`again(path, name, content)`: a new version by Petra that nobody has read yet."""

    def added(path: str, name: str, content: bytes) -> None:
        received = take(house.storage, name, [content], 10**8)
        with acting("petra") as actor:
            file: File = fetch(actor, May.ADD_VERSION, path.rpartition("/")[2])
            actions.add_version(actor, file, received=received)

    return added


@pytest.mark.parametrize(("name", "paper"), [("Offer.pdf", papers.pdf), ("Offer.docx", papers.docx)])
def test_versions_that_were_read_are_compared(add, again, work, door, name, paper) -> None:
    path = add(name, paper(BEFORE))
    again(path, name, paper(AFTER))
    rolf = door("rolf")
    assert f"{path}/compare" not in rolf.get(path).text
    assert "There is no text to compare here." in rolf.get(f"{path}/compare").text
    work()
    assert f'href="{path}/compare"' in rolf.get(path).text
    assert "Compare the two" in rolf.get(f"{path}?v=1").text
    page = rolf.get(f"{path}/compare").text
    for word in ("24", "30", "nine", "ten"):
        assert f"<mark>{word}</mark>" in page
    assert "<mark>zebrafish" not in page
    assert door("otto").get(f"{path}/compare").status_code == 404


def test_lines_are_named_by_the_page_they_stand_on(add, again, work, door) -> None:
    path = add("Offer.pdf", papers.pdf(BEFORE))
    again(path, "Offer.pdf", papers.pdf(AFTER))
    work()
    page = door("petra").get(f"{path}/compare").text
    row = next(each for each in page.split("<tr>") if "<mark>nine</mark>" in each)
    assert row.count('<span class="muted num">2</span>') == 2


def test_what_was_cut_is_too_long_or_has_no_words_is_not_compared(add, again, work, door, acting, house) -> None:
    path = add("Offer.pdf", papers.pdf(BEFORE))
    again(path, "Offer.pdf", papers.png("1 2 3*"))
    work()
    assert "/compare" not in door("petra").get(path).text
    with acting("petra") as petra:
        (first, second) = fetch(petra, May.READ_FILE, path.rpartition("/")[2]).versions
        words = queries.words_of(petra, first, 10**6)
        length = sum(map(len, words))
        assert queries.words_of(petra, first, length) == words
        assert queries.words_of(petra, first, length - 1) is None
        assert comparing.pages_of(petra, house.storage, second) is None
        petra.session.scalars(select(Preview).where(Preview.sha256 == first.sha256)).one().cut = True
        assert queries.words_of(petra, first, length) is None


def test_a_single_version_has_nothing_to_be_compared_with(add, door) -> None:
    path = add("Offer.pdf", papers.pdf(BEFORE))
    assert "/compare" not in door("petra").get(path).text


def test_the_page_that_is_asked_for_is_shown_on_the_files_own(add, door) -> None:
    path = add("Offer.pdf", papers.pdf(BEFORE))
    petra = door("petra")
    assert f'src="{path}/page/2/picture?v=1"' in petra.get(f"{path}?page=2").text
    for wrong in ("3", "0", "x", "99999", "9" * 30):
        assert f'src="{path}/page/1/picture?v=1"' in petra.get(f"{path}?page={wrong}").text


def test_a_page_is_discussed_by_itself(add, door, world) -> None:
    path = add("Offer.pdf", papers.pdf(BEFORE))
    petra = door("petra")
    about = re.search(r"about=([\w-]+)", petra.get(f"{path}/page/2").text)[1]
    assert about.endswith("-p2")
    told = {"title": "Nine bar?", "body": "Is it ten?", "kind": "discussion", "forum": world.ids["general"], "about": about}
    topic = post(petra, f"/w/{world.ids['room']}/discussions/new", **told).location
    shown = petra.get(topic).text
    assert f'href="{path}?page=2"' in shown
    assert "Page 2" in shown


def test_reading_a_page_is_measured_by_the_page(add, door, acting, world) -> None:
    path = add("Offer.pdf", papers.pdf(BEFORE))
    assert "data-reading" not in door("petra").get(f"{path}/page/2").text
    with acting("rhea") as rhea:
        change_workspace(rhea, rhea.session.get_one(Workspace, world.pks["room"]), reading_times=True)
    rolf = door("rolf")
    assert f'data-reading="{path}/reading" data-number="1" data-page="2"' in rolf.get(f"{path}/page/2").text
    assert "Here it is measured how long each file is read" in rolf.get(f"{path}/page/2").text
    assert post(rolf, f"{path}/reading", number="1", page="2").status_code == 204
    rolf.get(f"{path}/page/2").close()
    assert "Version 1, page 2: 10 seconds" in door("petra").get(path).text
