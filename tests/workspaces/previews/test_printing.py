"""Office documents by LibreOffice, where it is there: what is seen of them, what is not shown whatever they name, where it ends."""

import io
import shutil
import subprocess
from pathlib import Path

import pypdfium2
import pytest
from PIL import Image
from sqlalchemy import select

from portal.kernel.checks import GOOD
from tests.workspaces.previews import linking
from workspaces.previews import making, printing
from workspaces.previews.models import Preview, PreviewPage
from workspaces.previews.running import Answer

PRINTS = pytest.mark.skipif(bool(printing.unable()), reason=f"nothing is printed here: {printing.unable()}")
RED = (250, 3, 7)
NEW_PAGE = '<w:p><w:r><w:br w:type="page"/></w:r></w:p>'
RTF = b"{\\rtf1\\ansi The quokka clause\\par\\page Second page of the wombat\\par}"


def paragraph(words: str) -> str:
    return f"<w:p><w:r><w:t>{words}</w:t></w:r></w:p>"


def seen(pdf: bytes) -> tuple[str, int]:
    """The words of a PDF, and how many of its pixels are red."""
    document = pypdfium2.PdfDocument(pdf)
    words = "\n".join(page.get_textpage().get_text_bounded() for page in document)
    colours = [page.render(scale=0.5).to_pil().convert("RGB").getcolors(1 << 24) for page in document]
    return words, sum(count for each in colours for count, (red, green, blue) in each or [] if red > 240 and green < 20 and blue < 20)


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    """Where a secret lies, as text, table, workbook and picture, for whoever may read any file of this machine."""
    path = tmp_path / "secret"
    linking.secrets(path, "zqsecret")
    Image.new("RGB", (80, 80), RED).save(path.with_suffix(".png"))
    return path


@PRINTS
@pytest.mark.parametrize("name", linking.LINKS)
def test_what_a_document_names_is_not_shown(house, secret: Path, name: str) -> None:
    content, mime, _ending = linking.LINKS[name]
    answer = printing.in_pdf(house, io.BytesIO(content(secret)), mime)
    assert answer.why == "", answer
    words, red = seen(answer.pages[0].picture)
    assert "zqsecret" not in words
    assert red == 0


@PRINTS
@pytest.mark.parametrize("name", ["a picture in a text", "a picture in Word"])
def test_what_it_would_show_without_the_walls(tmp_path: Path, secret: Path, name: str) -> None:
    """So that the test before this one shows something."""
    content, _mime, ending = linking.LINKS[name]
    asked = tmp_path / f"asked.{ending}"
    asked.write_bytes(content(secret))
    program = shutil.which("soffice") or shutil.which("libreoffice") or ""
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    words = [program, profile, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path), str(asked)]
    subprocess.run(words, check=True, capture_output=True, timeout=120)
    assert seen(asked.with_suffix(".pdf").read_bytes())[1] > 1000


@PRINTS
def test_a_document_is_pictured_and_found_at_its_page(add, door) -> None:
    content = linking.word(paragraph("Cover") + NEW_PAGE + paragraph("The quokka clause"))
    petra = door("petra")
    path = add("Contract.docx", content)
    [hit] = petra.get("/api/v1/search", query_string={"q": "quokka"}).json["items"]
    assert hit["title"] == "Contract.docx, page 2"
    page = petra.get(hit["url"])
    assert "Page 2 of 2" in page.text
    assert "<mark>quokka</mark>" in page.text
    with petra.get(f"{path}/page/2/picture") as picture:
        assert Image.open(io.BytesIO(picture.data)).width == 1240


@PRINTS
def test_what_nothing_else_reads_is_read_as_printed(add, door) -> None:
    path = add("Clause.rtf", RTF)
    petra = door("petra")
    [hit] = petra.get("/api/v1/search", query_string={"q": "wombat"}).json["items"]
    assert hit["title"] == "Clause.rtf, page 2"
    assert f'src="{path}/page/1/picture?v=1"' in petra.get(path).text


@PRINTS
def test_doctor_says_that_it_works(house) -> None:
    [found] = printing.examine(house)
    assert (found.state, "are pictured" in found.says) == (GOOD, True)


@PRINTS
@pytest.mark.parametrize(("name", "value", "why"), [("WALL", 0.2, "slow"), ("ROOM", 10, "large")])
def test_it_is_stopped_at_its_limits_and_leaves_nothing(house, monkeypatch, name: str, value: float, why: str) -> None:
    monkeypatch.setattr(printing, name, value)
    assert printing.in_pdf(house, io.BytesIO(RTF), "text/plain").why == why
    assert list(house.settings.uploads_dir.iterdir()) == []


@PRINTS
def test_what_cannot_be_printed_says_so_and_is_still_to_be_had(add, door) -> None:
    content = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "WordDocument".encode("utf-16-le") + bytes(4000)
    path = add("Broken.doc", content)
    assert "The text of this file could not be read. Download still works." in door("petra").get(path).text
    with door("petra").get(f"{path}/download") as download:
        assert download.data == content


def test_without_libreoffice_there_are_the_words_alone(add, door, house, monkeypatch) -> None:
    monkeypatch.setattr(printing.shutil, "which", lambda name: None)
    petra = door("petra")
    path = add("Contract.docx", linking.word(paragraph("The quokka clause")))
    assert "The quokka clause" in petra.get(path).text
    assert petra.get(f"{path}/page/1/picture").status_code == 404
    assert "No preview for this one. Download still works." in petra.get(add("Clause.rtf", RTF)).text
    [found] = printing.examine(house)
    assert (found.state, "LibreOffice is not there" in found.says, found.mend != "") == (GOOD, True, True)


@pytest.mark.parametrize(("room", "says"), [("landlock", "Landlock"), ("filter", "system calls")])
def test_without_walls_nothing_is_printed(add, door, house, monkeypatch, room: str, says: str) -> None:
    """And it is not begun: the child is not started for it."""
    monkeypatch.setattr(printing, "program", lambda: "/usr/lib/libreoffice/program")
    monkeypatch.setattr(printing.landlock, "version", lambda: 0 if room == "landlock" else 1)
    monkeypatch.setattr(printing.calls, "known", lambda: room != "filter")
    monkeypatch.setattr(printing, "ask", lambda *args, **more: pytest.fail("it was begun"))
    assert "No preview for this one. Download still works." in door("petra").get(add("Clause.rtf", RTF)).text
    [found] = printing.examine(house)
    assert says in found.says


def test_a_printer_that_falls_takes_nothing_with_it(add, door, house, monkeypatch) -> None:
    """The words that were read stay; what nothing else reads is refused in plain words."""
    monkeypatch.setattr(printing, "in_pdf", lambda *args: Answer(why="crashed"))
    petra = door("petra")
    assert "The quokka clause" in petra.get(add("Contract.docx", linking.word(paragraph("The quokka clause")))).text
    assert "could not be read" in petra.get(add("Clause.rtf", RTF)).text
    with house.db.reading() as session:
        assert session.scalars(select(Preview.pictured)).all() == [True, True]
        assert session.scalars(select(PreviewPage.picture)).all() == [None]


def test_of_what_is_no_office_document_nothing_is_printed(add, monkeypatch) -> None:
    monkeypatch.setattr(making.Printed, "pdf", lambda self: pytest.fail("it was printed"))
    add("Notes.txt", b"Easter Moor; nine bar")
    add("Broken.pdf", b"%PDF-1.7\nnothing of the kind")
    add("Read me.md", b"# Moor")


@pytest.mark.parametrize(
    ("mime", "read", "printed", "expected"),
    [
        ("x.presentation", ["One\nsaid: softly", "Two"], ["One", "Two"], ["One\nsaid: softly", "Two"]),
        ("x.presentation", ["One", "Hidden one", "Two"], ["One", "Two"], ["One", "Two", "Hidden one"]),
        (linking.WORD, ["One two\nthree", "A comment of mine"], ["One", "two three"], ["One", "two three", "A comment of mine"]),
        (linking.WORD, [], ["One"], ["One"]),
        (linking.EXCEL, ["a\tb\n1234.5"], ["a b\n1,234.50"], ["a\tb\n1234.5"]),
        (linking.EXCEL, ["a\tb"], ["a b\nA text box"], ["a\tb\nA text box"]),
        ("x.presentation", [""], ["Of the master"], ["Of the master"]),
    ],
)
def test_words_of_what_was_read_and_printed(mime: str, read: list[str], printed: list[str], expected: list[str]) -> None:
    assert printing.together(read, printed, mime) == expected
