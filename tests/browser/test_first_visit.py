"""Every page as somebody meets it for the first time: valid HTML, and no more bytes and requests than it may have."""

import gzip
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser import nu
from tests.browser.conftest import Site, Window, reopened
from tests.browser.test_pages import OTHERS, SEND, TEAM, Visit, site, visits_of  # noqa: F401 (the server of the wide world)
from workspaces.forums import actions as forums
from workspaces.forums.models import Topic

KB = 1024
LONG = "The survey and the proposal are in **one** place now. Have a look before Thursday, and ask whatever you like. " * 3


@dataclass(frozen=True)
class Budget:
    """What a page may take, as a proxy would send it. Requests count one more than the design says: the lines of its mast are a
    picture of their own. The browser's own wish for the sign of the tab is not counted."""

    html: int
    all: int
    first: int
    again: int


PLAIN = Budget(8 * KB, 61 * KB, 5 + 1, 1)  # sign-in, invitation, errors; one script of 1.3 KB
USUAL = Budget(30 * KB, 150 * KB, 7 + 1, 2)
FILES = Budget(25 * KB, 270 * KB, 8 + 1, 3)  # with the picture of a page
TRAIL = Budget(40 * KB, 160 * KB, 7 + 1, 2)


def budget_of(visit: Visit, html: str) -> Budget:
    if 'class="plain-mast"' in html:
        return PLAIN
    return TRAIL if "/trail" in visit.path else FILES if "/files" in visit.path else USUAL


@dataclass
class Load:
    """What one look at a page took."""

    html: str = ""
    asked: list[str] = field(default_factory=list)


class Meter:
    """Listens to what a window asks the server for, below its cache."""

    def __init__(self, page: Page) -> None:
        self.page, self._cached = page, set[str]()
        self._heard: list[tuple[str, str, str]] = []  # (page it is of, what it is, address)
        self._sizes: dict[str, int] = {}
        self._wire = page.context.new_cdp_session(page)
        self._wire.on("Network.responseReceived", self._received)
        self._wire.on("Network.requestServedFromCache", lambda told: self._cached.add(told["requestId"]))
        self._wire.send("Network.enable")

    def _received(self, told: dict[str, Any]) -> None:
        answer = told["response"]
        if answer["url"].startswith("http") and not answer["fromDiskCache"] and told["requestId"] not in self._cached:
            self._heard.append((told["loaderId"], told["type"], answer["url"]))

    def look(self, visit: Visit, *, first: bool) -> Load:
        self._forget(first)
        answer = self.page.goto(visit.path)
        if visit.fields:
            with self.page.expect_navigation() as sent:
                self._forget(first)
                self.page.evaluate(SEND, list(visit.fields))
            answer = sent.value
        assert answer is not None
        html = answer.text()
        self.page.evaluate("document.fonts.ready.then(() => true)")
        return Load(html, self._of_this_page())

    def _of_this_page(self) -> list[str]:
        """What the newest page has asked for, and not what the one before still did."""
        newest = [page for page, what, _url in self._heard if what == "Document"][-1]
        return [url for page, _what, url in self._heard if page == newest and "favicon" not in url]

    def _forget(self, first: bool) -> None:
        if first:
            self._wire.send("Network.clearBrowserCache")
        self._heard = []

    def size(self, load: Load) -> int:
        """Bytes of all that was asked for: gzipped, but for what is packed already."""
        return packed(load.html.encode()) + sum(self._weight(url) for url in load.asked if "/static/" in url or "preview" in url)

    def _weight(self, url: str) -> int:
        if url not in self._sizes:
            body = self.page.request.get(url).body()
            self._sizes[url] = packed(body) if url.endswith((".css", ".js", ".svg")) else len(body)
        return self._sizes[url]


def packed(body: bytes) -> int:
    return len(gzip.compress(body, 9))


@pytest.mark.parametrize("viewers", [TEAM, OTHERS], ids=["team", "others"])
def test_no_page_takes_more_than_it_may(site: Site, window: Window, tmp_path: Path, viewers: tuple[str, ...]) -> None:  # noqa: F811
    over = []
    for viewer in viewers:
        meter = Meter(window(viewer))
        for visit in (each for each in visits_of(site) if each.viewer == viewer):
            over += weighed(meter, visit, tmp_path)
    assert over + nu.faults(tmp_path) == []


def test_a_discussion_of_forty_takes_no_more_than_it_may(site: Site, window: Window, tmp_path: Path) -> None:  # noqa: F811
    house, world = reopened(site)
    with house.db.writing() as session:
        for n in range(40):
            who = world.actor(session, ("petra", "rhea")[n % 2])
            forums.post_message(who, session.get_one(Topic, world.pks["topic"]), body=f"{n}. {LONG}")
    house.close()
    path = f"/w/{world.ids['room']}/discussions/{world.ids['topic']}"
    over = [each for who in ("petra", "rhea") for each in weighed(Meter(window(who)), Visit(who, path, place="forty"), tmp_path)]
    assert over + nu.faults(tmp_path) == []


def weighed(meter: Meter, visit: Visit, written: Path) -> Iterator[str]:
    """What of a page is over its budget."""
    load = meter.look(visit, first=True)
    (written / f"{visit.name}.html").write_text(load.html)
    may, size, html = budget_of(visit, load.html), meter.size(load), packed(load.html.encode())
    again = meter.look(visit, first=False)
    told = {"HTML": (html, may.html), "all bytes": (size, may.all), "requests": (len(load.asked), may.first)}
    told |= {"requests again": (len(again.asked), may.again)}
    for what, (is_, most) in told.items():
        if is_ > most:
            yield f"{visit.name}: {what} {is_}, at most {most}: {again.asked if what == 'requests again' else load.asked}"


@pytest.mark.skipif(not nu.IS_HERE, reason="no Nu HTML checker here: make judges fetches it, and it needs Java")
def test_what_is_not_valid_would_be_seen(tmp_path: Path) -> None:
    (tmp_path / "good.html").write_text("<!doctype html><html lang=en><title>A</title><p>Words.</p>")
    assert nu.faults(tmp_path) == []
    (tmp_path / "bad.html").write_text("<!doctype html><html lang=en><title>A</title><span><form></form></span>")
    assert len(nu.faults(tmp_path)) == 1
