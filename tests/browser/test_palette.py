"""Where to go, by name, from any page; and the keys, which leave fields alone."""

from playwright.sync_api import Page, expect

from tests.browser.conftest import Site, Window, shoot
from tests.browser.test_pages import AXE, JUDGE, TAGS

TOPIC = "Can the gateways run on 24 V panels?"


def opened(page: Page) -> None:
    page.keyboard.press("Control+k")
    expect(page.locator("#jump-list [role=option]").first).to_be_visible()


# Whether two things about a discussion wait in the inbox.
TOLD = """async (title) => (await (await fetch("/api/v1/notifications")).json()).items.filter((one) => one.title === title).length === 2"""


def chosen(page: Page) -> str:
    return page.locator("#jump-list [aria-selected=true]").inner_text()


def clean(page: Page) -> list[str]:
    page.evaluate(AXE)
    return page.evaluate(JUDGE, TAGS)["axe"]


def test_by_keyboard_from_any_page(site: Site, window: Window) -> None:
    rhea = window("rhea")
    rhea.goto("/me/settings/profile")
    opened(rhea)
    expect(rhea.get_by_role("combobox", name="Search or jump to")).to_be_focused()
    rhea.keyboard.type("24 V pan")
    expect(rhea.get_by_role("option", name=TOPIC)).to_be_visible()
    expect(rhea.locator("#live")).to_contain_text("to choose from")
    shoot(rhea, "palette")
    assert clean(rhea) == []
    assert TOPIC in chosen(rhea)
    rhea.keyboard.press("Enter")
    expect(rhea.get_by_role("heading", name=TOPIC)).to_be_visible()

    # A person, where they are met; an action of this place; Escape gives back the focus.
    rhea.get_by_label("Your reply").focus()
    opened(rhea)
    rhea.keyboard.type("petra")
    expect(rhea.get_by_role("group", name="People").get_by_role("option", name="Petra Prospect").first).to_be_visible()
    rhea.keyboard.press("Escape")
    expect(rhea.get_by_label("Your reply")).to_be_focused()
    opened(rhea)
    rhea.keyboard.press("Control+a")
    rhea.keyboard.type("invite")
    expect(rhea.get_by_role("group", name="Actions").get_by_role("option", name="Invite people")).to_be_visible()
    expect(rhea.locator("#jump-list [aria-selected=true]")).to_contain_text("Invite people")
    rhea.keyboard.press("Enter")
    rhea.wait_for_url("**/people#invite")

    # What was looked at lately, before anything is typed.
    opened(rhea)
    expect(rhea.get_by_role("group", name="Lately").get_by_role("option", name=TOPIC)).to_be_visible()
    shoot(rhea, "palette-lately")


def test_on_a_phone_and_without_scripts(site: Site, window: Window) -> None:
    petra = window("petra", phone=True, dark=True)
    petra.goto(site.path_of("room"))
    petra.get_by_role("link", name="Search this workspace").tap()
    expect(petra.get_by_role("option", name="Start a discussion")).to_be_visible()
    assert "Settings of this workspace" not in petra.locator("#jump-list").inner_text()
    petra.get_by_role("combobox").fill("24 V")
    expect(petra.get_by_role("option", name=TOPIC)).to_be_visible()
    shoot(petra, "palette-phone")
    assert clean(petra) == []
    assert petra.evaluate("document.documentElement.scrollWidth <= innerWidth")
    petra.get_by_role("option", name="Search for “24 V”").tap()
    petra.wait_for_url("**/search?q=24+V&in=*")

    plain = window("petra", phone=True, scripts=False)
    plain.goto(site.path_of("room"))
    plain.get_by_role("link", name="Search this workspace").click()
    plain.wait_for_url("**/search?in=*")


def test_nobody_finds_what_they_may_not_see(site: Site, window: Window) -> None:
    for name, words in (("otto", "24 V"), ("otto", "petra"), ("petra", "margin"), ("petra", "otto")):
        page = window(name)
        page.goto("/me/settings/profile")
        opened(page)
        page.keyboard.type(words)
        expect(page.locator("#jump-list [role=option]")).to_have_count(1)
        expect(page.locator("#jump-list [role=option]")).to_have_text(f"Search for “{words}”")


def test_the_keys_of_a_page(site: Site, window: Window) -> None:
    petra = window("petra")
    petra.goto(f"{site.path_of('room')}discussions")
    petra.keyboard.press("j")
    petra.keyboard.press("Enter")
    expect(petra.get_by_role("heading", name=TOPIC)).to_be_visible()
    petra.keyboard.press("?")
    keys = petra.get_by_role("dialog", name="Keyboard")
    expect(keys).to_contain_text("Copy the link to the message")
    expect(keys.get_by_text("Select the item")).not_to_be_visible()
    expect(keys.get_by_text("Accounts")).not_to_be_visible()
    shoot(petra, "keys")
    petra.keyboard.press("Escape")
    petra.keyboard.press("r")
    petra.keyboard.type("gdjk?")  # never active in a field
    expect(petra.get_by_label("Your reply")).to_have_value("gdjk?")
    petra.get_by_label("Your reply").fill("")
    petra.locator("h1").click()
    petra.keyboard.press("g")
    petra.keyboard.press("p")
    petra.wait_for_url("**/people")
    petra.goto("/me/settings/profile")
    petra.locator("h1").first.click()
    petra.keyboard.press("g")
    petra.keyboard.press("h")  # this page has no such tab: home is where the workspaces are
    petra.wait_for_url("**/w/**")


def test_keys_that_are_turned_off(site: Site, window: Window) -> None:
    mark = window("mark")
    mark.goto("/me/settings/keyboard")
    mark.get_by_label("Single keys do things").uncheck()
    mark.get_by_role("button", name="Save").click()
    expect(mark.locator(".toast", has_text="Saved.")).to_be_visible()
    mark.goto(f"{site.path_of('room')}discussions")
    mark.keyboard.press("?")
    mark.keyboard.press("c")
    expect(mark.get_by_role("dialog", name="Keyboard")).not_to_be_visible()
    opened(mark)
    assert mark.url.endswith("/discussions")


def test_the_inbox_by_keys(site: Site, window: Window) -> None:
    petra, rhea = window("petra"), window("rhea")
    petra.goto(f"{site.path_of('room')}discussions/{site.world.ids['topic']}")
    petra.get_by_label("Your reply").fill("Which fuse, @Rhea?")
    petra.get_by_role("button", name="Send").click()
    expect(petra.get_by_text("Which fuse")).to_be_visible()
    rhea.goto("/me/notifications")
    rhea.wait_for_function(TOLD, arg=TOPIC, polling=250)  # the worker puts it there
    rhea.reload()
    row = rhea.locator("[data-item]", has_text=TOPIC)
    other = rhea.locator("[data-item]").filter(has_not_text=TOPIC)  # another discussion in a workspace of hers
    other.get_by_role("button", name="Done with").click()
    expect(other).to_have_count(0)
    expect(row).to_contain_text("2 new")
    rhea.keyboard.press("j")
    rhea.keyboard.press("u")
    expect(row).not_to_contain_text("2 new")
    rhea.keyboard.press("j")
    rhea.keyboard.press("u")
    expect(row).to_contain_text("2 new")
    rhea.keyboard.press("j")
    rhea.keyboard.press("e")
    expect(row).to_have_count(0)
    rhea.keyboard.press("z")
    expect(row).to_have_count(1)
    rhea.goto("/today")
    rhea.keyboard.press("n")
    rhea.wait_for_url("**/discussions/*#new")
