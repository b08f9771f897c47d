"""Real files of every kind, many of them broken on purpose: each comes in, is read or plainly refused, and can be had again."""

import io
import os
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.conftest import csrf_of
from workspaces.library.models import File, FileVersion
from workspaces.previews.models import DONE, REFUSED, Preview, PreviewPage

DATA = os.environ.get("MAINSTAY_TEST_DATA")
KINDS = ("pdf", "docx, docm", "xlsx", "pptx", "odt, ods, odp", "doc", "xls", "ppt", "rtf", "msg")
KINDS += ("txt, csv", "html", "eml, mbox", "epub, zip", "png, jpg")
REASONS = {"kind", "locked", "broken"}


@pytest.mark.skipif(not DATA, reason="MAINSTAY_TEST_DATA is not set")
def test_every_file_is_read_or_plainly_refused(door, world, house, work) -> None:
    petra = door("petra")
    folder = f"/w/{world.ids['room']}/files/{world.ids['folder']}"
    names = {}
    for path in sorted((Path(DATA or "") / "documents-tika" / "files").iterdir()):
        content = path.read_bytes()
        names[path.name] = content
        sent = petra.post(f"{folder}/add", data={"csrf_token": csrf_of(petra), "files": (io.BytesIO(content), path.name)})
        assert sent.status_code == 303, path.name
    work()  # a handler that raised would leave its row waiting
    with house.db.reading() as session:
        found = session.execute(
            select(File.name, FileVersion.mime, Preview)
            .join(FileVersion, FileVersion.pk == File.version_pk)
            .outerjoin(Preview, Preview.sha256 == FileVersion.sha256)
        ).all()
        paths = {file.name: file.path for file in session.scalars(select(File))}
    read = {name: preview for name, _mime, preview in found if name in names}
    assert read.keys() == names.keys()
    assert {preview.state for preview in read.values()} == {DONE, REFUSED}
    assert {preview.why for preview in read.values()} <= REASONS | {""}
    assert Counter(preview.why for preview in read.values())["broken"] <= 3
    assert "testPassword4Spaces.pdf" in {name for name, preview in read.items() if preview.why == "locked"}
    for name, content in names.items():
        for url in (paths[name], f"{paths[name]}/page/1"):
            assert petra.get(url).status_code == 200, url
        with petra.get(f"{paths[name]}/download") as got:
            assert got.data == content, name
    with house.db.reading() as session:
        words = set(session.scalars(select(PreviewPage.preview_pk).where(PreviewPage.text != "")))
        pictured = set(session.scalars(select(PreviewPage.preview_pk).where(PreviewPage.picture.is_not(None))))
    print_table([(name, each.why or ("words" if each.pk in words else "none"), each.pk in pictured) for name, each in read.items()])


def print_table(found: list[tuple[str, str, bool]]) -> None:
    """The table of docs/previews.md, seen with `pytest -s`: (name, what became of it, whether it is pictured)."""
    print("\n| ending | files | pictured | words read | nothing in it | locked | broken | no reader |\n" + "| --- " * 8 + "|")
    for kind in KINDS:
        its = [(what, pictured) for name, what, pictured in found if name.rpartition(".")[2] in kind.split(", ")]
        counts = Counter(what for what, _pictured in its)
        pictures = sum(pictured for _what, pictured in its)
        told = [len(its), pictures, *(counts[what] for what in ("words", "none", "locked", "broken", "kind"))]
        print(f"| {kind} | " + " | ".join(str(count or "") for count in told) + " |")
