"""Who takes over an account: from Today to the brief, to what a line rests on and back, to how it stood before, and onto paper."""

from datetime import timedelta
from pathlib import Path

import pypdfium2
from playwright.sync_api import Page, expect

from portal.accounts import actions as accounts
from portal.accounts.models import Account
from portal.kernel.clock import now
from portal.people.models import Person
from tests.browser.conftest import Site, Window, reopened, shoot
from tests.browser.test_pages import AXE, JUDGE, TAGS
from tests.waiting import eventually
from workspaces.forums import actions as forums
from workspaces.forums.models import Topic

ASKED, PROMISED = "How long does the battery last?", "I will send you the offer by Friday."


def hand_over(site: Site) -> None:
    house, world = reopened(site)
    with house.db.writing() as session:
        for name, words in {"petra": ASKED, "rhea": PROMISED}.items():
            forums.post_message(world.actor(session, name), session.get_one(Topic, world.pks["topic"]), body=words)
    with house.db.writing() as session:
        account = session.get_one(Account, world.pks["calder"])
        accounts.give_account(world.actor(session, "rhea"), account, to=session.get_one(Person, world.pks["nora"]), reason="She moves on.")
    house.close()


def noticed(page: Page) -> None:
    """The worker looks at what was written a moment later."""
    waits = page.get_by_role("region", name="Unanswered questions").get_by_text(ASKED)
    eventually(lambda: page.reload() and waits.count())


def test_from_today_to_what_a_line_rests_on(site: Site, window: Window, tmp_path: Path) -> None:
    hand_over(site)
    nora = window("nora")
    nora.goto("/today")
    nora.get_by_role("link", name="Read the brief of Calder Water").click()
    expect(nora.get_by_role("heading", level=1, name="Brief")).to_be_visible()
    noticed(nora)
    first = nora.get_by_role("region", name="First things to do").get_by_role("listitem").first
    expect(first).to_contain_text("Answer Petra Prospect")
    expect(nora.get_by_role("region", name="What we owe")).to_contain_text(PROMISED)
    expect(nora.get_by_role("region", name="How it got here")).to_contain_text("She moves on.")
    nora.evaluate(AXE)
    assert nora.evaluate(JUDGE, TAGS)["axe"] == []
    shoot(nora, "brief")

    nora.pdf(path=tmp_path / "brief.pdf", prefer_css_page_size=True)
    with pypdfium2.PdfDocument(tmp_path / "brief.pdf") as paper:
        assert len(paper) <= 2

    first.get_by_role("link", name="Source").click()
    expect(nora.locator("article:target, li:target, div:target").first).to_contain_text(ASKED)
    nora.go_back()

    nora.get_by_text("Pick a date").click()
    nora.get_by_label("As things stood on").fill((now() - timedelta(days=30)).date().isoformat())
    nora.get_by_role("button", name="Show").click()
    expect(nora.get_by_text("There was no such account then.")).to_be_visible()
    nora.get_by_role("link", name="Back to today").first.click()
    expect(nora.get_by_role("region", name="Unanswered questions")).to_contain_text(ASKED)


def test_on_a_phone_without_scripts(site: Site, window: Window) -> None:
    rhea = window("mona", phone=True, dark=True, scripts=False)
    rhea.goto(f"/accounts/{site.world.ids['calder']}")
    rhea.get_by_role("link", name="Brief").click()
    expect(rhea.get_by_role("region", name="Who is who")).to_be_visible()
    shoot(rhea, "brief-phone")
