"""Files read by the worker: found by their pages, by whom they are for, in the version that stands, once for the same bytes."""

from datetime import timedelta

from sqlalchemy import func, select

from portal.kernel import blobs, outbox
from portal.kernel.clock import now, standing_at
from portal.kernel.outbox import CONSUMERS, OutboxRow
from portal.kernel.worker import drain
from search.demo import papers
from workspaces.library import actions as library
from workspaces.library import jobs as sweeping
from workspaces.library.models import File, FileVersion
from workspaces.library.policy import RESTS
from workspaces.library.receiving import take
from workspaces.previews import jobs, making
from workspaces.previews.models import FilePage, Preview, PreviewPage
from workspaces.previews.running import Answer

MANUAL = "Cover of the manual\n---\nThe zebrafish valve opens at nine bar\n---\nClosing words"


def hits(door, who, q):
    told = door(who).get("/api/v1/search", query_string={"q": q}).json
    return told["items"]


def test_a_word_is_found_at_its_page_in_its_version(add, door) -> None:
    path = add("Manual.pdf", papers.pdf(MANUAL))
    [hit] = hits(door, "petra", "zebrafish opening")
    assert (hit["kind"], hit["title"]) == ("file", "Manual.pdf, page 2")
    assert hit["id"] == path.rpartition("/")[2]
    assert hit["url"].startswith(f"{path}/page/2?v=1&mark=")
    assert "<mark>zebrafish</mark>" in hit["snippet"]
    page = door("petra").get(hit["url"])
    assert page.status_code == 200
    assert "<mark>zebrafish</mark>" in page.text
    assert "<mark>opens</mark>" in page.text


def test_only_who_reads_the_file_finds_its_words(add, door) -> None:
    path = add("Margin.pdf", papers.pdf("The zebrafish margin"), who="rhea", folder="safe")
    assert hits(door, "rhea", "zebrafish")
    for who in ("petra", "rolf", "ravi", "otto"):
        assert not hits(door, who, "zebrafish")
        assert door(who).get(f"{path}/page/1").status_code == 404
        assert door(who).get(f"/api/v1/files/{path.rpartition('/')[2]}/preview/1").status_code == 404


def test_a_removed_file_is_found_no_more_and_again_when_it_is_back(add, acting, door, work) -> None:
    path = add("Manual.pdf", papers.pdf(MANUAL))
    id = path.rpartition("/")[2]
    for act, found in ((library.remove_file, 0), (library.restore_file, 1)):
        with acting("petra") as petra:
            act(petra, petra.session.scalars(select(File).where(File.id == id)).one())
        work()
        assert len(hits(door, "petra", "zebrafish")) == found


def test_a_new_version_takes_the_place_of_the_old_when_it_is_read(add, acting, house, door, work) -> None:
    path = add("Manual.pdf", papers.pdf(MANUAL))
    received = take(house.storage, "Manual.pdf", [papers.pdf("One page of quokka now")], 10**6)
    with acting("petra") as petra:
        file = petra.session.scalars(select(File).where(File.id == path.rpartition("/")[2])).one()
        library.add_version(petra, file, received=received)
    [hit] = hits(door, "petra", "zebrafish")  # until it is read, the old one is what was searched, and says so
    assert "?v=1&" in hit["url"]
    work()
    assert not hits(door, "petra", "zebrafish")
    [hit] = hits(door, "petra", "quokka")
    assert "/page/1?v=2&" in hit["url"]
    assert door("petra").get(f"{path}/page/2?v=1").status_code == 200  # the old one is still read page by page
    with house.db.reading() as session:
        assert session.scalar(select(func.count()).select_from(FilePage)) == 1


def test_the_same_bytes_are_read_once(add, house, monkeypatch, door) -> None:
    add("Manual.pdf", papers.pdf(MANUAL))
    asked = []
    monkeypatch.setattr(making, "_ask", lambda *args: asked.append(args))
    add("The same.pdf", papers.pdf(MANUAL), who="rhea", folder="safe")
    assert not asked
    assert {hit["title"] for hit in hits(door, "rhea", "zebrafish")} == {"Manual.pdf, page 2", "The same.pdf, page 2"}
    assert {hit["title"] for hit in hits(door, "petra", "zebrafish")} == {"Manual.pdf, page 2"}


def test_a_bad_file_says_so_and_is_still_to_be_had(add, door) -> None:
    content = b"%PDF-1.7\nnothing of the kind"
    path = add("Broken.pdf", content)
    page = door("petra").get(path)
    assert "The text of this file could not be read. Download still works." in page.text
    with door("petra").get(f"{path}/download") as download:
        assert download.data == content
    assert door("petra").get(f"{path}/page/1").status_code == 200
    assert door("petra").get(f"{path}/page/2").status_code == 404


def test_what_fells_the_child_is_tried_twice_and_harms_nobody_else(add, house, monkeypatch, work, door) -> None:
    real, tries = making.ask, []

    def felled(file, scratch, *words):
        if words[1] != "application/pdf":
            return real(file, scratch, *words)
        tries.append(words)
        return Answer(why="crashed")

    monkeypatch.setattr(making, "ask", felled)
    path = add("Evil.pdf", b"%PDF-1.7 evil")
    assert tries == [("text", "application/pdf")]
    assert "It is being read." in door("petra").get(path).text
    add("Good.txt", b"The zebrafish is well")
    assert hits(door, "petra", "zebrafish")
    with house.db.writing() as session:
        for row in session.scalars(select(OutboxRow).where(OutboxRow.topic == jobs.TOPIC)):
            assert row.error.startswith("Again")
            row.due_at = row.created_at
    work()
    assert len(tries) == 2
    assert "could not be read" in door("petra").get(path).text
    with house.db.reading() as session:
        assert not session.scalars(select(OutboxRow).where(OutboxRow.topic == jobs.TOPIC)).all()


def test_a_worker_that_died_with_a_file_does_not_try_for_ever(add, house, monkeypatch) -> None:
    """Each try is noted before it begins."""

    def dies(*args):
        raise KeyboardInterrupt

    monkeypatch.setattr(making, "ask", dies)
    for _ in range(2):
        try:
            add("Evil.pdf", b"%PDF-1.7 evil")
        except KeyboardInterrupt:
            continue
    asked = []
    monkeypatch.setattr(making, "ask", lambda *args: asked.append(args))
    while drain(house, CONSUMERS[jobs.TOPIC]):
        pass
    assert not [words for _file, _scratch, *words in asked if words[0] == "text"]
    with house.db.reading() as session:
        assert session.scalars(select(Preview.why)).all() == ["crashed"]


def test_what_came_another_way_is_caught_up_with(add, house, door, work) -> None:
    add("Manual.pdf", papers.pdf(MANUAL))
    with house.db.writing() as session:
        for model in (FilePage, PreviewPage, Preview):
            for row in session.scalars(select(model)):
                session.delete(row)
            session.flush()
    jobs.catch_up(house)
    jobs.catch_up(house)  # asks for nothing twice
    with house.db.reading() as session:
        waiting = outbox.waiting(session, jobs.TOPIC, 100)
        assert len(waiting) == len({row.key for row in waiting}) >= 1
    work()
    assert hits(door, "petra", "zebrafish")


def test_pictures_stay_as_long_as_their_pages(add, house) -> None:
    add("Manual.pdf", papers.pdf(MANUAL))
    with house.db.reading() as session:
        pictures = set(session.scalars(select(PreviewPage.picture).where(PreviewPage.picture.is_not(None))))
        assert len(pictures) == 3
        assert pictures <= {sha256 for sha256, _size in blobs.named(session)}
    sweeping.sweep(house)
    for sha256 in pictures:
        house.storage.open(sha256).close()


def test_what_nobody_has_any_more_is_forgotten(add, house) -> None:
    add("Manual.pdf", papers.pdf(MANUAL))
    with house.db.writing() as session:
        session.add(Preview(sha256="0" * 64))
    jobs.catch_up(house)
    with house.db.reading() as session:
        assert "0" * 64 not in session.scalars(select(Preview.sha256)).all()
        assert session.scalar(select(func.count()).select_from(FileVersion)) >= 1


def test_of_what_is_forgotten_no_page_and_no_picture_stays(add, acting, house, work, door) -> None:
    path = add("Manual.pdf", papers.pdf(MANUAL))
    add("Other.pdf", papers.pdf("A quokka of its own"))
    with acting("petra") as petra:
        library.remove_file(petra, petra.session.scalars(select(File).where(File.id == path.rpartition("/")[2])).one())
    work()
    with standing_at(now() + RESTS + timedelta(minutes=1)):
        sweeping.forget_removed(house)
    jobs.catch_up(house)
    work()
    jobs.catch_up(house)
    with house.db.reading() as session:
        assert session.scalars(select(PreviewPage.text)).all() == ["A quokka of its own"]
        assert session.scalar(select(func.count()).select_from(Preview)) == 1
        assert session.scalar(select(func.count()).select_from(FilePage)) == 1
        assert session.scalar(select(func.count()).select_from(OutboxRow).where(OutboxRow.topic == jobs.TOPIC)) == 0
        assert len(list(blobs.named(session))) == 2, "one file, one picture"
    assert not hits(door, "petra", "zebrafish")
