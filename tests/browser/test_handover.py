"""A rep with twelve accounts leaves: they are handed over, the successor sees which comes first, reads its brief and answers the oldest
question. The client is told who looks after them, and explains nothing again."""

import pytest
from playwright.sync_api import Page, expect

from portal.accounts import actions as accounts
from portal.people.models import Person
from tests.browser.conftest import Site, Window, reopened, shoot
from tests.browser.test_pages import AXE, JUDGE, TAGS
from tests.waiting import eventually
from workspaces.forums import actions as forums
from workspaces.forums.models import Topic
from workspaces.plan import actions as plan
from workspaces.rooms import actions as rooms
from workspaces.rooms.models import Workspace

ASKED = "How long does the battery last in winter?"
TOWNS = ("Alder", "Birch", "Cedar", "Dunmore", "Elm", "Fern", "Gorse", "Hazel", "Iris", "Juniper", "Kestrel")


@pytest.fixture
def twelve(site: Site) -> Site:
    """Eleven accounts beside the one that we know; in that a question waits, a step is open and an answer is begun."""
    house, world = reopened(site)
    with house.db.writing() as session:
        rhea, petra = world.actor(session, "rhea"), world.actor(session, "petra")
        for town in TOWNS:
            account = accounts.open_account(rhea, name=f"{town} Water")
            rooms.open_workspace(rhea, title=f"{town} pilot", accounts=[account])
        topic = session.get_one(Topic, world.pks["topic"])
        forums.post_message(petra, topic, body=ASKED)
        forums.keep_draft(rhea, place=f"topic:{topic.id}", body="In winter it lasts about seven years")
        plan.add_item(
            rhea, session.get_one(Workspace, world.pks["room"]), title="Send the drawings", owners=[session.get_one(Person, rhea.pk)]
        )
    house.close()
    return site


def judged(page: Page, name: str) -> None:
    page.evaluate(AXE)
    assert page.evaluate(JUDGE, TAGS)["axe"] == []
    shoot(page, name)


def test_a_rep_leaves_and_nothing_leaves_with_them(twelve: Site, window: Window) -> None:
    world = twelve.world
    rhea = window("rhea")
    rhea.goto(f"/accounts/{world.ids['calder']}")
    expect(rhea.get_by_role("heading", level=1, name="Calder Water")).to_be_visible()

    mona = window("mona")
    mona.goto("/admin/people")
    mona.get_by_role("link", name="Rhea Rep").click()
    judged(mona, "handover-person")
    mona.get_by_role("link", name="Hand over", exact=True).click()
    expect(mona.get_by_role("heading", level=1)).to_have_text("Hand over what Rhea Rep holds")
    expect(mona.get_by_role("list", name="Accounts", exact=True).get_by_role("listitem")).to_have_count(12)
    judged(mona, "handover-new")
    mona.get_by_label("Successor").select_option(label="Nora Newrep")
    mona.get_by_label("Tell the clients").check()
    mona.get_by_label("Rhea Rep leaves: end the access first").check()
    mona.get_by_role("button", name="Hand over").click()
    expect(mona.get_by_role("heading", level=1)).to_have_text("From Rhea Rep to Nora Newrep")
    expect(mona.get_by_text("12 accounts")).to_be_visible()

    rhea.goto(f"/accounts/{world.ids['calder']}")
    expect(rhea.get_by_text("Calder Water")).to_have_count(0)

    nora = window("nora")
    nora.goto("/today")
    judged(nora, "handover-today")
    nora.get_by_role("link", name="Which of them first").click()
    first = nora.get_by_role("region", name="Which of them first").get_by_role("listitem")
    expect(first).to_have_count(12)
    eventually(lambda: nora.reload() and "question waits" in (first.first.text_content() or ""))
    expect(first.first).to_contain_text("Calder Water")
    judged(nora, "handover-done")
    first.first.get_by_role("link", name="Brief").click()
    nora.get_by_role("region", name="First things to do").get_by_role("link", name="Source").first.click()
    box = nora.get_by_role("textbox", name="Reply")
    expect(box).to_have_value("In winter it lasts about seven years")
    box.fill("In winter it lasts about seven years, as you have it at Alder.")
    nora.get_by_role("button", name="Send", exact=True).click()
    expect(nora.get_by_text("as you have it at Alder.")).to_be_visible()

    letter = twelve.letter("petra@calder.example", holding="Nora Newrep")
    assert "you need not tell it again" in letter


def test_on_a_phone_in_the_dark_without_scripts(site: Site, window: Window) -> None:
    mona = window("mona", phone=True, dark=True, scripts=False)
    mona.goto("/handovers")
    shoot(mona, "handovers-phone")
    mona.goto(f"/handovers/new?from={site.world.ids['nora']}")
    expect(mona.get_by_role("heading", level=1)).to_have_text("Hand over what Nora Newrep holds")
    shoot(mona, "handover-new-phone")
    mona.get_by_label("Successor").select_option(label="Ravi Rep")
    mona.get_by_role("button", name="Hand over").click()
    expect(mona.get_by_text("Waits for a decision").first).to_be_visible()
    shoot(mona, "handover-proposed-phone")
