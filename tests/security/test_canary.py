"""Every text in the world holds a word of its own; nobody ever gets a byte of a word that is not for them."""

import contextlib
import email
import email.policy
import io
import shutil
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

import wsgi
from portal.kernel import clock
from portal.kernel.audiences import Audience
from portal.kernel.policy import RULES
from search.copies import queries as copies
from tests.cast import World
from tests.security import canaries, ladder
from tests.security.canaries import Canary
from tests.security.conftest import app_of, settings_of
from tests.security.doors import Doors
from tests.workings import drain
from workspaces.forums.policy import May as Forums
from workspaces.rooms.models import Workspace
from workspaces.rooms.policy import May as Rooms

MADE = ("promise", "promise_fact")  # what the worker makes anew of messages that say more by now
LOOKING_AROUND = ("", "?limit=200&q=a&sort=newest")
OWN = {  # whose pages are looked at with which of the ladder's families: where they are, and what of it is not for them
    "rhea": ("room", "staff", "team note", "group", "community", "archive", "side", "asked"),
    "mona": ("room", "community"),
    "petra": ("room", "staff", "team note", "group", "removed", "archive", "asked"),
    "mark": ("room", "group"),
    "rolf": ("room", "staff", "community"),
    "otto": ("other",),
    "ravi": ("other",),
    "olga": ("community",),
    "paul": ("side",),
}
SIGNED_OUT = ("sven", "susi", "nobody")


@dataclass
class Aviary:
    """The world with its words, and what each of the cast has met so far."""

    doors: Doors
    planted: dict[str, Canary]
    looked: set[str] = field(default_factory=set)
    met: dict[str, dict[str, str]] = field(default_factory=dict)  # person -> word -> where it was met first

    def hear(self, who: str, told: bytes, where: str, *, but: str = "") -> None:
        for word in canaries.seen_in(told) - {but}:
            self.met.setdefault(who, {}).setdefault(word, where)

    def leaks(self, who: str) -> list[str]:
        met = self.met.get(who, {})
        return sorted(
            f"{who} met {self.planted[word]} at {where}"
            for word, where in met.items()
            if word in self.planted and who not in self.planted[word].seers
        )


@pytest.fixture(scope="module")
def aviary(template: tuple[Path, World], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Aviary]:
    root = tmp_path_factory.mktemp("aviary")
    shutil.copytree(template[0], root / "data")
    house = wsgi.build_house(settings_of(root / "data"))
    with house.db.writing() as session:
        planted = canaries.plant(session, template[1], canaries.WORDS.keys() - set(MADE))
    for hours in (1, 2):  # what waits a while before it is mailed is due
        with clock.standing_at(clock.now() + timedelta(hours=hours)):
            drain(house)
        if hours == 1:
            with house.db.writing() as session:
                planted |= canaries.plant(session, template[1], MADE)
    yield Aviary(Doors(app_of(house), house, template[1]), planted)
    house.bus.close()
    house.db.close()


def test_every_text_has_its_word() -> None:
    assert not canaries.unnamed_columns(), "say in canaries.py whether these hold somebody's words"


def test_words_are_found_in_every_dress() -> None:
    word = canaries.word_for("x")
    for dressed in (word, word.upper(), f"<mark>{word}</mark>", f'"{word}\\n"', word[:5] + "=\r\n" + word[5:]):
        assert canaries.seen_in(dressed.encode()) == {word}
    import base64

    for n in range(3):
        assert canaries.seen_in(base64.b64encode(b"-" * n + f"Some {word} more words".encode())) == {word}


@pytest.mark.parametrize(
    "who", ["otto", "paul", "ravi", "nora", "nils", "ada", "sven", "susi", "nobody", "olga", "rolf", "mark", "petra", "mona", "rhea"]
)
def test_nobody_meets_a_word_that_is_not_for_them(aviary: Aviary, who: str) -> None:
    look_around(aviary, who)
    search_for(aviary, who)
    assert not aviary.leaks(who), "\n".join(aviary.leaks(who))


@pytest.mark.parametrize(
    ("who", "rooms_"),
    [("petra", ("room", "archive")), ("mark", ("room",)), ("rolf", ("room", "circle")), ("olga", ("circle",)), ("rhea", ("room",))],
)
def test_nobody_meets_a_word_in_their_copy_that_is_not_for_them(aviary: Aviary, who: str, rooms_: tuple[str, ...]) -> None:
    taker = Aviary(aviary.doors, aviary.planted)
    doors = aviary.doors
    for room in rooms_:
        path = f"/w/{doors.world.ids[room]}/export"
        assert doors.client(who).post(path, data={"csrf_token": doors.csrf(who)}).status_code == 303
        drain(doors.house, topics=("make copies",))
        with doors.acting(who) as actor:
            copy = copies.copies_of(actor, actor.session.get_one(Workspace, doors.world.pks[room]))[0]
            assert copy.state == "ready"
            address = copy.path
        told = doors.client(who).get(address)
        archive = zipfile.ZipFile(io.BytesIO(told.get_data()))
        told.close()
        for name in archive.namelist():
            taker.hear(who, archive.read(name) + name.encode(), f"{room}: {name}")
    assert not taker.leaks(who), "\n".join(taker.leaks(who))
    met = {aviary.planted[word].table for word in taker.met[who] if word in aviary.planted}  # a hash may look like a word
    assert {"topic", "post", "person"} <= met, "what is for them is in it"


# Words that are met nowhere, with the reason; every other word is met by most of those it is for.
UNSHOWN = {
    "account_fact.value": "what was, on the pages of a day gone by",
    "event.facts": "many kinds of event are told on no page of the cast's",
    "file_version.note": "of a file's older versions and of those not opened here",
    "note_revision.body": "kept for the chain",
    "person.email": "of colleagues, told on few pages",
    "person.phone": "of colleagues, told on few pages",
    "post_revision.body": "of posts whose history is not opened here",
    "sign_in.device": "of sign-ins that are over",
}


def test_words_are_met_by_those_they_are_for(aviary: Aviary) -> None:
    """The positive control: a harness that sees nothing finds no leak either."""
    for who in ("rhea", "petra"):
        if who not in aviary.looked:
            look_around(aviary, who)
        silent = {aviary.doors.world.pks[name] for name in ("nils", "sven", "susi")}  # who said nothing and left is named nowhere
        theirs = {
            word: each
            for word, each in aviary.planted.items()
            if who in each.seers and f"{each.table}.{each.column}" not in UNSHOWN and not (each.table == "person" and each.pk in silent)
        }
        missed = sorted(str(each) for word, each in theirs.items() if word not in aviary.met[who])
        assert len(missed) <= len(theirs) * 0.05, f"{who} met {len(theirs) - len(missed)} of {len(theirs)}; not: {missed}"


def test_no_letter_holds_a_word_that_is_not_for_its_reader(aviary: Aviary) -> None:
    letters = read_letters(aviary)
    assert letters
    assert not [leak for who in letters for leak in aviary.leaks(who)]


def look_around(aviary: Aviary, who: str, *, few: bool = False) -> None:
    """Open every page and every list, with whatever ids of theirs or of others; `few`: the lists, and pages about a topic."""
    doors = aviary.doors
    aviary.looked.add(who)
    for rule in doors.app.url_map.iter_rules():
        guard = ladder.guard_of(doors.app, rule.endpoint)
        if guard is None or "GET" not in (rule.methods or ()) or rule.arguments & (ladder.FILLERS.keys() | {"token"}):
            continue
        call = ladder.Call(rule, "GET", guard)
        if few and rule.arguments and "topic" not in rule.rule:
            continue
        for n, family in enumerate(OWN.get(who, ("room",))):
            if not (ladder.touches(call, family) if rule.arguments else n == 0):
                continue
            address = ladder.address_of(call, ladder.ids_for(doors, call, family))
            for query in _queries(doors, rule.rule) if n == 0 else ("",):
                told = doors.client(who).get(address + query)
                aviary.hear(who, told.get_data() + str(told.headers).encode(), f"{address}{query}")
                told.close()
                if told.status_code in (401, 404):
                    break


def _queries(doors: Doors, rule: str) -> tuple[str, ...]:
    """The page itself; a list sorted and filtered another way; what came after a post."""
    lists = LOOKING_AROUND[1:] if "<" not in rule or rule.startswith("/api/") or rule.endswith("/trail") else ()
    return ("", *lists, *((f"?after={doors.world.ids['post']}",) if "<ref:topic>" in rule or "<topic>" in rule else ()))


def search_for(aviary: Aviary, who: str) -> None:
    """Search for words that are not theirs: whole, begun, mistyped; and by author and place."""
    client = aviary.doors.client(who)
    foreign = sorted((each for each in aviary.planted.values() if who not in each.seers), key=lambda each: each.word)
    for canary in foreign[:: max(1, len(foreign) // 3)] if who not in SIGNED_OUT else ():
        word = canary.word
        for asked in (word, word[:6] + "*", word[:7] + "x" + word[8:], f"author:{word}", f"in:{word}"):
            found = client.get("/api/v1/search", query_string={"q": asked})
            aviary.hear(who, found.get_data(), f"search for {asked}", but=word)
            if asked == word or ":" in asked:
                told: Any = found.get_json()
                assert (told["total"], told["items"], told["suggestion"]) == (0, [], None), f"{who} found {canary}"
        for address in ("/search", "/search/complete"):
            aviary.hear(who, client.get(address, query_string={"q": word[:6]}).get_data(), f"{address}?q={word[:6]}")


def read_letters(aviary: Aviary) -> set[str]:
    """Note what each of the cast has been mailed; who that was."""
    doors = aviary.doors
    people = {doors.world.pks[name]: name for name in (*ladder_people(), "ada")}
    readers = set()
    by_address = {}
    with doors.acting("ada") as actor:
        for pk, name in people.items():
            from portal.people.models import Person

            by_address[actor.session.get_one(Person, pk).email] = name
    for path in sorted((doors.house.settings.data_dir / "mail").glob("*/*")):
        message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        who = by_address.get(message["To"].addresses[0].addr_spec, "")
        if not who:
            continue
        readers.add(who)
        parts = [part.get_content().encode() for part in message.walk() if part.get_content_maintype() == "text"]
        aviary.hear(who, path.read_bytes() + b"\n".join(parts) + str(message["Subject"]).encode(), f"a letter: {message['Subject']}")
    return readers


def ladder_people() -> tuple[str, ...]:
    return ("mona", "rhea", "nora", "ravi", "petra", "mark", "rolf", "nils", "paul", "otto", "olga", "sven", "susi")


def _snippets_of_hidden_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hits are fetched by their ids alone."""
    monkeypatch.setattr("search.finding.queries.allowed", lambda actor, verb: select(RULES[verb].model))
    monkeypatch.setattr("search.finding.queries.held_pks", lambda actor: frozenset(actor.session.scalars(select(Audience.pk))))


def _team_notes_for_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever reads a topic reads its posts."""
    for verb in (Forums.READ_POST, Forums.READ_WORDS):
        monkeypatch.setitem(RULES, verb, replace(RULES[verb], condition=lambda actor: True))


def _lists_of_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """A workspace is for whoever is signed in."""
    monkeypatch.setitem(RULES, Rooms.READ_WORKSPACE, replace(RULES[Rooms.READ_WORKSPACE], condition=lambda actor: True))


@pytest.mark.parametrize(
    ("plant", "who"), [(_snippets_of_hidden_rows, "otto"), (_team_notes_for_all, "petra"), (_lists_of_all, "ravi"), (_lists_of_all, "rolf")]
)
def test_the_judge_sees_planted_holes(aviary: Aviary, monkeypatch: pytest.MonkeyPatch, plant: Any, who: str) -> None:
    blind = Aviary(aviary.doors, aviary.planted)
    plant(monkeypatch)
    look_around(blind, who, few=True)
    with contextlib.suppress(AssertionError):
        search_for(blind, who)
    assert blind.leaks(who)
