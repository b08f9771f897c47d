"""The type of bytes comes from the bytes."""

import io
import zipfile

import pytest

from tests.workspaces.library.conftest import HOSTILE_BYTES, PDF, PNG, hostile_strings, office
from workspaces.library.content_types import HARMLESS, PICTURES, TEXT, UNKNOWN, type_of


def told(tmp_path, content: bytes) -> str:
    (tmp_path / "file").write_bytes(content)
    return type_of(content[:4096], lambda: (tmp_path / "file").open("rb"))


@pytest.mark.parametrize(
    ("content", "mime"),
    [
        (PNG, "image/png"),
        (b"\xff\xd8\xff\xe0" + b"\0" * 20, "image/jpeg"),
        (b"GIF89a" + b"\0" * 20, "image/gif"),
        (b"RIFF\x10\0\0\0WEBPVP8 ", "image/webp"),
        (PDF, "application/pdf"),
        (b"a,b\n1,2\n", TEXT),
        ("Grüße\n".encode(), TEXT),
        (b"x" * 4095 + "ü".encode(), TEXT),
        (b"", TEXT),
        (b"\xff\xfe\x00\x01nothing known", UNKNOWN),
        (office("word/document.xml"), "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        (office("xl/workbook.xml"), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        (office("ppt/presentation.xml"), "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
        (office("anything.html"), "application/zip"),
        (b"\0\0\0\x20ftypisom" + b"\0" * 40, "video/mp4"),
    ],
)
def test_types(tmp_path, content, mime):
    assert told(tmp_path, content) == mime


def test_an_office_document_whose_parts_lie_far_inside(tmp_path):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/media/image1.png", bytes(range(256)) * 2000)
        archive.writestr("word/document.xml", "<x/>")
    assert told(tmp_path, made.getvalue()).endswith("wordprocessingml.document")


def test_an_open_document(tmp_path):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        archive.writestr("content.xml", "<x/>")
    assert told(tmp_path, made.getvalue()) == "application/vnd.oasis.opendocument.text"


@pytest.mark.parametrize("name", HOSTILE_BYTES)
def test_nothing_that_runs_is_called_by_its_type(tmp_path, name):
    mime = told(tmp_path, HOSTILE_BYTES[name])
    assert mime == UNKNOWN or (name == "polyglot.gif" and mime == "image/gif")


def test_nor_is_any_payload_of_the_big_lists(tmp_path):
    for payload in hostile_strings():
        mime = told(tmp_path, payload.encode("utf-8", "replace"))
        assert mime in PICTURES | {TEXT, UNKNOWN} or HARMLESS.fullmatch(mime)
