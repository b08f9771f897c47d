"""Whose brief it is: only what the reader may read takes part, and what is hidden leaves no trace."""

from datetime import timedelta

import pytest

from portal.accounts import actions as accounts
from portal.accounts.models import Account
from portal.kernel.clock import now
from portal.people.models import Person
from tests.search.brief.test_sections import ASKED, DECIDED, OBJECTED, PROMISED
from tests.workings import drain
from tests.workspaces.library.conftest import bring
from workspaces.forums import actions as forums
from workspaces.forums.models import Forum, Post, Topic
from workspaces.library import actions as library
from workspaces.plan import actions as plan
from workspaces.rooms.models import Workspace

__all__ = ["bring"]


def ask(door, world, name, where="/api/v1", **asked):
    return door(name).get(f"{where}/accounts/{world.ids['calder']}/brief", query_string=asked)


@pytest.mark.parametrize("where", ["/api/v1", ""])
def test_whoever_reads_the_account_and_is_of_our_side(door, world, where):
    for name in ("rhea", "mona"):
        assert ask(door, world, name, where).status_code == 200, name
    for name in ("nora", "ravi", "ada", "petra", "mark", "rolf", "paul", "otto", "nils"):
        assert ask(door, world, name, where).status_code == 404, name
    assert ask(door, world, "nobody", where).status_code == (401 if where else 303)


def test_a_deputy_has_it_while_they_act(door, world, acting, say):
    say("petra", ASKED)
    with acting("rhea") as rhea:
        account, nora = rhea.session.get_one(Account, world.pks["calder"]), rhea.session.get_one(Person, world.pks["nora"])
        today = now().date()
        accounts.name_deputy(rhea, account, person=nora, begins=today, until=today + timedelta(days=3))
    assert ASKED in ask(door, world, "nora").text
    with acting("rhea") as rhea:
        account, nora = rhea.session.get_one(Account, world.pks["calder"]), rhea.session.get_one(Person, world.pks["nora"])
        accounts.end_deputy(rhea, account, person=nora)
    assert ask(door, world, "nora").status_code == 404


@pytest.fixture
def team(acting, world):
    """Nora is on the account's team too; of its community she is no member."""
    with acting("rhea") as rhea:
        accounts.join_team(rhea, rhea.session.get_one(Account, world.pks["calder"]), person=rhea.session.get_one(Person, world.pks["nora"]))


@pytest.fixture
def in_the_circle(circle, acting, world, house, bring):
    """All that takes part in a brief happens in a community of which Rhea is a member and Nora is not."""

    def happen() -> None:
        with acting("rhea") as rhea:
            room = rhea.session.get_one(Workspace, world.pks["circle"])
            forum = forums.make_forum(rhea, room, title="Sensors", audience="everyone").pk
            folder = library.make_folder(rhea, room, name="Papers", audience="everyone")
        with acting("petra") as petra:
            topic = forums.start_topic(petra, petra.session.get_one(Forum, forum), title="Battery of the sensors", body=ASKED)
            pk, body = topic.pk, "I will send you our figures by Monday."
            for words in (OBJECTED, DECIDED, body):
                forums.post_message(petra, topic, body=words)
            library.add_file(petra, petra.session.merge(folder), received=bring("figures.txt"))
            plan.add_item(petra, petra.session.get_one(Workspace, world.pks["circle"]), title="Compare", due=now().date())
        with acting("rhea") as rhea:
            forums.post_message(rhea, rhea.session.get_one(Topic, pk), body=PROMISED)
        drain(house, topics=("index",))

    return happen


def test_what_is_hidden_leaves_no_trace(team, in_the_circle, door, world, say):
    say("petra", "Good morning.")
    say("petra", "Which protocols does it speak?")
    say("rhea", "I will call you next week.")
    moment = now().isoformat()
    before = {name: ask(door, world, name).json["sections"] for name in ("rhea", "nora")}
    page = ask(door, world, "nora", "", as_of=moment).text
    in_the_circle()
    after = {name: ask(door, world, name).json["sections"] for name in ("rhea", "nora")}
    changed = {one["key"] for one, other in zip(before["rhea"], after["rhea"], strict=True) if one != other}
    assert changed >= {"standing", "ours", "theirs", "questions", "objections", "decisions", "days", "last"}
    assert after["nora"] == before["nora"]
    assert "Sensors" not in ask(door, world, "nora", "").text
    assert bare(ask(door, world, "nora", "", as_of=moment).text) == bare(page)


def bare(page: str) -> str:
    """Without what is another on each request: nonce, csrf, and when it was made."""
    return page.partition('<div class="bar">')[2].partition("</main>")[0]


def test_team_notes_and_hidden_messages(door, world, say, acting):
    note = say("rhea", "We decided among us to give 12 percent.", team=True)
    hidden = say("petra", DECIDED)
    told = ask(door, world, "rhea").text
    assert note in told
    assert hidden in told
    with acting("mark") as mark:
        post = mark.session.query(Post).filter_by(id=hidden).one()
        forums.hide_post(mark, post, reason="Wrong place")
    assert hidden not in ask(door, world, "rhea").text
    asked = say("petra", ASKED)
    assert ASKED in ask(door, world, "rhea").text
    with acting("petra") as petra:
        forums.remove_post(petra, petra.session.query(Post).filter_by(id=asked).one())
    assert ASKED not in ask(door, world, "rhea").text


def test_each_source_is_one_that_the_reader_may_open(team, in_the_circle, door, world, say):
    say("petra", ASKED)
    in_the_circle()
    for name in ("rhea", "nora", "mona"):
        client = door(name)
        urls = {each["url"] for section in ask(door, world, name).json["sections"] for line in section["lines"] for each in line["sources"]}
        assert len(urls) > 4
        for url in urls:
            assert client.get(url.partition("#")[0]).status_code == 200, (name, url)


def test_nothing_of_another_account(door, world, say):
    told = ask(door, world, "rhea").text
    assert "Calder" in told
    for word in ("Otway", "Otto", "Cold chain"):
        assert word not in told
