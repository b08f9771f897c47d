"""The library as its readers meet it: three files dropped while the connection goes and comes, a page, a word found, an older version."""

import random

import pytest
from playwright.sync_api import Page, expect

from search.demo import papers
from tests.browser.conftest import Site, Window, shoot
from tests.browser.test_palette import clean
from tests.waiting import eventually

SURVEY = 24 * 2**20  # bytes: sent in pieces


def manual(word: str) -> bytes:
    """Eleven pages; the ninth holds the word, the fourth has a name of its own."""
    said = {4: "Wiring of the gateway", 9: f"The {word} valve opens at nine bar"}
    return papers.pdf("\n---\n".join(f"Page {n} of the manual\n{said.get(n, 'Nothing of note')}" for n in range(1, 12)))


def drop(page: Page, files: dict[str, str]) -> None:
    """Drop files on the page, as their bytes in latin-1."""
    dropped = page.evaluate_handle(
        """files => {
            const transfer = new DataTransfer();
            const bytes = (text) => Uint8Array.from(text, (letter) => letter.charCodeAt(0));
            for (const [name, text] of Object.entries(files)) transfer.items.add(new File([bytes(text)], name));
            return transfer;
        }""",
        files,
    )
    for event in ("dragenter", "dragover", "drop"):
        page.dispatch_event("main", event, {"dataTransfer": dropped})


@pytest.mark.parametrize("phone", [False, True], ids=["wide", "phone"])
def test_three_files_dropped_and_read(site: Site, window: Window, phone: bool) -> None:
    size = "phone" if phone else "wide"
    word, name = f"okapi{size}", f"Manual {size}.pdf"
    page = window("petra", phone=phone)
    folder = f"{site.path_of('room')}files/{site.world.ids['folder']}"
    page.goto(folder)
    # The connection goes as the large one begins.
    page.route("**/api/v1/uploads", lambda route: (page.context.set_offline(True), route.continue_()))
    survey = random.Random(size).randbytes(SURVEY).decode("latin-1")
    drop(page, {f"Survey {size}.bin": survey, name: manual("zebra").decode("latin-1"), f"Prices {size}.csv": "part,price\nvalve,12\n"})
    lines = page.locator(".adding li")
    expect(lines).to_have_count(3)
    expect(page.locator(".adding")).to_contain_text("Waiting for your connection")
    shoot(page, f"library-offline-{size}")
    page.unroute("**/api/v1/uploads")
    page.context.set_offline(False)
    for each in (f"Survey {size}.bin", name, f"Prices {size}.csv"):
        expect(lines.filter(has_text=each)).to_contain_text("Added", timeout=60_000)

    page.goto(folder)
    page.get_by_role("link", name=name).first.click()
    if not phone:  # there it shows beside the list
        page.get_by_role("heading", name=name).get_by_role("link").click()
    page.get_by_text("Add a new version").click()
    page.get_by_label("The new version").set_input_files({"name": name, "mimeType": "application/pdf", "buffer": manual(word)})
    page.get_by_label("What changed?").fill("Another valve")
    page.get_by_role("button", name="Add this version").click()
    expect(page.get_by_role("list", name="Versions")).to_contain_text("Another valve")
    own = page.url.partition("?")[0].partition("#")[0]

    eventually(lambda: page.goto(f"{own}/page/4") and page.locator("main img").count())  # once the worker has drawn it
    page.locator("main img").first.evaluate("image => image.decode()")  # raises where the picture is none
    expect(page.get_by_text("Page 4 of 11, Version 2")).to_be_visible()
    expect(page.locator("pre")).to_contain_text("Wiring of the gateway")
    shoot(page, f"library-page-4-{size}")
    assert clean(page) == []

    hit = page.get_by_role("link", name=f"{name}, page 9")
    eventually(lambda: page.goto(f"/search?q={word}") and hit.count())
    hit.click()
    expect(page.locator("mark", has_text=word)).to_be_visible()
    expect(page.get_by_text("Page 9 of 11, Version 2")).to_be_visible()

    page.goto(own)
    page.get_by_role("link", name="Open version 1").click()
    expect(page.get_by_text("This is version 1. It is not the current one.")).to_be_visible()
    page.goto(f"{own}/page/9?v=1")
    expect(page.locator("pre")).to_contain_text("The zebra valve opens at nine bar")
    expect(page.locator("main")).not_to_contain_text(word)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "nothing stands out to the side"
    shoot(page, f"library-older-{size}")
