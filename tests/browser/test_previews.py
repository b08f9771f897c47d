"""A word of page 9 is found, and read where it stands; pages are turned by keys, and without a script too."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from search.demo import papers
from tests.browser.conftest import Site
from tests.waiting import eventually

MANUAL = "\n---\n".join(
    f"Page {n} of the manual\n{'The zebrafish valve opens at nine bar' if n == 9 else 'Nothing of note'}" for n in range(1, 12)
)


def test_from_the_search_to_the_page(site: Site, window: Callable[..., Page]) -> None:
    page = window("petra")
    page.goto(f"{site.path_of('room')}files/{site.world.ids['folder']}")
    page.locator("#f-files").set_input_files({"name": "Manual.pdf", "mimeType": "application/pdf", "buffer": papers.pdf(MANUAL)})
    expect(page.locator(".adding li")).to_contain_text("Added")
    hit = page.get_by_role("link", name="Manual.pdf, page 9")
    eventually(lambda: page.goto("/search?q=zebrafish") and hit.count())  # once the worker has read it
    hit.click()
    expect(page.locator("mark", has_text="zebrafish")).to_be_visible()
    expect(page.get_by_text("Page 9 of 11")).to_be_visible()
    eventually(lambda: page.reload() and page.locator("main img").count())  # the pictures come after the words
    page.locator("main img").first.evaluate("image => image.decode()")  # raises where the picture is none
    page.keyboard.press("ArrowRight")
    expect(page.get_by_text("Page 10 of 11")).to_be_visible()
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_text("Page 9 of 11")).to_be_visible()
    url = page.url

    plain = window("rolf", phone=True, dark=True, scripts=False)
    plain.goto(url)
    expect(plain.locator("mark", has_text="zebrafish")).to_be_visible()
    plain.get_by_role("link", name="Next page").first.click()
    expect(plain.get_by_text("Page 10 of 11")).to_be_visible()
