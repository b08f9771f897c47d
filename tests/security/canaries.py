"""A nonsense word of its own in every text that a person wrote, and who may ever meet it, said plainly and not by the rules.

A new column of text must be named here: among WORDS, with how it is planted, or among CODES, which are not anybody's words.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import JSON, String, Table, Text, select
from sqlalchemy.orm import Session

from portal.kernel.audiences import Audience
from portal.kernel.db import Base
from tests.cast import World

CONSONANTS, VOWELS = "bdfgklmnprtv", "aiou"
FOUND = re.compile(rb"zq[a-z]{10}")
BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{16,}={0,2}")

Plant = Callable[[Any, str], Any]  # (what stands there, the word) -> what stands there now


def _after(old: Any, word: str) -> Any:
    return f"{old} {word}".strip()


def _where_any(old: Any, word: str) -> Any:
    return _after(old, word) if old else old


def _before(old: Any, word: str) -> Any:
    return f"{word} {old}"


def _paragraph(old: Any, word: str) -> Any:
    return f"{old}<p>{word}</p>"


def _another(old: Any, word: str) -> Any:
    return [*old, word]


def _pair(old: Any, word: str) -> Any:
    return [*old, [word, word]]


def _mailbox(old: Any, word: str) -> Any:
    return f"{word}@{old.partition('@')[2]}" if old else old


def _host(old: Any, word: str) -> Any:
    return f"{word}.example"


def _path(old: Any, word: str) -> Any:
    return f"{old}/{word}"


def _fact(old: Any, word: str) -> Any:
    return [*old, word] if isinstance(old, list) else _after(old, word)


SPOKEN = ("title", "name", "was", "now", "reason", "place", "forum", "owner", "into")  # facts of events that are somebody's words


def _facts(old: Any, word: str) -> Any:
    return {key: f"{value} {word}" if key in SPOKEN and isinstance(value, str) and value else value for key, value in old.items()}


WORDS: dict[str, dict[str, Plant]] = {
    "account": dict.fromkeys(("name", "industry", "region", "size", "website", "lead_source", "rating", "about"), _after),
    "account_domain": {"name": _host},
    "account_fact": {"value": _fact},
    "account_name": {"name": _after},
    "account_tag": {"name": _after},
    "capture_address": {"local": _after},
    "captured": {"name": _before, "sender": _mailbox, "reason": _where_any},
    "contact": {"name": _after, "title": _after, "phone": _after, "email": _mailbox, "tags": _another},
    "draft": {"title": _after, "body": _after},
    "entry_request": {"name": _after, "email": _mailbox, "at": _after, "told_by": _after, "words": _after, "answer": _after},
    "draft_file": {"name": _before},
    "event": {"facts": _facts},
    "file": {"name": _before},
    "file_version": {"note": _after},
    "flag": {"reason": _after},
    "folder": {"name": _after},
    "forum": {"title": _after, "description": _after},
    "held": {"title": _where_any, "body": _after, "html": _paragraph, "tags": _another, "reason": _where_any},
    "held_file": {"name": _before},
    "import_reject": {"reason": _after, "cells": _another},
    "import_run": {"name": _after, "left": _pair},
    "installation": {"name": _after, "contact": _after},
    "introduction": {"words": _after},
    "invitation": {"name": _after, "email": _mailbox, "note": _after},
    "kept_apart": {"reason": _after},
    "member_group": {"name": _after},
    "note": {"body": _after, "html": _paragraph},
    "note_revision": {"body": _after},
    "pause": {"reason": _after},
    "person": {"name": _after, "title": _after, "phone": _after, "email": _mailbox},
    "plan_item": {"title": _after},
    "preview_page": {"text": _after},
    "promise": {"words": _after, "about": _after},
    "promise_fact": {"words": _after, "about": _after, "reason": _after},
    "post": {"body": _after, "html": _paragraph, "hidden_reason": _where_any},
    "post_revision": {"body": _after},
    "reference": {"words": _after, "asked_words": _after},
    "reference_request": {"words": _after},
    "ruling": {"reason": _where_any},
    "sign_in": {"device": _after},
    "upload": {"name": _before, "note": _after},
    "token": {"name": _after},
    "topic": {"title": _after, "tags": _another},
    "vendor_name": {"name": _after, "aliases": _another},
    "webhook": {"name": _after, "url": _path},
    "webhook_delivery": {"response": _after},
    "workspace": {"title": _after, "purpose": _after},
}
CODES = {  # values of ours, secrets kept as hashes, ids, and what waits to be done
    "account_fact": {"field"},
    "account_name": {"key"},
    "assignment": {"role"},
    "alarm": {"name", "state", "says", "mend"},
    "audience": {"kind"},
    "bus": {"message"},
    "chain": {"name", "hash"},
    "captured": {"place", "way", "proven", "message_id", "digest", "sha256", "state"},
    "captured_thing": {"kind", "thing_id"},
    "contact": {"merged_gave"},  # what taking a merge back goes by; shown to nobody
    "contact_role": {"role"},
    "digest": {"kind"},
    "draft": {"place"},
    "draft_file": {"sha256", "mime"},
    "event": {"kind", "subject_kind", "subject_id", "salt", "facts_digest", "words_digest", "chain", "previous", "hash"},
    "external_key": {"kind", "key", "thing_id"},
    "file_version": {"sha256", "mime"},
    "handover": {"chosen"},
    "handover_item": {"kind", "thing", "facts", "left"},
    "held": {"kind", "about", "outcome"},
    "held_file": {"sha256", "mime"},
    "import_run": {"kind", "sha256", "state", "columns", "options", "counts", "beside", "error"},
    "imported_thing": {"kind", "thing_id", "act", "was", "now"},  # what an undo goes by; shown to nobody
    "installation": {"timezone", "language", "currency"},
    "invitation": {"role", "groups", "token_hash", "shown_hash", "code_hash"},
    "invitation_link": {"token_hash"},
    "index_state": {"place"},
    "kept_answer": {"key", "asked", "location", "content_type"},
    "mail_choice": {"thing"},
    "membership": {"role"},
    "note": {"kind"},
    "note_revision": {"event_id"},
    "not_the_same": {"kind"},
    "notice": {"event_id", "why", "thing", "source_kind", "source_id"},
    "notice_level": {"thing", "level"},
    "notice_wishes": {"level", "addressed", "followed", "plan", "every", "quiet_days"},
    "outbox": {"topic", "key", "payload", "error"},
    "periodic": {"name", "error"},
    "person": {"timezone", "language", "theme", "password_hash"},
    "pin": {"kind", "thing"},
    "plan_item": {"kind", "state"},
    "post_revision": {"event_id"},
    "message_link": {"what", "value"},  # numbers, and what they count
    "label": {"kind", "thing", "category", "why"},  # all of them words of ours
    "reference": {"terms"},
    "promise": {"state"},
    "promise_fact": {"state"},
    "ruling": {"action"},
    "preview": {"sha256", "state", "why"},
    "preview_page": {"picture"},
    "reaction": {"emoji"},
    "refused_address": {"email", "code", "said"},  # what a mail server answered
    "scan": {"sha256", "threat"},
    "sign_in": {"token_hash", "address"},
    "sign_in_link": {"email", "token_hash", "code_hash", "browser"},
    "snooze": {"kind", "thing"},
    "token": {"token_hash", "scopes"},
    "topic": {"kind"},
    "transfer": {"kind", "posts"},
    "vendor_name": {"kind", "key", "category"},
    "webhook": {"kinds", "nonce", "old_nonce", "off_why"},
    "webhook_delivery": {"kind", "state", "why", "error"},
    "workspace": {"kind"},
    "workspace_copy": {"sha256", "told_sha256"},
}


@dataclass(frozen=True)
class Canary:
    """A word, where it stands, and who may meet it."""

    word: str
    table: str
    pk: int
    column: str
    seers: frozenset[str]

    def __str__(self) -> str:
        return f"{self.table}.{self.column} of row {self.pk}"


def unnamed_columns() -> list[str]:
    """Columns of text that are neither among the words nor among the codes."""
    return [
        f"{table.name}.{column.name}"
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, String | Text | JSON)
        and column.name not in {"id", *WORDS.get(table.name, ()), *CODES.get(table.name, ())}
    ]


def plant(session: Session, world: World, tables: Iterable[str] = tuple(WORDS)) -> dict[str, Canary]:
    """Put a word into every text of every row, past the actions: no event tells of it."""
    wall = Wall(session, world)
    planted = {}
    for name, columns in ((name, WORDS[name]) for name in tables):
        table = Base.metadata.tables[name]
        key = next(iter(table.primary_key.columns))
        for row in session.execute(select(table)).mappings().all():
            values = {}
            for column, put in columns.items():
                word = word_for(name, row[key.name], column)
                values[column] = put(row[column], word) if row[column] is not None else None
                if values[column] not in (row[column], None):
                    planted[word] = Canary(word, name, row[key.name], column, wall.seers(table, row, column))
            session.connection().execute(table.update().where(key == row[key.name]).values(**values))
    return planted


def word_for(*where: object) -> str:
    """Twelve letters that no stemmer shortens and no other place has."""
    number = int.from_bytes(hashlib.sha256(repr(where).encode()).digest()[:8], "big")
    letters = []
    for n in range(10):
        letters.append((CONSONANTS, VOWELS)[n % 2][number % (12, 4)[n % 2]])
        number //= (12, 4)[n % 2]
    return "zq" + "".join(letters)


def seen_in(told: bytes) -> set[str]:
    """The words in some bytes: as they are, in any case, over soft line breaks, and within base64."""
    plain = re.sub(rb"=\r?\n", b"", told)
    found = {match.decode() for match in FOUND.findall(plain.lower())}
    for token in BASE64.findall(plain):
        try:
            inside = base64.b64decode(token.replace(b"-", b"+").replace(b"_", b"/") + b"==")
        except (binascii.Error, ValueError):
            continue
        found |= {match.decode() for match in FOUND.findall(inside.lower())}
    return found


STAFF = frozenset({"ada", "mona", "rhea", "nora", "ravi"})
IN_ROOM = frozenset({"rhea", "mona", "petra", "mark", "rolf"})
PLACES = {  # who is in each workspace, its account's team and the managers above included
    "room": IN_ROOM,
    "archive": IN_ROOM,
    "side": frozenset({"rhea", "mona", "paul"}),
    "other": frozenset({"ravi", "otto"}),
    "circle": frozenset({"rhea", "rolf", "olga"}),
    "shelf": STAFF,  # nobody is in it; what is on it is for all staff
}
EVER_IN = {  # who was ever in it: their names stay with their words
    "room": IN_ROOM | {"nils", "sven", "susi"},
    "archive": IN_ROOM,
    "side": PLACES["side"],
    "other": PLACES["other"],
    "circle": PLACES["circle"],
}
TEAMS = {"calder": frozenset({"rhea", "mona"}), "otway": frozenset({"ravi"}), "brewery": frozenset({"rhea", "mona"})}
GROUP = frozenset({"rhea", "mona", "petra"})
MODERATORS = frozenset({"rhea", "mark"})  # of the room


class Wall:
    """Who may meet what is in a row: product and permission matrix once more, without the rules."""

    def __init__(self, session: Session, world: World) -> None:
        self.people = {world.pks[name]: name for name in ("ada", "mona", "rhea", "nora", "ravi", "petra", "mark", "rolf", "nils", "paul",
                                                           "otto", "olga", "sven", "susi")}  # fmt: skip
        self.rooms = {world.pks[key]: key for key in PLACES}
        self.accounts = {world.pks[key]: key for key in TEAMS}
        self.audiences = {row.pk: row for row in session.scalars(select(Audience))}
        self.rows: dict[tuple[str, int], Any] = {}
        for name in ("topic", "post", "file", "folder", "note", "webhook", "draft", "forum", "held", "preview", "promise"):
            for row in session.execute(select(Base.metadata.tables[name])).mappings():
                self.rows[name, row["pk"]] = row
        self.versions = session.execute(select(Base.metadata.tables["file_version"])).mappings().all()

    def seers(self, table: Table, row: Any, column: str) -> frozenset[str]:
        return getattr(self, f"_{table.name}", self._by_audience)(row, column)  # type: ignore[no-any-return]

    def holders(self, audience_pk: int) -> frozenset[str]:
        audience = self.audiences[audience_pk]
        if audience.kind == "admins":
            return frozenset({"ada"})
        if audience.kind == "own":
            return frozenset({"ada", self.people[audience.subject_pk]})
        of = {"workspace": lambda: PLACES[self.rooms[audience.subject_pk]], "group": lambda: GROUP, "shelf": lambda: STAFF,
              "account": lambda: TEAMS[self.accounts[audience.subject_pk]]}[audience.kind]()  # fmt: skip
        return of & STAFF if audience.staff_only else of

    def _by_audience(self, row: Any, column: str) -> frozenset[str]:
        return self.holders(row["audience_pk"] if "audience_pk" in row else row["open_audience_pk"])

    def _account(self, row: Any, column: str) -> frozenset[str]:
        team = TEAMS[self.accounts[row["pk"]]]
        if column != "name":
            return team
        circle = PLACES["circle"] - {"olga"}  # Rolf has not agreed that she sees for whom he is there
        known = {"calder": PLACES["room"] | PLACES["side"] | circle, "otway": PLACES["other"] | PLACES["circle"],
                 "brewery": frozenset({"petra"})}  # fmt: skip
        return team | {"ada"} | known[self.accounts[row["pk"]]]  # people of a room see which company each is of

    def _unless_removed(self, row: Any, column: str) -> frozenset[str]:
        return frozenset() if row["removed_at"] else self._by_audience(row, column)

    _forum = _plan_item = _unless_removed

    def _topic(self, row: Any, column: str) -> frozenset[str]:
        """Of what was merged a notice says the title, where its messages are now."""
        merged = row["merged_into_pk"] and column == "title"
        return self._unless_removed(self.rows["topic", row["merged_into_pk"]] if merged else row, column)

    def _of_account(self, row: Any, column: str) -> frozenset[str]:
        return TEAMS[self.accounts[row["account_pk"]]]

    _account_domain = _account_fact = _account_name = _account_tag = _capture_address = _of_account

    def _contact(self, row: Any, column: str) -> frozenset[str]:
        """Petra is asked whether Sena may talk with her, and reads who that is."""
        asked = {"petra"} if row["name"].startswith("Sena") and column in ("name", "title") else set()
        return self._of_account(row, column) | asked

    def _reference(self, row: Any, column: str) -> frozenset[str]:
        """Petra herself, and those who look after her company; with what words she was asked nobody meets once she has answered."""
        return TEAMS["calder"] | {"petra"} if column != "asked_words" else frozenset()

    _reference_request = _reference  # of two companies that the same people look after

    def _workspace(self, row: Any, column: str) -> frozenset[str]:
        return PLACES[self.rooms[row["pk"]]]

    def _person(self, row: Any, column: str) -> frozenset[str]:
        name = self.people[row["pk"]]
        beside = [PLACES[key] for key, ever in EVER_IN.items() if name in ever]
        if name == "rolf" and column != "name":
            beside.append(PLACES["circle"] - {"olga"})  # she sees his name beside what he wrote, and no more
            beside.remove(PLACES["circle"])
        seers = frozenset().union(*beside) | {name, "ada"} | (STAFF if name in STAFF or name == "sven" else frozenset())
        return seers if column in ("name", "title") else seers - ({"rolf"} - {name})  # readers are not shown how to reach people

    def _post(self, row: Any, column: str) -> frozenset[str]:
        readers = self.holders(row["audience_pk"])
        author = self.people[row["author_pk"]]
        if row["removed_at"] or self.rows["topic", row["topic_pk"]]["removed_at"]:
            return frozenset()
        return readers & (MODERATORS | {author}) if row["hidden_at"] or column == "hidden_reason" else readers

    def _post_revision(self, row: Any, column: str) -> frozenset[str]:
        post = self.rows["post", row["post_pk"]]
        readers, author = self._post(post, "body"), self.people[post["author_pk"]]
        moderators = {"rhea", "mark"} if "mark" in self.holders(post["audience_pk"]) else {"rhea", "ravi"}
        return readers & (STAFF | moderators | {author})

    def _flag(self, row: Any, column: str) -> frozenset[str]:
        return MODERATORS | {self.people[row["reporter_pk"]]}

    def _ruling(self, row: Any, column: str) -> frozenset[str]:
        return MODERATORS | {self.people[self.rows["post", row["post_pk"]]["author_pk"]]}

    def _held(self, row: Any, column: str) -> frozenset[str]:
        """Who wrote it, and moderators who see its place."""
        topic, forum = self.rows.get(("topic", row["topic_pk"])), self.rows["forum", row["forum_pk"]]
        there = self.holders(topic["audience_pk"] if topic else forum["open_audience_pk"])
        return there & (MODERATORS | {self.people[row["author_pk"]]})

    def _held_file(self, row: Any, column: str) -> frozenset[str]:
        return self._held(self.rows["held", row["held_pk"]], column)

    def _introduction(self, row: Any, column: str) -> frozenset[str]:
        """Whom it is about and who runs the community; Olga may not know of Rolf any more."""
        return frozenset({"rhea", "rolf"})

    def _entry_request(self, row: Any, column: str) -> frozenset[str]:
        """Those who run the room, and who proposed them. What they wrote as the address is shown to nobody."""
        mine = {self.people[row["proposed_by_pk"]]} if row["proposed_by_pk"] else set()
        return frozenset({"rhea"} | mine) if column != "at" else frozenset()

    def _pause(self, row: Any, column: str) -> frozenset[str]:
        return MODERATORS | {self.people[row["person_pk"]]}

    def _file(self, row: Any, column: str) -> frozenset[str]:
        readers = self.holders(row["audience_pk"])
        if row["post_pk"] and not self._post(self.rows["post", row["post_pk"]], "body") >= readers:
            return frozenset()  # of a post that is hidden or removed
        if row["folder_pk"] and self.rows["folder", row["folder_pk"]]["removed_at"]:
            return readers & {"rhea"}
        return readers & MODERATORS if row["removed_at"] else readers

    def _folder(self, row: Any, column: str) -> frozenset[str]:
        readers = self._by_audience(row, column)
        return readers & {"rhea"} if row["removed_at"] else readers

    def _file_version(self, row: Any, column: str) -> frozenset[str]:
        return self._file(self.rows["file", row["file_pk"]], column)

    def _preview_page(self, row: Any, column: str) -> frozenset[str]:
        """Those who may see a file that these bytes are a version of."""
        sha256 = self.rows["preview", row["preview_pk"]]["sha256"]
        of = [self.rows["file", each["file_pk"]] for each in self.versions if each["sha256"] == sha256]
        standing = [
            row for row in of if not row["removed_at"] and not (row["folder_pk"] and self.rows["folder", row["folder_pk"]]["removed_at"])
        ]
        return frozenset().union(*(self._file(row, column) for row in standing))

    def _note(self, row: Any, column: str) -> frozenset[str]:
        return frozenset() if row["removed_at"] else self.holders(row["audience_pk"])

    def _note_revision(self, row: Any, column: str) -> frozenset[str]:
        return self._note(self.rows["note", row["note_pk"]], column)

    def _promise(self, row: Any, column: str) -> frozenset[str]:
        """Who reads its message; of clients those of the company to which our side made it."""
        if row["note_pk"]:
            return self._note(self.rows["note", row["note_pk"]], column)
        company = {"calder": {"petra", "mark", "rolf", "paul"}, "otway": {"otto", "olga"}}[self.accounts[row["account_pk"]]]
        return self._post(self.rows["post", row["post_pk"]], "body") & (STAFF | company if row["ours"] else STAFF)

    def _promise_fact(self, row: Any, column: str) -> frozenset[str]:
        """What stands of it, as the promise itself. The sentence at each time, and the wording before the one that stands, are for staff;
        so is how it was noticed. A row that was superseded nobody meets."""
        promise = self.rows["promise", row["promise_pk"]]
        if row["recorded_to"]:
            return frozenset()
        noticed = row["valid_from"] == promise["said_at"]
        past = column == "words" or noticed or (column == "about" and row["valid_to"])
        return self._promise(promise, column) & (STAFF if past else frozenset(self.people.values()))

    def _vendor_name(self, row: Any, column: str) -> frozenset[str]:
        return frozenset() if row["removed_at"] else STAFF

    def _invitation(self, row: Any, column: str) -> frozenset[str]:
        return frozenset({"rhea", "mona", "mark"})

    def _member_group(self, row: Any, column: str) -> frozenset[str]:
        return GROUP | {"mark"}

    def _own(self, row: Any, column: str) -> frozenset[str]:
        return frozenset({self.people[row["person_pk"]]})

    _draft = _sign_in = _upload = _webhook = _own

    def _draft_file(self, row: Any, column: str) -> frozenset[str]:
        return self._own(self.rows["draft", row["draft_pk"]], column)

    def _webhook_delivery(self, row: Any, column: str) -> frozenset[str]:
        return self._own(self.rows["webhook", row["webhook_pk"]], column)

    def _admins(self, row: Any, column: str) -> frozenset[str]:
        return frozenset({"ada"})

    _import_run = _import_reject = _admins

    def _token(self, row: Any, column: str) -> frozenset[str]:
        return self._own(row, column) | {"ada"}

    def _installation(self, row: Any, column: str) -> frozenset[str]:
        return frozenset({*self.people.values(), "nobody"})
