"""File names that cannot hurt: not in a header, a list, a file system or a reader's eye."""

import unicodedata

import pytest
from werkzeug.http import parse_options_header
from werkzeug.test import EnvironBuilder
from werkzeug.utils import send_file

from tests.workspaces.library.conftest import HOSTILE_NAMES, hostile_strings
from workspaces.library.names import LONGEST, RESERVED, clean_name, numbered


def holds(name: str) -> None:
    assert name
    assert len(name.encode()) <= LONGEST
    assert not set(name) & set('/\\<>:"|?*\r\n\t\0')
    assert not name.startswith((".", "-", " "))
    assert not name.endswith((".", " "))
    assert not RESERVED.fullmatch(name)
    assert unicodedata.is_normalized("NFC", name)
    assert all(unicodedata.category(c) not in ("Cc", "Cs", "Zl", "Zp") for c in name)
    assert not set(name) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u200b\ufeff")
    assert clean_name(name) == name


@pytest.mark.parametrize("told", HOSTILE_NAMES)
def test_every_name_becomes_harmless(told):
    holds(clean_name(told))


def test_so_does_every_string_of_the_big_lists():
    for told in hostile_strings():
        holds(clean_name(told))
        holds(clean_name(told + ".pdf"))


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ("Site survey, Low Fold.pdf", "Site survey, Low Fold.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\petra\\plan.xlsx", "plan.xlsx"),
        (".htaccess", "htaccess"),
        ("CON", "_CON"),
        ("-rf", "_-rf"),
        ("e\u0301te\u0301.pdf", "été.pdf"),
        ("annual\u202efdp.exe", "annualfdp.exe"),
        ("  two   spaces .pdf ", "two spaces.pdf"),
        ("", "Unnamed file"),
        ("...", "Unnamed file"),
    ],
)
def test_what_remains_can_be_recognised(told, kept):
    assert clean_name(told) == kept


def test_a_long_name_keeps_its_ending():
    assert clean_name("a" * 400 + ".pdf").endswith("aaa.pdf")
    assert numbered("é" * 124 + ".docx", 2).endswith("é (2).docx")
    assert len(numbered("é" * 124 + ".docx", 12).encode()) <= LONGEST
    assert numbered("Survey.pdf", 2) == "Survey (2).pdf"


@pytest.mark.parametrize("told", HOSTILE_NAMES)
def test_no_name_escapes_its_header(told, tmp_path):
    (tmp_path / "bytes").write_bytes(b"x")
    environ = EnvironBuilder().get_environ()
    response = send_file(tmp_path / "bytes", environ, as_attachment=True, download_name=clean_name(told), mimetype="text/plain")
    disposition, options = parse_options_header(response.headers["Content-Disposition"])
    response.close()
    assert disposition == "attachment"
    assert set(options) <= {"filename"}
    assert options["filename"] == clean_name(told)
