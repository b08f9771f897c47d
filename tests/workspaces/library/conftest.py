"""Files for the library's tests: bytes as people and attackers send them."""

import io
import os
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from portal.kernel.house import House
from workspaces.library.receiving import Received, take

DATA = os.environ.get("MAINSTAY_TEST_DATA")

PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89" + b"\x00" * 40
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n"


def office(member: str) -> bytes:
    """A small archive in the shape of an office document."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr(member, "<x/>")
    return made.getvalue()


HOSTILE_BYTES = {  # what no browser may ever be told to run: name -> bytes
    "page.html": b"<!doctype html><script>alert(1)</script>",
    "note.txt": b"\xef\xbb\xbf  <html><body onload=alert(1)>",
    "picture.svg": b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
    "bare.svg": b"<svg/onload=alert(1)>",
    "sheet.xml": b'<?xml version="1.0"?><?xml-stylesheet href="x.xsl"?><a/>',
    "page.xhtml": b'<html xmlns="http://www.w3.org/1999/xhtml"><script>alert(1)</script></html>',
    "saved.mht": b"MIME-Version: 1.0\r\nContent-Type: text/html\r\n\r\n<script>alert(1)</script>",
    "link.url": b"[InternetShortcut]\r\nURL=javascript:alert(1)\r\n<script>",
    "movie.swf": b"CWS\x0a" + b"\x00\x01" * 40,
    "photo.png": b"<script>alert('I am no photo')</script>",
    "polyglot.gif": b"GIF89a/*<svg/onload=alert(1)>*/=alert(1)//",
    "wide.txt": "<script>alert(1)</script>".encode("utf-16"),
}

HOSTILE_NAMES = (
    "../../etc/passwd",
    "..\\..\\boot.ini",
    "/etc/shadow",
    "a\x00b.pdf",
    "x\r\nSet-Cookie: a=b\r\n\r\n<script>.pdf",
    'quote".pdf',
    "semi;colon.pdf",
    "annual\u202efdp.exe",
    "zero\u200bwidth\u2066.pdf",
    "CON",
    "nul.txt",
    "com1.tar.gz",
    ".htaccess",
    "...",
    "-rf",
    " . ",
    "",
    "e\u0301te\u0301.pdf",
    "été.pdf",
    "文書.docx",
    "👩‍👩‍👧.png",
    "a" * 400 + ".pdf",
    "é" * 300 + ".pdf",
    "x." + "y" * 300,
    "<script>alert(1)</script>.html",
    "{{7*7}}.txt",
    "%2e%2e%2f.txt",
    "name|with*many?bad<chars>:.txt",
    "tab\there\nand line.txt",
    "trailing dot.",
)


@pytest.fixture
def bring(house: House) -> Callable[[str, bytes], Received]:
    """`bring("a.pdf", b"…")`: bytes as if they had just come."""
    return lambda name, content=b"bytes": take(house.storage, name, [content], 10**6)


def hostile_strings() -> list[str]:
    """All strings of the big lists where they are at hand."""
    if not DATA:
        pytest.skip("MAINSTAY_TEST_DATA is not set")
    folder = Path(DATA) / "hostile-strings"
    import json

    payloads = (folder / "xss-payloads-300.txt").read_text(errors="replace").splitlines()
    return [*json.loads((folder / "blns.json").read_text()), *payloads]
