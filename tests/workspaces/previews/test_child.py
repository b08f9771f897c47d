"""The child by itself: what it may not do, what a hostile file comes to, that each kind is read."""

import io
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest
from PIL import Image

from search.demo import papers
from tests.workspaces.previews import bombs
from workspaces.previews.child.confine import MEMORY
from workspaces.previews.running import Answer, ask

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ODT = "application/vnd.oasis.opendocument.text"


def read(tmp_path: Path, content: bytes, mime: str, act: str = "text", wall: float = 30.0) -> Answer:
    path = tmp_path / "asked"
    path.write_bytes(content)
    with path.open("rb") as file:
        return ask(file, tmp_path, act, mime, wall=wall)


def words(answer: Answer) -> list[str]:
    assert answer.why == ""
    return [page.text for page in answer.pages]


def test_the_walls_stand(tmp_path: Path) -> None:
    walls = read(tmp_path, b"", "", "walls").walls
    assert "limits" in walls
    assert {"namespace", "filter"} & set(walls), "this kernel lets the child reach a network"


@pytest.mark.parametrize(
    "act",
    [
        "import socket; socket.socket()",
        "import subprocess; subprocess.run(['true'])",
        "import os; os.execv('/bin/true', ['true'])",
        "print('x' * 10, file=open('written', 'w'), flush=True)",
        "import ctypes; assert ctypes.CDLL(None).socket(2, 1, 0) >= 0",
        f"bytearray({MEMORY})",
    ],
)
def test_what_it_may_not_do(tmp_path: Path, act: str) -> None:
    """Each is possible before the walls stand, and not behind them."""
    for walls, works in (("", True), ("from workspaces.previews.child.confine import confine; confine();", False)):
        told = subprocess.run([sys.executable, "-c", f"{walls}\n{act}"], cwd=tmp_path, capture_output=True, check=False)
        assert (told.returncode == 0) == works, told.stderr


def test_a_pdf_by_its_pages(tmp_path: Path) -> None:
    content = papers.pdf("First words\n---\nSecond words (in brackets)\n---\nThird")
    assert [text.strip() for text in words(read(tmp_path, content, "application/pdf"))] == [
        "First words",
        "Second words (in brackets)",
        "Third",
    ]


def test_a_pictured_pdf(tmp_path: Path) -> None:
    answer = read(tmp_path, papers.pdf("# Heading"), "application/pdf", "pictures")
    image = Image.open(io.BytesIO(answer.pages[0].picture))
    assert (image.format, image.width) == ("WEBP", answer.pages[0].width)
    assert answer.pages[0].width == 1240


def test_a_photo_keeps_nothing_of_where_it_was_taken(tmp_path: Path) -> None:
    """And is the right way up."""
    photo, exif = io.BytesIO(), Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    exif.get_ifd(0x8825)[2] = (51.0, 30.0, 0.0)  # GPS latitude
    exif[0x010E] = "zqphotographed"
    Image.new("RGB", (400, 200), "red").save(photo, "JPEG", exif=exif)
    assert b"zqphotographed" in photo.getvalue()
    made = read(tmp_path, photo.getvalue(), "image/jpeg", "pictures").pages[0]
    image = Image.open(io.BytesIO(made.picture))
    assert image.size == (200, 400)
    assert not image.getexif()
    assert b"zqphotographed" not in made.picture
    assert b"EXIF" not in made.picture


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"Plain words", "Plain words"),
        ("Größe".encode("utf-16"), "Größe"),
        ("Grüße aus Köln, schöne Größe für Äpfel".encode("cp1252"), "Grüße aus Köln, schöne Größe für Äpfel"),
        (b"<!doctype html><title>T</title><script>alert(1)</script><p>Shown <b>words</b></p>", "T\nShown words"),
        (b"From: a@b.example\r\nTo: c@d.example\r\nSubject: Pumps\r\nDate: x\r\n\r\nBody here\r\n", "Subject: Pumps"),
    ],
)
def test_text_of_many_kinds(tmp_path: Path, content: bytes, expected: str) -> None:
    assert expected in "\n".join(words(read(tmp_path, content, "application/octet-stream")))


def test_long_text_comes_in_pages_and_loses_nothing(tmp_path: Path) -> None:
    lines = [f"line {n}" for n in range(5000)]
    told = words(read(tmp_path, "\n".join(lines).encode(), "text/plain"))
    assert len(told) > 5
    assert "\n".join(told).split("\n") == lines


def test_word_with_what_is_beside_the_text(tmp_path: Path) -> None:
    paragraph = '<w:p xmlns:w="w"><w:r><w:t>{}</w:t></w:r></w:p>'
    body = "<w:document xmlns:w='w'>" + paragraph.format("One") + '<w:p><w:r><w:br w:type="page"/><w:t>Two</w:t></w:r></w:p></w:document>'
    content = bombs.archive({"word/document.xml": body, "word/footnotes.xml": f"<w:f xmlns:w='w'>{paragraph.format('Noted')}</w:f>"})
    assert words(read(tmp_path, content, WORD)) == ["One", "Two", "Noted"]


def test_excel_with_days(tmp_path: Path) -> None:
    from datetime import date

    from openpyxl import Workbook

    book, made = Workbook(), io.BytesIO()
    book.active.title = "Pumps"
    book.active.append(["Site", date(2026, 3, 4), 12.5])
    book.create_sheet("Second").append(["Words"])
    book.save(made)
    told = words(read(tmp_path, made.getvalue(), EXCEL))
    assert told[0].startswith("Pumps")
    assert "Site\t2026-03-04" in told[0]
    assert told[1].endswith("Words")


def test_opendocument(tmp_path: Path) -> None:
    xml = "<o:c xmlns:o='o' xmlns:text='t'><text:h>Head</text:h><text:p>A<text:s/>b<text:span>c</text:span></text:p></o:c>"
    assert words(read(tmp_path, bombs.archive({"content.xml": xml}), ODT)) == ["Head\nA bc"]


@pytest.mark.parametrize("name", bombs.BOMBS)
def test_bombs_come_to_a_plain_word(tmp_path: Path, name: str) -> None:
    content, mime, act, reasons = bombs.BOMBS[name]
    begun = time.monotonic()
    answer = read(tmp_path, content(), mime, act)
    assert answer.why in reasons, answer
    assert time.monotonic() - begun < 120  # the wall is 30; a busy machine starts slowly


def test_one_that_hangs_is_stopped(tmp_path: Path) -> None:
    answer = read(tmp_path, papers.pdf("x"), "application/pdf", wall=0.001)
    assert (answer.why, answer.again) == ("slow", True)


def test_a_zip_tells_what_is_in_it(tmp_path: Path) -> None:
    content = bombs.archive({"../../etc/passwd": "x", "photos/one.jpg": "xx"})
    assert words(read(tmp_path, content, "application/zip")) == ["../../etc/passwd\t1\nphotos/one.jpg\t2"]
    assert not (tmp_path.parent / "etc").exists()


def test_every_answer_is_checked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the child says is as little believed as the file."""
    from workspaces.previews import running

    for said, why in (
        (b"nonsense\n", "crashed"),
        (b'{"page": 1}\n', "crashed"),
        (b'{"end": true, "refused": "<b>"}\n', "broken"),
        (b"", "crashed"),
    ):
        answer = running.Answer()
        try:
            ended = running._hear(io.BytesIO(said), answer)
        except (ValueError, KeyError, TypeError):
            ended = False
        assert (answer.why or ("" if ended else "crashed")) == why


def test_an_archive_of_ten_thousand_names(tmp_path: Path) -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for n in range(21_000):
            archive.writestr(f"{n}", "")
    assert read(tmp_path, made.getvalue(), "application/zip").why == "large"
