"""The script of the demo's story, whichever day it is told."""

import zipfile
import zlib
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from zoneinfo import ZoneInfo

import pytest

from portal.accounts.schemas import NewAccount, NewContact
from search.demo.acts import ACTS
from search.demo.papers import PAPERS, docx, paper, pdf, png
from search.demo.script import Calendar, Scene, read_script

ZONE = ZoneInfo("Europe/Dublin")
SUNDAY = date(2026, 11, 22)
WEEK = [SUNDAY + timedelta(days=n) for n in range(7)]


def scenes_on(day: date) -> list[Scene]:
    return read_script(Calendar(day, ZONE))


def test_every_scene_has_an_act_and_nothing_is_to_come():
    for day in WEEK:
        midnight = datetime.combine(day, datetime.min.time(), ZONE)
        for scene in scenes_on(day):
            assert scene.verb in ACTS, scene.where
            assert scene.at < midnight, scene.where
            assert scene.at.weekday() < 5, scene.where


def test_every_act_is_played():
    assert {scene.verb for scene in scenes_on(SUNDAY)} == set(ACTS)


def test_the_order_is_the_same_on_every_day_of_the_week():
    orders = {tuple(scene.where for scene in scenes_on(day)) for day in WEEK}
    assert len(orders) == 1


def test_it_tells_of_about_seven_months():
    first, last = scenes_on(SUNDAY)[0], scenes_on(SUNDAY)[-1]
    assert timedelta(weeks=28) < last.at - first.at < timedelta(weeks=36)


def test_days_are_spelt_in_words():
    calendar = Calendar(SUNDAY, ZONE)
    assert calendar.fill("by {weekday +2d}, {+2d}, as on {iso -3w Tue}") == "by Tuesday, 24 November, as on 2026-10-27"
    assert calendar.fill("{-1d}") == "20 November", "the working day before a Sunday is Friday"
    assert calendar.moment("-9w Tue", "10:12").astimezone(UTC) == datetime(2026, 9, 15, 9, 12, tzinfo=UTC)


def test_no_day_is_left_unspelt():
    for scene in scenes_on(SUNDAY):
        told = scene.body + "".join(scene.fields.values())
        assert "{" not in told, scene.where


def test_what_it_says_of_accounts_and_contacts_fits_the_forms():
    for scene in scenes_on(SUNDAY):
        if scene.verb == "account":
            NewAccount.model_validate(scene.fields | {name: scene.listed(name) for name in ("domains", "tags")})
        if scene.verb == "contact":
            told = {name: value for name, value in scene.fields.items() if name != "roles"}
            NewContact.model_validate(told | {"buying_roles": scene.listed("roles")})


def test_a_heading_that_cannot_be_read_names_its_line(tmp_path):
    (tmp_path / "story.md").write_text("# Title\n\n## -3w Sun 09:00 rhea post somewhere\n\nWords.\n")
    with pytest.raises(ValueError, match=r"story\.md:3"):
        read_script(Calendar(SUNDAY, ZONE), tmp_path)


def test_a_pdf_has_its_pages_where_its_table_says():
    made = pdf("# One (1)\nWords, €1,240\n---\nTwo")
    assert made.startswith(b"%PDF-1.4")
    assert made.count(b"/Type /Page ") == 2
    assert rb"(One \(1\))" in made
    assert "€".encode("cp1252") in made
    table = int(made.rsplit(b"startxref\n", 1)[1].split(b"\n")[0])
    offsets = [int(line[:10]) for line in made[table:].splitlines()[3:] if line.endswith(b"n ")]
    assert all(made[offset:].startswith(b"%d 0 obj" % n) for n, offset in enumerate(offsets, 1))


def test_a_docx_is_an_archive_with_the_words():
    made = docx("# Title\nA < B")
    with zipfile.ZipFile(BytesIO(made)) as archive:
        assert archive.testzip() is None
        assert "A &lt; B" in archive.read("word/document.xml").decode()
    assert made == docx("# Title\nA < B"), "the same words give the same bytes"


def test_a_picture_is_whole():
    made = png("1 10\n2 20*\n")
    assert made.startswith(b"\x89PNG\r\n\x1a\n")
    start, wide, high = made.index(b"IDAT"), int.from_bytes(made[16:20]), int.from_bytes(made[20:24])
    size = int.from_bytes(made[start - 4 : start])
    assert len(zlib.decompress(made[start + 4 : start + 4 + size])) == high * (3 * wide + 1)


def test_every_paper_is_used_and_there():
    told = {each for scene in scenes_on(SUNDAY) for field in ("file", "files") for each in scene.listed(field, ";")}
    sources = {each.partition(" < ")[2] for each in told}
    assert sources == {path.name for path in PAPERS.iterdir()}
    for each in told:
        name, _, source = each.partition(" < ")
        made = paper(name, source, Calendar(SUNDAY, ZONE))
        assert made
        assert b"{" not in made or name.endswith((".png", ".docx")), name
