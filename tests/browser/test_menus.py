"""The menu of a message is one for the whole page; opened, it is that message's, and offers what the reader may do with it."""

from playwright.sync_api import Page, expect

from tests.browser.conftest import Site, Window


def _offers(page: Page, site: Site, post: str) -> list[str]:
    """Open the menu of a message, with the keyboard, and read it."""
    message = page.locator(f"#p-{site.world.ids[post]}")
    message.locator("a[data-menu]").press("Enter")
    expect(message.locator("summary")).to_be_focused()
    items = message.locator(".menu-pop a")
    expect(items.first).to_be_visible()
    offered = [words.split("\n")[0] for words in items.all_inner_texts()]
    page.keyboard.press("Escape")
    expect(message.locator("details[open]")).to_have_count(0)
    return offered


def test_the_menu_is_the_message_s_own(site: Site, window: Window) -> None:
    address = f"{site.path_of('room')}discussions/{site.world.ids['topic']}"
    petra, rolf, rhea = window("petra"), window("rolf"), window("rhea")
    for page in (petra, rolf, rhea):
        page.goto(address)
    assert _offers(petra, site, "post") == ["Copy link", "Quote", "This is the answer", "Report to the moderators"]
    assert _offers(rolf, site, "post") == ["Copy link", "Report to the moderators"]
    assert _offers(rhea, site, "post") == [
        "Copy link",
        "Quote",
        "This is the answer",
        "Edit",
        "What this message is",
        "Split off",
        "Hide, with a reason",
        "Remove",
    ]
    quote = petra.locator(f"#p-{site.world.ids['post']}")
    quote.locator("summary").click()
    quote.get_by_text("Quote").click()
    assert petra.locator("form.composer textarea").input_value().startswith("> ")


def test_without_scripts_it_is_a_page(site: Site, window: Window) -> None:
    rhea = window("rhea", scripts=False)
    rhea.goto(f"{site.path_of('room')}discussions/{site.world.ids['topic']}")
    rhea.locator(f"#p-{site.world.ids['post']} a[data-menu]").click()
    expect(rhea.locator("h1")).to_have_text("A message by Rhea Rep")
    expect(rhea.get_by_role("button", name="Remove")).to_be_visible()
