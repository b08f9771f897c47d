"""Signs on messages: one press, for everybody who looks, and nothing else moves."""

from playwright.sync_api import expect

from tests.browser.conftest import Site, Window, shoot


def test_one_press_is_seen_by_others_and_taken_back(site: Site, window: Window) -> None:
    address = f"{site.path_of('room')}discussions/{site.world.ids['topic']}"
    petra, rolf = window("petra"), window("rolf")
    for page in (petra, rolf):
        page.goto(address)
    message, seen = (page.locator(f"#p-{site.world.ids['post']}") for page in (petra, rolf))
    expect(seen.get_by_role("button", name="Helpful")).to_have_count(0)  # a reader has nothing to press
    helpful = message.get_by_role("button", name="Helpful")
    expect(helpful).to_have_attribute("aria-pressed", "false")
    helpful.focus()
    petra.keyboard.press("l")
    expect(helpful).to_have_attribute("aria-pressed", "true")
    expect(helpful).to_be_focused()
    chip = seen.get_by_role("button", name="Helpful")
    expect(chip).to_contain_text("1")
    expect(chip.locator(".by")).not_to_be_visible()
    chip.focus()
    expect(chip.locator(".by")).to_have_text("Petra Prospect")
    expect(chip.locator(".by")).to_be_visible()

    message.get_by_label("More for the message").click()
    message.locator(".pick-sign").get_by_role("button", name="Agreed").click()
    expect(seen.get_by_role("button", name="Agreed")).to_contain_text("1")
    shoot(petra, "signs")
    message.get_by_role("button", name="Helpful").click()
    expect(seen.get_by_role("button", name="Helpful")).to_have_count(0)


def test_nothing_leaves_the_screen_of_a_phone(site: Site, window: Window) -> None:
    mark = window("mark", phone=True, dark=True)
    mark.goto(f"{site.path_of('room')}discussions/{site.world.ids['topic']}")
    message = mark.locator(f"#p-{site.world.ids['post']}")
    for name in ("Helpful", "Agreed", "Congratulations", "Made me smile"):
        if name != "Helpful":
            message.get_by_label("More for the message").click()
            message.locator(".pick-sign").get_by_role("button", name=name).click()
        else:
            message.get_by_role("button", name=name).click()
        expect(message.locator(".signs").get_by_role("button", name=name)).to_have_attribute("aria-pressed", "true")
    message.get_by_label("More for the message").click()
    expect(message.locator(".pick-sign")).to_be_visible()
    shoot(mark, "signs-phone")
    assert mark.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_without_scripts(site: Site, window: Window) -> None:
    petra = window("petra", scripts=False)
    petra.goto(f"{site.path_of('room')}discussions/{site.world.ids['topic']}")
    message = petra.locator(f"#p-{site.world.ids['post']}")
    message.get_by_role("button", name="Helpful").click()
    expect(message.get_by_role("button", name="Helpful")).to_have_attribute("aria-pressed", "true")
    message.locator("a[data-menu]").click()
    petra.locator("#react").get_by_role("button", name="Congratulations").click()
    expect(message.locator(".signs").get_by_role("button", name="Congratulations")).to_have_attribute("aria-pressed", "true")
