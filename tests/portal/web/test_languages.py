"""Who is spoken to in which language: pages, live events and letters; and nothing that is remembered says it in another's."""

import re
from datetime import UTC, datetime

import pytest
import time_machine
from sqlalchemy import select, update

from portal.kernel import words
from portal.kernel.events import Event
from portal.kernel.sentences import sentence
from portal.mail.letters import letter
from portal.people import queries
from portal.people.models import Installation, Person
from tests.conftest import post
from workspaces.forums import actions
from workspaces.forums.models import Topic
from workspaces.forums.views import message

GERMAN = {"Accept-Language": "de-AT,de;q=0.9,en;q=0.5"}


@pytest.fixture
def speaks(house, world):
    """`speaks("petra", "de")`: what somebody has chosen; `speaks("vendor", "de")`: what the vendor has."""

    def choose(name, tag):
        with house.db.writing() as session:
            if name == "vendor":
                session.execute(update(Installation).values(language=tag))
            else:
                session.execute(update(Person).where(Person.pk == world.pks[name]).values(language=tag))
        queries.forget_vendor()

    yield choose
    queries.forget_vendor()


def lang(page):
    return re.search(r'<html lang="(\w+)"', page.text)[1]


def test_signed_out_the_browser_says(door, world):
    browser = door("nobody")
    assert lang(browser.get("/sign-in")) == "en"
    page = browser.get("/sign-in", headers=GERMAN)
    assert (lang(page), "Link senden" in page.text) == ("de", True)
    assert lang(browser.get("/sign-in", headers={"Accept-Language": "fr"})) == "en"
    assert lang(browser.get("/no-such-page", headers=GERMAN)) == "de"
    assert "Dieser Link ist abgelaufen" in browser.get("/i/unknown", headers=GERMAN).text


def test_where_nobody_says_the_vendor_does(door, speaks):
    speaks("vendor", "de")
    assert lang(door("nobody").get("/sign-in")) == "de"
    assert lang(door("nobody").get("/sign-in", headers={"Accept-Language": "en"})) == "en"
    assert lang(door("petra").get("/me/settings/profile")) == "de"


def test_who_has_chosen_is_spoken_to_so_whatever_their_browser_asks(door):
    browser = door("petra")
    told = {"name": "Petra Prospect", "timezone": "Europe/Berlin"}
    assert post(browser, "/me/settings/profile", **told, language="de").status_code == 303
    page = browser.get("/me/settings/profile", headers={"Accept-Language": "en"})
    assert lang(page) == "de"
    assert '<option value="de" selected>Deutsch</option>' in page.text
    assert "Ihre Einstellungen" in page.text
    refused = post(browser, "/me/settings/profile", name="")
    assert (refused.status_code, lang(refused)) == (422, "de")
    post(browser, "/me/settings/profile", **told, language="")
    assert lang(browser.get("/me/settings/profile", headers=GERMAN)) == "de"
    assert lang(browser.get("/me/settings/profile", headers={"Accept-Language": "en"})) == "en"


def test_the_api_says_what_is_wrong_in_the_same_language(door, speaks, world):
    speaks("petra", "de")
    browser = door("petra")
    missing = browser.get("/api/v1/topics/aaaaaaaaaaaaaaaaaaaaaa")
    assert (missing.status_code, missing.json["title"]) == (404, "Seite nicht gefunden")


def test_an_admin_says_it_for_everybody(door, house, speaks):
    ada = door("ada")
    page = ada.get("/admin/settings")
    shown = re.search(r'name="shown" value="(\w+)"', page.text)[1]
    told = {"name": "Tidewell Instruments", "timezone": "Europe/Berlin", "currency": "EUR", "language": "de", "shown": shown}
    assert post(ada, "/admin/settings", **told).status_code == 303
    assert lang(door("nobody").get("/sign-in")) == "de"
    assert post(ada, "/admin/settings", **told | {"language": "xx", "shown": ""}).status_code == 422


def test_times_are_those_of_who_has_chosen_none_as_the_vendor_has_them(door, house, speaks, world):
    with house.db.writing() as session:
        session.execute(update(Installation).values(timezone="Asia/Tokyo"))
    queries.forget_vendor()
    page = door("petra").get(f"/w/{world.ids['room']}/discussions/{world.ids['topic']}", headers=GERMAN).text
    moment, said = re.search(r'<time datetime="(\S+)" title="([^"]+)"', page).groups()
    hour = (int(moment[11:13]) + 9) % 24
    assert re.fullmatch(rf"\d+\. \w+ \d{{4}}, {hour:02d}:{moment[14:16]}", said), (moment, said)


PAGES = ("/w/{room}/", "/w/{room}/discussions", "/w/{room}/discussions/{topic}", "/w/{room}/files/", "/w/{room}/plan", "/w/{room}/people")


@pytest.mark.parametrize("path", PAGES)
def test_what_is_remembered_of_a_page_is_not_said_to_a_reader_of_another_language(door, world, path):
    """Each language after the other says what it says when nothing is remembered yet."""
    browser, address = door("petra"), path.format(**world.ids)

    def said(tag, *, anew=False):
        if anew:
            message._made.cache_clear()
        page = browser.get(address, headers={"Accept-Language": tag})
        assert (page.status_code, lang(page)) == (200, tag)
        return [" ".join(each.split()) for each in re.findall(r">([^<>]*[A-Za-z][^<>]*)<", page.text)]

    browser.get(address)  # what is new has been seen
    with time_machine.travel(datetime.now(UTC), tick=False):  # the clock says the same throughout, at midnight too
        alone = {tag: said(tag, anew=True) for tag in words.LANGUAGES}
        message._made.cache_clear()
        for tag in (*words.LANGUAGES, *reversed(words.LANGUAGES), *words.LANGUAGES):
            assert said(tag) == alone[tag]
    assert len(set(map(tuple, alone.values()))) == len(words.LANGUAGES)


def test_a_live_message_is_said_to_each_watcher_in_theirs(app, acting, door, speaks, world):
    speaks("petra", "de")

    def listen(name):
        browser = door(name)
        browser.get("/")
        socket = app.extensions["realtime"].io.test_client(app, flask_test_client=browser, headers={"Origin": "http://localhost"})
        assert socket.emit("watch", {"topic": world.ids["topic"]}, callback=True)["ok"]
        return socket

    german, english = listen("petra"), listen("rolf")
    for writer in ("rhea", "mark"):
        with acting(writer) as writing, words.speaking("de" if writer == "mark" else "en"):
            actions.post_message(writing, writing.session.get_one(Topic, world.pks["topic"]), body="Guten Tag")
    for socket, reply in ((german, "Antworten"), (english, "Reply")):
        heard = [told["args"][0]["html"] for told in socket.get_received() if told["name"] == "post.created"]
        assert len(heard) == 2
        for html in heard:
            assert f">{reply}<" in re.sub(r"<svg.*?</svg>", "", html)


def test_a_letter_speaks_the_reader_s_language_else_the_vendor_s(house, acting, speaks):
    def said(to):
        return letter(house, "sign_in", to=to, subject=lambda: words.gettext("Sign in"), key="k", path="/sign-in/link/abc", code="123456")

    speaks("petra", "de")
    with acting("petra") as petra, words.speaking("en"):
        made = said(petra.person)
    assert made.subject == "Anmelden"
    assert "Geben Sie dort diesen Code ein" in made.text
    assert '<html lang="de"' in made.html
    for vendors, subject in (("en", "Sign in"), ("de", "Anmelden")):
        speaks("vendor", vendors)
        with acting("rolf") as rolf:
            assert said(rolf.person).subject == said("new@calder.example").subject == subject


def test_the_trail_keeps_no_language_of_who_wrote_it(acting, house, world):
    with acting("rhea") as rhea, words.speaking("de"):
        actions.lock_topic(rhea, rhea.session.get_one(Topic, world.pks["topic"]), locked=True)
    with house.db.reading() as session:
        event = session.scalars(select(Event).where(Event.kind == "topic.locked").order_by(Event.pk.desc())).first()
        title = event.facts["title"]
        assert sentence(event, "Rhea") == f"Rhea closed “{title}”"
        with words.speaking("de"):
            assert sentence(event, "Rhea") == f"Rhea hat „{title}“ geschlossen"


def test_whom_a_place_is_for_is_said_with_the_group_s_name(acting, house, world):
    with house.db.reading() as session:
        kinds = session.scalars(select(Event).where(Event.kind == "topic.created")).first()
        of_group = Event(kind="forum.audience", facts={"title": "Prices", "now": "the group “%(group)s”", "group": "100%(x)s"})
        assert kinds is not None
        assert sentence(of_group, "Rhea") == "Rhea changed for whom the forum “Prices” is: the group “100%(x)s”"
        with words.speaking("de"):
            assert sentence(of_group, "Rhea").endswith("die Gruppe „100%(x)s“")
