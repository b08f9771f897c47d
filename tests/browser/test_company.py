"""Several at once: who is here, who is writing, and numbers that follow without a reload."""

from playwright.sync_api import expect

from tests.browser.conftest import Site, Window, shoot


def test_who_is_here_and_who_is_writing(site: Site, window: Window) -> None:
    topic = f"{site.path_of('room')}discussions/{site.world.ids['topic']}"
    petra, rhea, rolf = window("petra"), window("rhea"), window("rolf", phone=True, dark=True)
    petra.goto(topic)
    rolf.goto(topic)
    rhea.goto(topic)
    expect(petra.locator("[data-present-names]")).to_contain_text("Rhea Rep")
    rhea.get_by_label("Your reply").press_sequentially("Two metres")
    for page in (petra, rolf):
        expect(page.locator("[data-typing]")).to_have_text("Rhea Rep is writing")
    shoot(petra, "typing")
    shoot(rolf, "typing-phone")
    rhea.get_by_role("button", name="Send").click()
    expect(petra.locator("[data-typing]")).to_have_text("")
    mona = window("mona")
    mona.goto(topic)
    expect(petra.locator("[data-present-names]")).to_contain_text("Mona Manager")
    rhea.get_by_role("radio", name="Team note").check()
    rhea.get_by_label("Your reply").press_sequentially("Only ours, and slowly said", delay=150)  # it is said again every three seconds
    expect(mona.locator("[data-typing]")).to_have_text("Rhea Rep is writing a team note")
    expect(petra.locator("[data-typing]")).to_have_text("")
    rolf.goto(site.path_of("room") + "people")
    row = rolf.locator(f"#p-{site.world.ids['rhea']}")
    expect(row.get_by_text("Here now")).to_be_visible()
    shoot(rolf, "here-phone")
    rhea.goto("/me/settings/profile")
    rhea.get_by_label("Others see when I am here").uncheck()
    shoot(rhea, "presence-settings")
    rhea.get_by_role("button", name="Save this").click()
    rhea.goto(topic)
    expect(row.get_by_text("Here now")).not_to_be_visible()


def test_numbers_follow(site: Site, window: Window) -> None:
    mark, petra = window("mark"), window("petra")
    mark.goto(f"{site.path_of('room')}people")
    tab = mark.locator("[data-count=discussions]")
    before = int(tab.locator("[data-n]").inner_text()) if tab.is_visible() else 0
    petra.goto(f"{site.path_of('room')}discussions/{site.world.ids['topic']}")
    petra.get_by_label("Your reply").fill("Counted at once, @Mark.")
    petra.get_by_role("button", name="Send").click()
    expect(tab.locator("[data-n]")).to_have_text(str(before + 1))
    mark.reload()
    expect(tab.locator("[data-n]")).to_have_text(str(before + 1))
    other = mark.context.new_page()  # reading in another tab takes it away here
    other.goto(f"{site.path_of('room')}discussions/{site.world.ids['topic']}")
    expect(tab).not_to_be_visible()
