"""What is seen of a file on its own page and beside its list."""

from typing import Any

from portal.kernel import markdown
from portal.kernel.actor import Actor
from workspaces.library.models import File, FileVersion
from workspaces.previews import queries

FEW = 25  # rows of a table on the file's own page


def of_page(file: File, shown: queries.Shown, marked: list[str]) -> dict[str, Any]:
    """What a page of a file is shown as: its picture, and its words as text, table or Markdown."""
    text = shown.page.text if shown.page else ""
    look = queries.looks(file.name, shown.version)
    if look == "table" and queries.SHEET in shown.version.mime and "\t" not in text:
        look = "text"  # of a printed page, which has no cells
    if marked and look == "markdown":
        look = "text"  # where the words can be marked
    return {
        "shown": shown,
        "look": look,
        "bits": queries.bits(text, marked) if look == "text" else [],
        "rows": [[queries.bits(cell, marked) for cell in row] for row in queries.cells(text)] if look == "table" else [],
        "html": markdown.render(text) if look == "markdown" else "",
        "here": f"{file.path}/page",
        "exact": f"?v={shown.version.number}",
    }


def preview(actor: Actor, file: File, version: FileVersion, page: int | None = None, **context: Any) -> dict[str, Any]:
    """For `file.preview`: a page of a version, the first if there is no such one, on the file's own."""
    asked = queries.shown(actor, version, page) if page and page <= queries.HIGHEST else None
    told = of_page(file, asked if asked and asked.page else queries.shown(actor, version), [])
    return told | {"rows": told["rows"][:FEW], "more": told["shown"].count > 1 or len(told["rows"]) > FEW}


def glance(actor: Actor, file: File, **context: Any) -> dict[str, Any]:
    """For `file.glance`: its picture beside a list."""
    return {"shown": queries.shown(actor, file.version)}
