"""Every call of the database and of the file system that a request makes fails once, and then for good, the first, the second, the n-th:
each time nothing of it is there afterwards, the invariants hold, and the same request succeeds when nothing fails."""

import io
import os
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from typing import Any

import psycopg
import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import event, select
from sqlalchemy.exc import OperationalError

from portal.kernel import checks, storage
from portal.kernel.db import Base
from portal.kernel.house import House
from tests.cast import World
from tests.conftest import Door, csrf_of
from tests.workings import drain

pytestmark = pytest.mark.crash
FILES = ("fsync", "replace", "open", "close")  # of os, in what stores bytes
BESIDE = {"signins"}  # tables that tell of asking, not of what was asked


class Fault:
    """Counts the calls and fails the `n`-th, or from it on; 0 fails none."""

    def __init__(self) -> None:
        self.calls, self.n, self.for_good, self.failed = 0, 0, False, 0

    def arm(self, n: int, *, for_good: bool = False) -> None:
        self.calls, self.n, self.for_good, self.failed = 0, n, for_good, 0

    def disarm(self) -> None:
        self.n = 0

    def call(self, error: Callable[[], Exception]) -> None:
        self.calls += 1
        if self.n and (self.calls == self.n or (self.for_good and self.calls > self.n)):
            self.failed += 1
            raise error()


@pytest.fixture
def fault(house: House, monkeypatch: pytest.MonkeyPatch) -> Iterator[Fault]:
    made = Fault()

    broken = sqlite3.OperationalError if house.db.is_sqlite else psycopg.OperationalError

    def asked(*told: Any) -> None:
        made.call(lambda: OperationalError("a statement", {}, broken("disk I/O error")))

    def committing(commit: Callable[[Any], None]) -> Callable[[Any], None]:
        def failing(connection: Any) -> None:
            made.call(lambda: broken("disk I/O error"))
            commit(connection)

        return failing

    for each in house.db.engines:
        event.listen(each, "before_cursor_execute", asked)
        monkeypatch.setattr(each.dialect, "do_commit", committing(each.dialect.do_commit))
    monkeypatch.setattr(storage, "os", Failing(os, FILES, made))
    monkeypatch.setattr(storage, "tempfile", Failing(tempfile, ("mkstemp",), made))
    yield made
    for each in house.db.engines:
        event.remove(each, "before_cursor_execute", asked)


class Failing:
    """A module some of whose functions may fail as a disk does."""

    def __init__(self, module: Any, names: tuple[str, ...], fault: Fault) -> None:
        self._module, self._names, self._fault = module, names, fault

    def __getattr__(self, name: str) -> Any:
        real = getattr(self._module, name)
        if name not in self._names:
            return real

        def call(*args: Any, **kwargs: Any) -> Any:
            self._fault.call(lambda: OSError(5, "Input/output error"))
            return real(*args, **kwargs)

        return call


Ask = Callable[[FlaskClient, World, int], Any]  # the n-th time that it is asked


def message_with_a_file(client: FlaskClient, world: World, n: int) -> Any:
    path = f"/w/{world.ids['room']}/discussions/{world.ids['topic']}/posts"
    told = {"body": f"The chamber fills every spring, {n}.", "files": (io.BytesIO(b"month,depth\n%d" % n), "chamber.csv")}
    return client.post(path, data={"csrf_token": csrf_of(client)} | told)


def a_discussion(client: FlaskClient, world: World, n: int) -> Any:
    told = {"title": "Do they survive a flood?", "body": "The chamber fills.", "kind": "question", "forum": world.ids["general"]}
    return client.post(f"/w/{world.ids['room']}/discussions/new", data={"csrf_token": csrf_of(client)} | told)


def an_invitation(client: FlaskClient, world: World, n: int) -> Any:
    told = {"emails": f"ida{n}@calder.example", "role": "member", "note": "Have a look."}
    return client.post(f"/w/{world.ids['room']}/invitations", data={"csrf_token": csrf_of(client)} | told)


def a_file(client: FlaskClient, world: World, n: int) -> Any:
    told = {"files": (io.BytesIO(b"Words of a file, %d." % n), "stations.txt"), "folder": world.ids["folder"]}
    return client.post(f"/w/{world.ids['room']}/files/{world.ids['folder']}/add", data={"csrf_token": csrf_of(client)} | told)


def a_handover(client: FlaskClient, world: World, n: int) -> Any:
    """Of all that hangs on somebody; once it is done the next is the other way round."""
    leaver, to = getattr(client, "holds", ("rhea", "nora"))
    told = {"from": world.ids[leaver], "to": world.ids[to], "everything": "1", "announce": "1"}
    answer = client.post("/handovers", data={"csrf_token": csrf_of(client)} | told)
    if answer.status_code < 400:
        client.holds = (to, leaver)  # type: ignore[attr-defined]
    return answer


ASKED: dict[str, tuple[str, Ask]] = {
    "a message with a file": ("petra", message_with_a_file),
    "a discussion": ("petra", a_discussion),
    "an invitation": ("rhea", an_invitation),
    "a file": ("petra", a_file),
    "a handover": ("mona", a_handover),
}


@pytest.mark.parametrize("for_good", [False, True], ids=["once", "for-good"])
@pytest.mark.parametrize("what", ASKED)
def test_whichever_call_fails_it_is_everything_or_nothing(
    house: House, world: World, door: Door, fault: Fault, what: str, for_good: bool
) -> None:
    who, ask = ASKED[what]
    client = door(who)
    assert csrf_of(client)  # from here on the session has its token
    before, n, refused, taken = told_of(house), 1, 0, False
    fault.arm(n, for_good=for_good)
    answer = ask(client, world, n)
    while fault.failed:
        fault.disarm()
        if answer.status_code < 400:  # it failed after the commit: what is told live, for example
            assert taken or told_of(house) != before, f"call {n} failed, and what was acknowledged is not there"
            taken, before = True, told_of(house)
        else:
            assert answer.status_code == 503, f"call {n}: {answer.status_code}"
            assert told_of(house) == before, f"call {n} failed, and something stayed"
            refused += 1
        n += 1
        fault.arm(n, for_good=for_good)
        answer = ask(client, world, n)
    fault.disarm()
    assert answer.status_code < 400, answer.get_data(as_text=True)
    assert refused > 20, "it hardly calls anything"
    assert taken or told_of(house) != before
    drain(house)
    assert {name: lines for name, lines in checks.breaches(house).items() if lines} == {}


@pytest.mark.parametrize("for_good", [False, True], ids=["once", "for-good"])
def test_whichever_call_fails_a_handover_is_taken_back_or_stands(
    house: House, world: World, door: Door, fault: Fault, for_good: bool
) -> None:
    client = door("mona")
    path = a_handover(client, world, 0).headers["Location"]
    before, n, status = told_of(house), 0, 503
    while status == 503:
        n += 1
        fault.arm(n, for_good=for_good)
        status = client.post(f"{path}/reverse", data={"csrf_token": csrf_of(client)}).status_code
        fault.disarm()
        assert (told_of(house) == before) == (status == 503), f"call {n}: {status}"
    assert status == 303
    assert n > 20, "it hardly calls anything"
    drain(house)
    assert {name: lines for name, lines in checks.breaches(house).items() if lines} == {}


def told_of(house: House) -> dict[str, list[Any]]:
    """All rows of all tables."""
    with house.db.reading() as session:
        tables = (each for each in Base.metadata.sorted_tables if each.name not in BESIDE)
        return {each.name: sorted(repr(tuple(row)) for row in session.execute(select(each))) for each in tables}


def test_whichever_call_of_the_worker_fails_each_letter_is_sent(house: House, world: World, door: Door, fault: Fault) -> None:
    """What was sent but not noted comes again under the same Message-ID; nothing is lost, and nothing waits forever."""
    sent: list[str] = []

    class Post:
        def send(self, message: EmailMessage) -> None:
            fault.call(lambda: OSError(5, "Input/output error"))
            sent.append(message["Message-ID"])

    house.post = Post()
    assert an_invitation(door("rhea"), world, 0).status_code < 400
    n, whole = 1, 0
    while not whole:
        sent.clear()
        assert an_invitation(door("rhea"), world, n).status_code < 400
        fault.arm(n)
        with suppress(OperationalError, OSError):
            drain(house, topics=("mail",))
        fault.disarm()
        whole = not fault.failed
        with time_machine.travel(datetime.now(UTC) + timedelta(hours=2), tick=True):
            drain(house, topics=("mail",))
        assert len(set(sent)) == (2 if n == 1 else 1), f"call {n}"
        n += 1
    assert n > 5, "it hardly calls anything"
    drain(house)
    assert {name: lines for name, lines in checks.breaches(house).items() if lines} == {}
