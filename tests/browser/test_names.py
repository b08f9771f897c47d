"""A manager pastes the company's names; what a client had written is found by them, its link shows why, is cut and tied again."""

from playwright.sync_api import expect

from tests.browser.conftest import Site, Window, reopened, shoot
from tests.browser.test_pages import AXE, JUDGE, TAGS
from tests.waiting import eventually
from workspaces.forums import actions as forums
from workspaces.forums.models import Topic

SAID = "The people of Hydrix were here on Monday, next to the GX-900."


def test_from_a_pasted_list_to_a_link_that_is_cut(site: Site, window: Window) -> None:
    house, world = reopened(site)
    with house.db.writing() as session:
        post = forums.post_message(world.actor(session, "petra"), session.get_one(Topic, world.pks["topic"]), body=SAID)
        address = f"{post.topic.path}/noticed"
        correcting = f"{post.topic.path}/posts/{post.id}/categories"
    house.close()

    mona = window("mona")
    mona.goto("/names")
    for lines, kind in (("Hydrix, the blue people\nFerrox", "competitor"), ("GX-900", "product")):
        mona.get_by_label("Names, one to a line").fill(lines)
        mona.get_by_label("It is a").select_option(kind)
        mona.get_by_role("button", name="Add", exact=True).click()
        expect(mona.get_by_role("link", name=lines.split(",")[0], exact=True)).to_be_visible()
    mona.evaluate(AXE)
    assert mona.evaluate(JUDGE, TAGS)["axe"] == []
    shoot(mona, "names")

    rhea = window("rhea")
    rhea.goto(address)
    eventually(lambda: rhea.reload() and rhea.get_by_text("it names Hydrix").count())
    eventually(lambda: rhea.reload() and rhea.locator("mark", has_text="GX-900").count())
    shoot(rhea, "noticed")
    rhea.goto(correcting)
    rhea.get_by_role("button", name="Cut GX-900").click()
    expect(rhea.get_by_role("button", name="Link again GX-900")).to_be_visible()
    shoot(rhea, "cut")
    rhea.get_by_role("button", name="Undo").first.click()
    expect(rhea.get_by_role("button", name="Cut GX-900")).to_be_visible()
    rhea.get_by_role("link", name="GX-900", exact=True).click()
    expect(rhea.get_by_role("heading", level=1, name="GX-900")).to_be_visible()
    expect(rhea.get_by_role("region", name="Spoken of in")).to_contain_text(SAID)
