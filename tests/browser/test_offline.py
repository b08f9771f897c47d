"""Without a connection: what is sent waits on the device, and goes out once, in order, when there is one again."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Error, Page, expect

from portal.people.models import Person
from tests.browser.between import Between
from tests.browser.conftest import CHROMIUM, FLAGS, Site, Window, reopened, shoot, sign_in_link
from tests.browser.test_palette import clean
from workspaces.forums import actions as forums
from workspaces.forums.models import Topic
from workspaces.rooms import actions as rooms
from workspaces.rooms.models import Workspace

BOTH = pytest.mark.parametrize("phone", [False, True], ids=["wide", "phone"])


def topic_of(site: Site) -> str:
    return f"{site.path_of('room')}discussions/{site.world.ids['topic']}"


def write(page: Page, words: str) -> None:
    page.get_by_label("Your reply").fill(words)
    page.get_by_role("button", name="Send", exact=True).click()


def waits(page: Page, count: int) -> None:
    expect(page.locator("[data-waits]")).to_have_count(count)


def said(page: Page, words: str) -> list[str]:
    return [each.strip() for each in page.locator("[data-post] .msg-body").all_inner_texts() if words in each]


def on_the_device(page: Page) -> str:
    return page.evaluate("JSON.stringify(Object.entries(localStorage))")


@BOTH
def test_what_is_sent_offline_waits_and_goes_out_in_order(site: Site, window: Window, phone: bool) -> None:
    here = "phone" if phone else "wide"
    petra, mark = window("petra", phone=phone), window("mark")
    petra.goto(topic_of(site))
    mark.goto(topic_of(site))
    petra.context.set_offline(True)
    expect(petra.locator("[data-offline]")).to_be_visible()
    expect(petra.locator("[data-offline]")).to_contain_text("You are offline. What you write waits here and is sent")
    write(petra, f"First {here}, without a connection")
    waits(petra, 1)
    expect(petra.get_by_label("Your reply")).to_have_value("")
    write(petra, f"Second {here}, without one")
    write(petra, f"Third {here}, to be thought over")
    write(petra, f"Fourth {here}, to be taken back")
    waits(petra, 4)
    expect(petra.locator("[data-waits]").first).to_contain_text("Waiting to be sent")
    shoot(petra, f"offline-{here}")
    assert clean(petra) == []
    assert petra.evaluate("document.documentElement.scrollWidth <= innerWidth")

    petra.locator("[data-waits]").last.get_by_role("button", name="Take it back").click()
    waits(petra, 3)
    petra.locator("[data-waits]").last.get_by_role("button", name="Edit").click()
    expect(petra.get_by_label("Your reply")).to_have_value(f"Third {here}, to be thought over")
    write(petra, f"Third {here}, thought over without one")
    waits(petra, 3)

    petra.context.set_offline(False)
    waits(petra, 0)
    expect(petra.locator("[data-offline]")).not_to_be_visible()
    expect(mark.get_by_text(f"Third {here}, thought over")).to_have_count(1)
    for page in (petra, mark):
        page.reload()
        assert said(page, f"{here}, ") == [
            f"First {here}, without a connection",
            f"Second {here}, without one",
            f"Third {here}, thought over without one",
        ]
    assert here not in on_the_device(petra)
    expect(petra.get_by_label("Your reply")).to_have_value("")


@BOTH
def test_it_outlives_a_reload(site: Site, window: Window, phone: bool) -> None:
    petra = window("petra", phone=phone)
    words = f"Through a reload {phone}"
    petra.goto(topic_of(site))
    petra.context.set_offline(True)
    write(petra, words)
    waits(petra, 1)
    with pytest.raises(Error):
        petra.reload()
    petra.context.set_offline(False)
    petra.goto(topic_of(site))
    expect(petra.locator("[data-post]", has_text=words)).to_have_count(1)
    waits(petra, 0)
    expect(petra.get_by_label("Your reply")).to_have_value("")
    assert words not in on_the_device(petra)


def test_it_outlives_the_browser_and_goes_out_from_any_page(site: Site, chromium: Browser, tmp_path: Path) -> None:
    how = {"executable_path": CHROMIUM, "args": FLAGS, "base_url": site.url}
    first = chromium.browser_type.launch_persistent_context(tmp_path, **how)
    petra = first.new_page()
    enter(petra, sign_in_link(site, "petra"))
    petra.goto(topic_of(site))
    first.set_offline(True)
    write(petra, "Through the end of the browser")
    waits(petra, 1)
    first.close()
    second = chromium.browser_type.launch_persistent_context(tmp_path, **how)
    petra = second.new_page()
    petra.goto("/me/settings/profile")
    expect(petra.locator(".toast")).to_contain_text("Sent what waited for “Can the gateways run on 24 V panels?”")
    petra.goto(topic_of(site))
    assert said(petra, "Through the end") == ["Through the end of the browser"]
    second.close()


def test_two_tabs_send_it_once(site: Site, window: Window) -> None:
    petra = window("petra")
    petra.goto(topic_of(site))
    other = petra.context.new_page()
    other.goto(topic_of(site))
    taken: list[int] = []
    petra.context.on("response", lambda answer: taken.append(answer.status) if answer.url.endswith("/posts") else None)
    petra.context.set_offline(True)
    write(petra, "In one tab, without a connection")
    write(other, "In the other")
    for page in (petra, other):
        waits(page, 2)  # each shows what waits in both
    petra.context.set_offline(False)
    for page in (petra, other):
        waits(page, 0)
        expect(page.locator("[data-post]", has_text="In the other")).to_have_count(1)
        page.reload()
        assert said(page, "In ") == ["In one tab, without a connection", "In the other"]
    assert taken == [201, 201]


def test_an_answer_that_is_lost_says_nothing_twice(site: Site, chromium: Browser) -> None:
    with Between(site.running.port) as line:
        context = chromium.new_context(base_url=f"http://127.0.0.1:{line.port}")
        petra = context.new_page()
        enter(petra, sign_in_link(site, "petra").replace(site.url, ""))
        petra.goto(topic_of(site))
        line.loses_answers = True
        write(petra, "Said once, answered never")
        waits(petra, 1)
        expect(petra.locator("[data-waits]").get_by_role("button", name="Take it back")).to_have_count(0)  # it may have arrived
        expect(petra.get_by_label("Your reply")).to_have_value("")
        line.loses_answers = False
        petra.goto(topic_of(site))
        waits(petra, 0)
        petra.goto(topic_of(site))
        assert said(petra, "Said once") == ["Said once, answered never"]
        expect(petra.get_by_label("Your reply")).to_have_value("")
        assert "answered never" not in on_the_device(petra)
        context.close()


@BOTH
def test_what_is_refused_is_in_the_reply_again_with_the_reason(site: Site, window: Window, phone: bool) -> None:
    petra = window("petra", phone=phone, dark=True)
    petra.goto(topic_of(site))
    petra.context.set_offline(True)
    write(petra, "Written before it was closed")
    waits(petra, 1)
    petra.get_by_label("Your reply").fill("Begun since")
    shut(site, locked=True)
    petra.context.set_offline(False)
    expect(petra.locator("[data-not-sent]")).to_be_visible()
    expect(petra.locator("[data-not-sent]")).to_contain_text("closed")
    waits(petra, 0)
    expect(petra.get_by_label("Your reply")).to_have_value("Written before it was closed\n\nBegun since")
    shoot(petra, f"offline-refused-{'phone' if phone else 'wide'}")
    assert clean(petra) == []
    shut(site, locked=False)
    petra.reload()
    expect(petra.get_by_label("Your reply")).to_have_value("Written before it was closed\n\nBegun since")
    petra.get_by_role("button", name="Send", exact=True).click()
    expect(petra.locator("[data-post]", has_text="Begun since")).not_to_have_count(0)


def test_who_was_removed_meanwhile_has_their_words_under_drafts(site: Site, window: Window) -> None:
    mark = window("mark")
    mark.goto(topic_of(site))
    mark.context.set_offline(True)
    write(mark, "Words of somebody who is removed")
    waits(mark, 1)
    with pytest.raises(Error):
        mark.goto("/me/drafts")
    removed(site, "mark")
    mark.context.set_offline(False)
    mark.goto("/me/drafts")
    expect(mark.locator("[data-waits]")).to_contain_text("Words of somebody who is removed")
    expect(mark.locator("[data-waits]")).to_contain_text("Not sent")
    expect(mark.locator("[data-waits]")).to_contain_text("You can no longer open this discussion.")
    shoot(mark, "offline-removed")
    assert clean(mark) == []
    mark.locator("[data-waits]").get_by_role("button", name="Remove").click()
    waits(mark, 0)
    assert "somebody who is removed" not in on_the_device(mark)


@BOTH
def test_who_signs_in_next_neither_sees_nor_sends_it(site: Site, window: Window, phone: bool) -> None:
    petra = window("petra", phone=phone)
    words = f"Nobody else's {phone}"
    petra.goto(topic_of(site))
    petra.context.set_offline(True)
    write(petra, words)
    waits(petra, 1)
    petra.context.clear_cookies()  # her session is over
    petra.context.set_offline(False)
    expect(petra.locator("[data-waits]")).to_contain_text("You are signed out")
    enter(petra, sign_in_link(site, "rolf"))
    petra.goto(topic_of(site))
    expect(petra.get_by_label("Your reply").or_(petra.locator(".closed-bar"))).to_be_visible()
    assert words not in petra.content()
    petra.goto("/me/drafts")
    waits(petra, 0)
    enter(petra, sign_in_link(site, "petra"))
    petra.goto(topic_of(site))
    expect(petra.locator("[data-post]", has_text=words)).to_have_count(1)
    expect(petra.locator("[data-post]", has_text=words)).to_contain_text("Petra")


@BOTH
def test_signing_out_asks_while_something_waits(site: Site, window: Window, phone: bool) -> None:
    petra = window("petra", phone=phone)
    petra.goto(topic_of(site))
    petra.route("**/posts", lambda route: route.abort())
    write(petra, "Still waiting")
    waits(petra, 1)
    leave = "document.querySelector('form[action=\"/sign-out\"]').requestSubmit()"
    petra.evaluate(leave)
    expect(petra.get_by_role("dialog")).to_contain_text("Messages that are not sent, on this device: 1.")
    shoot(petra, f"offline-leaving-{'phone' if phone else 'wide'}")
    assert clean(petra) == []
    petra.get_by_role("button", name="Stay signed in").click()
    waits(petra, 1)
    petra.evaluate(leave)
    petra.get_by_role("button", name="Sign out and lose them").click()
    petra.wait_for_url("**/sign-in")
    assert "Still waiting" not in on_the_device(petra)


def test_a_new_discussion_stays_on_its_page(site: Site, window: Window) -> None:
    petra = window("petra")
    petra.goto(f"{site.path_of('room')}discussions/new")
    petra.get_by_label("Title").fill("Without a connection")
    petra.get_by_label("Message").fill("All of it is kept")
    petra.context.set_offline(True)
    petra.get_by_role("button", name="Start the discussion").click()
    expect(petra.get_by_text("You are offline. What you wrote is kept here")).to_be_visible()
    expect(petra.get_by_label("Message")).to_have_value("All of it is kept")
    petra.context.set_offline(False)
    petra.get_by_role("button", name="Start the discussion").click()
    expect(petra.get_by_role("heading", name="Without a connection")).to_be_visible()


def enter(page: Page, link: str) -> None:
    page.goto(link)
    page.locator("main button").first.click()
    page.wait_for_url(lambda url: "/sign-in" not in url)


def shut(site: Site, *, locked: bool) -> None:
    house, world = reopened(site)
    with house.db.writing() as session:
        forums.lock_topic(world.actor(session, "rhea"), session.get_one(Topic, world.pks["topic"]), locked=locked)
    house.close()


def removed(site: Site, name: str) -> None:
    house, world = reopened(site)
    with house.db.writing() as session:
        rhea = world.actor(session, "rhea")
        rooms.remove_member(rhea, session.get_one(Workspace, world.pks["room"]), person=session.get_one(Person, world.pks[name]))
    house.close()
