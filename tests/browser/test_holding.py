"""A first message that waits: where its author sent it, at once, and for nobody else; let through it is there for all."""

import pytest
from playwright.sync_api import expect

from portal.people.models import Person
from tests.browser.conftest import reopened
from workspaces.rooms import actions as rooms
from workspaces.rooms.models import Workspace

WORDS = "Is 24 V enough for zinc plates?"


@pytest.fixture(autouse=True)
def _strict(site):
    house, world = reopened(site)
    with house.db.writing() as session:
        rhea, room = world.actor(session, "rhea"), session.get_one(Workspace, world.pks["room"])
        rooms.change_role(rhea, room, person=session.get_one(Person, world.pks["rolf"]), role="member")
        rooms.change_workspace(rhea, room, holds_first=True)
    house.close()


def test_it_waits_under_the_messages_until_it_is_let_through(site, window):
    topic = f"/w/{site.world.ids['room']}/discussions/{site.world.ids['topic']}"
    rolf, mark = window("rolf"), window("mark")
    rolf.goto(topic)
    there = rolf.locator("[data-post]").count()
    rolf.locator("#f-body").fill(WORDS)
    rolf.get_by_role("button", name="Send").click()
    waits = rolf.locator("#held")
    expect(waits).to_contain_text(WORDS)
    expect(waits).to_contain_text("Only you and who runs this workspace see it.")
    expect(rolf.locator("#f-body")).to_have_value("")
    expect(rolf.locator("[data-post]")).to_have_count(there)
    rolf.reload()
    expect(waits).to_contain_text(WORDS)
    mark.goto(topic)
    expect(mark.locator("body")).not_to_contain_text(WORDS)
    mark.goto("/moderation")
    case = mark.locator("[data-case]", has_text=WORDS)
    case.get_by_role("button", name="Decide").click()
    expect(mark.locator("[data-case]", has_text=WORDS)).to_have_count(0)
    mark.goto(topic)
    expect(mark.locator("[data-post]").last).to_contain_text(WORDS)
    rolf.reload()
    expect(rolf.locator("[data-post]").last).to_contain_text(WORDS)
    expect(waits).not_to_contain_text(WORDS)
