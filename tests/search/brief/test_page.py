"""The page: what leads to it, what it leads to, in which words, and what it asks of the database."""

import re

from portal.accounts import actions as accounts
from portal.accounts.models import Account
from portal.people.models import Person
from tests.counting import counting
from tests.search.brief.test_sections import ASKED, PROMISED
from workspaces.forums import actions as forums
from workspaces.forums.models import Topic


def page_of(door, world, name="rhea", **asked):
    return door(name).get(f"/accounts/{world.ids['calder']}/brief", query_string=asked).text


def test_an_account_and_today_lead_to_it(door, world, acting):
    link = re.compile(rf'href="/accounts/{world.ids["calder"]}[\w-]*/brief"')
    rhea = door("rhea")
    assert link.search(rhea.get(f"/accounts/{world.ids['calder']}").text)
    assert link.search(rhea.get(f"/accounts/{world.ids['calder']}/trail").text)
    assert link.search(rhea.get("/today").text)
    with acting("rhea") as actor:
        account = actor.session.get_one(Account, world.pks["calder"])
        accounts.give_account(actor, account, to=actor.session.get_one(Person, world.pks["nora"]))
    assert "Read the brief of Calder Water" in door("nora").get("/today").text


def test_each_mark_leads_to_a_source_that_the_list_names(door, world, say):
    say("petra", ASKED)
    say("rhea", PROMISED)
    page = page_of(door, world)
    marks = {(number, url) for url, number in re.findall(r'<a href="([^"]+)" aria-label="Source \d+: [^"]*">\[(\d+)\]</a>', page)}
    listed = {(number, url) for number, url in re.findall(r'<li>\[(\d+)\] [\w ]+: <a href="([^"]+)">', page)}
    assert marks == listed
    assert sorted(int(number) for number, _url in listed) == list(range(1, len(listed) + 1))
    assert len(listed) > 5


def test_it_says_of_when_and_for_whom(door, world, say):
    say("petra", ASKED)
    page = page_of(door, world)
    assert "from what Rhea Rep may read" in page
    assert "Team only" in page
    assert "You are looking at" not in page
    past = page_of(door, world, as_of="2020-01-01")
    assert "You are looking at 1 Jan 2020." in past


def test_in_german(door, world, say, acting):
    say("petra", ASKED)
    say("rhea", PROMISED)
    with acting("rhea") as rhea:
        rhea.session.get_one(Person, world.pks["rhea"]).language = "de"
    main = page_of(door, world).partition('id="main"')[2]
    assert "Was wir schulden" in main
    assert f"„{ASKED}“" in main
    assert "Rhea Rep betreut den Kunden seit" in main
    for english in ("How things stand", "Who is who", "looks after", "Until ", "Sources"):
        assert english not in main
    told = door("rhea").get(f"/api/v1/accounts/{world.ids['calder']}/brief").json
    assert told["sections"][0]["title"] == "Wie es steht"


def test_the_api_gives_the_page_and_no_pdf(door, world, say):
    say("petra", ASKED)
    rhea, url = door("rhea"), f"/api/v1/accounts/{world.ids['calder']}/brief"
    assert "</html>" in rhea.get(url, headers={"Accept": "text/html"}).text
    assert rhea.get(url, headers={"Accept": "application/pdf"}).status_code == 501
    for accepts in ("*/*", "application/json", "text/csv"):
        assert rhea.get(url, headers={"Accept": accepts}).content_type == "application/json"


def test_words_are_shown_as_written(door, world, say):
    say("petra", "What does <b>this</b> {{ 7 * 7 }} %(name)s cost?")
    page = page_of(door, world)
    assert "&lt;b&gt;this&lt;/b&gt; {{ 7 * 7 }} %(name)s cost?" in page


def test_the_questions_asked_do_not_grow_with_the_account(door, world, acting, house, say, known):
    known("petra", "decides")
    say("petra", ASKED)
    say("rhea", PROMISED)
    client, url = door("rhea"), f"/accounts/{world.ids['calder']}/brief"
    client.get(url)
    with counting(house) as before:
        client.get(url)
    with acting("rhea") as rhea:
        topic = rhea.session.get_one(Topic, world.pks["topic"])
        for number in range(30):
            forums.post_message(rhea, topic, body=f"Number {number}: do you need {number} of them? I will send {number} by Friday.")
    say("petra", "And which protocols does it speak?")
    with counting(house) as after:
        client.get(url)
    assert len(after) <= len(before) + 2, "\n\n".join(after)
    assert len(after) < 45
