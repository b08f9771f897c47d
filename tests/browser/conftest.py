"""A real server, and real browser windows of the cast on it."""

import mailbox
import os
import re
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email import policy
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect, sync_playwright

from portal.people import sign_ins
from portal.people.models import Person
from tests.cast import World
from tests.running import Running, prepare

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync"
).split()
expect.set_options(timeout=15_000)
WIDE, PHONE = {"width": 1360, "height": 900}, {"width": 390, "height": 844}
SHOTS = Path(os.environ.get("MAINSTAY_SCREENSHOTS", "screenshots"))  # kept out of git

if not CHROMIUM and os.environ.get("CI") == "true":
    raise RuntimeError("the browser tests need Chromium (Debian: apt-get install chromium)")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/browser" in str(item.path):
            item.add_marker(pytest.mark.browser)
            if not CHROMIUM:
                item.add_marker(pytest.mark.skip(reason="no Chromium on this machine (Debian: apt-get install chromium)"))


@dataclass
class Site:
    """The server under test, the world in it, and its mail."""

    running: Running
    world: World

    @property
    def url(self) -> str:
        return self.running.url

    def path_of(self, name: str) -> str:
        return f"/w/{self.world.ids[name]}/"

    def letters(self, to: str) -> list[str]:
        """The text parts of what was mailed to an address, oldest first."""
        box = mailbox.Maildir(self.running.data / "mail") if (self.running.data / "mail" / "new").is_dir() else []
        found = [mailbox.email.message_from_bytes(box.get_bytes(key), policy=policy.default) for key in sorted(box.keys())] if box else []
        return [letter.get_body(("plain",)).get_content() for letter in found if to in letter["To"]]

    def letter(self, to: str, *, holding: str = "", within: float = 30.0) -> str:
        """The newest letter to an address that holds these words, waited for."""
        until = time.monotonic() + within
        while time.monotonic() < until:
            for text in reversed(self.letters(to)):
                if holding in text:
                    return text
            time.sleep(0.2)
        raise AssertionError(f"no letter to {to} with “{holding}”: {self.letters(to)}")

    def link(self, letter: str, path: str) -> str:
        """The first link of a letter under a path of this server."""
        found = re.search(rf"https?://[^/\s]+({re.escape(path)}[\w./#?=&-]+)", letter)
        assert found, letter
        return self.url + found[1]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    data = tmp_path_factory.mktemp("site")
    house, world = prepare(data)
    running = Running(data)
    house.close()
    running.start()
    yield Site(running, world)
    running.stop()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    playwright: Playwright
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


Window = Callable[..., Page]


@pytest.fixture
def window(site: Site, chromium: Browser) -> Iterator[Window]:
    """`window("petra", phone=True, dark=True)`: a browser of its own for one of the cast, signed in by a link of the operator's.

    Errors on the page's console fail the test at its end: a refused script or style would show there.
    """
    opened: list[BrowserContext] = []
    faults: list[str] = []

    def open_window(name: str = "nobody", *, phone: bool = False, dark: bool = False, scripts: bool = True) -> Page:
        context = chromium.new_context(
            base_url=site.url,
            viewport=PHONE if phone else WIDE,
            is_mobile=phone,
            has_touch=phone,
            color_scheme="dark" if dark else "light",
            java_script_enabled=scripts,
        )
        context.set_default_timeout(15_000)
        opened.append(context)
        page = context.new_page()
        page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: faults.append(str(error)))
        if name != "nobody":
            page.goto(sign_in_link(site, name))
            page.locator("main button").first.click()
            page.wait_for_url(lambda url: "/sign-in" not in url)
        return page

    yield open_window
    for context in opened:
        context.close()
    meant = ("status of 4", "WebSocket", "ERR_INTERNET_DISCONNECTED", "ERR_FAILED")  # the last two only where a test takes the network away
    serious = [fault for fault in faults if not any(each in fault for each in meant)]
    assert serious == []


def sign_in_link(site: Site, name: str) -> str:
    house, _ = reopened(site)
    with house.db.writing() as session:
        path = sign_ins.make_link(session, session.get_one(Person, site.world.pks[name]))
    house.close()
    return site.url + path


def reopened(site: Site):  # type: ignore[no-untyped-def]
    """The server's data from this process, beside it."""
    import wsgi
    from portal.kernel.settings import Settings, prepared

    return wsgi.build_house(prepared(Settings(data_dir=site.running.data))), site.world


def shoot(page: Page, name: str) -> None:
    """Keep a picture to look at."""
    SHOTS.mkdir(exist_ok=True)
    page.screenshot(path=SHOTS / f"{name}.png", full_page=True)
