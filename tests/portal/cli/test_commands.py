"""The operator's commands: what they do, what they print, how they fail."""

import json
from collections.abc import Iterator

import click
import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from portal.cli.main import cli
from portal.kernel.house import House
from portal.kernel.outbox import Task, enqueue
from portal.people.models import Person
from tests.conftest import Door
from tests.portal.cli.conftest import Run, told


def every_command(group: click.Group, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    for name, command in group.commands.items():
        yield (*path, name), command
        if isinstance(command, click.Group):
            yield from every_command(command, (*path, name))


def test_every_command_says_what_it_does(mainstay: Run) -> None:
    commands = list(every_command(cli))
    assert len(commands) > 20
    for path, command in commands:
        assert command.help, f"{path} has no help"
        assert mainstay(*path, "--help").output.startswith("Usage:")


def test_a_new_colleague_signs_in_by_the_printed_link_once(mainstay: Run, door: Door) -> None:
    printed = told(
        mainstay("user", "add", "Zoe@tidewell.example", "--name", "Zoe", "--role", "rep", "--manager", "mona@tidewell.example", "--json")
    )
    assert printed["email"] == "zoe@tidewell.example"
    listed = told(mainstay("user", "list", "--json"))
    assert {"id": printed["id"], "email": "zoe@tidewell.example", "name": "Zoe", "roles": ["rep"], "suspended": False} in listed
    assert "/sign-in/link/" in mainstay("user", "signin-link", "zoe@tidewell.example").stdout


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["user", "add", "rhea@tidewell.example", "--name", "Again"], 1, "Somebody with this address is here already."),
        (["user", "add", "nonsense", "--name", "X"], 2, "Write an e-mail address."),
        (["user", "add", "x@y.example", "--name", "X", "--role", "king"], 2, "'king' is not one of"),
        (["user", "add", "x@y.example", "--name", "X", "--manager", "nobody@y.example"], 1, "Nobody here has the address"),
        (["user", "suspend", "nobody@y.example"], 1, "Nobody here has the address"),
        (["user", "suspend", "ada@tidewell.example"], 1, "the only admin"),
        (["token", "add", "petra@calder.example", "--name", "X"], 1, "Only staff"),
        (["token", "add", "rhea@tidewell.example", "--name", "X", "--scope", "admin"], 1, "Only an admin's token"),
        (["token", "revoke", "nonsense"], 1, "There is no token of this id."),
        (["verify", "--only", "nonsense"], 2, "There is no check nonsense."),
        (["queue", "retry", "nonsense"], 2, "There is no topic nonsense."),
        (["nonsense"], 2, "No such command"),
    ],
)
def test_what_is_wrong_is_said_in_words_and_changes_nothing(mainstay: Run, db: Session, arguments: list[str], code: int, says: str) -> None:
    before = db.scalars(select(Person.email).where(Person.suspended_at.is_(None)).order_by(Person.pk)).all()
    db.rollback()
    assert says in mainstay(*arguments, code=code).output
    assert db.scalars(select(Person.email).where(Person.suspended_at.is_(None)).order_by(Person.pk)).all() == before


def test_a_suspended_colleague_is_out_at_once(mainstay: Run, door: Door) -> None:
    rhea = door("rhea")
    assert signed_in(rhea)
    mainstay("user", "suspend", "rhea@tidewell.example")
    assert not signed_in(rhea)
    assert "is suspended" in mainstay("user", "signin-link", "rhea@tidewell.example", code=1).output


def test_a_token_works_until_it_is_revoked_and_is_shown_once(mainstay: Run, door: Door) -> None:
    made = told(mainstay("token", "add", "rhea@tidewell.example", "--name", "robot", "--scope", "read", "--json"))
    nobody = door("nobody")

    def asks() -> int:
        return nobody.get("/api/v1/workspaces", headers={"Authorization": f"Bearer {made['token']}"}).status_code

    assert asks() != 401
    listed = mainstay("token", "list", "--json")
    assert [each["name"] for each in told(listed)] == ["robot"]
    assert made["token"] not in listed.output
    mainstay("token", "revoke", made["id"])
    assert asks() == 401
    assert told(mainstay("token", "list", "--json")) == []


def test_verify_is_silent_on_a_whole_world_and_loud_on_a_broken_one(mainstay: Run, house: House) -> None:
    whole = ["--only", "chains", "--only", "reporting", "--only", "references", "--only", "words", "--only", "blobs"]
    assert told(mainstay("verify", *whole, "--json")) == {
        "breaches": {"chains": [], "reporting": [], "references": [], "words": [], "blobs": []}
    }
    with house.db.writing() as session:
        session.execute(text("UPDATE event SET kind = 'post.removed' WHERE seq = 2"))
    assert "was altered" in mainstay("verify", "--only", "chains", code=1).output


def test_doctor_says_how_to_mend(mainstay: Run, house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAINSTAY_MAIL_URL", "smtp://127.0.0.1:9")  # the discard port: nobody is there
    (house.settings.data_dir / "secret_key").write_text("x" * 40)
    (house.settings.data_dir / "secret_key").chmod(0o644)
    found = {(each["area"], each["state"]): each for each in told(mainstay("doctor", "--json", code=1))}
    assert "does not answer" in found["mail", "bad"]["says"]
    assert "chmod 600" in found["configuration", "bad"]["mend"]
    assert found["storage", "good"]
    assert found["clock", "good"]


def test_doctor_names_a_wrong_setting(mainstay: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAINSTAY_LOG", "loud")
    assert "MAINSTAY_LOG=loud: expected one of" in mainstay("doctor", code=1).output


def test_an_index_in_a_database_that_cannot_hold_it_is_refused(mainstay: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAINSTAY_DATABASE_URL", "")
    monkeypatch.setenv("MAINSTAY_SEARCH_URL", "postgresql:")
    assert "MAINSTAY_SEARCH_URL=postgresql:: expected the URL of a PostgreSQL database of its own" in mainstay("doctor", code=1).output
    monkeypatch.setenv("MAINSTAY_SEARCH_URL", "elastic://x")
    assert "MAINSTAY_SEARCH_URL=elastic://x: expected whoosh:, postgresql: or the URL" in mainstay("doctor", code=1).output


def test_doctor_names_the_server_of_an_index_that_is_away(mainstay: Run, house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAINSTAY_MAIL_URL", "smtp://127.0.0.1:9")  # something is bad whatever the machine
    monkeypatch.setenv("MAINSTAY_SEARCH_URL", "postgresql+psycopg://me:secret@127.0.0.1:1/none")
    said = mainstay("doctor", "--json", code=1).output
    assert "secret" not in said
    found = {each["area"]: each for each in json.loads(said)}
    assert "in PostgreSQL cannot be used" in found["search"]["says"]
    assert "MAINSTAY_SEARCH_URL" in found["search"]["mend"]


def test_what_was_given_up_is_listed_and_tried_again(mainstay: Run, house: House) -> None:
    with house.db.writing() as session:
        row = enqueue(session, "mail", Task("k", {"kind": "nothing"}))
        row.parked_at, row.tries, row.error = row.due_at, 10, "no"
    assert told(mainstay("queue", "status", "--json"))["topics"]["mail"]["parked"] == 1
    assert "1 to be tried again." in mainstay("queue", "retry", "mail").output
    assert told(mainstay("queue", "status", "--json"))["topics"]["mail"]["parked"] == 0


def test_an_index_is_rebuilt_and_equals_the_database(mainstay: Run, house: House) -> None:
    mainstay("index", "rebuild")
    assert "equals the database" in mainstay("index", "verify").output
    assert told(mainstay("index", "status", "--json"))["state"] == "ready"
    with house.db.writing() as session:
        session.execute(text("DELETE FROM outbox"))
        session.execute(text("UPDATE post SET body = 'other words' WHERE pk = 1"))
    assert "out of date in the index" in mainstay("index", "verify", code=1).output


def signed_in(client: FlaskClient) -> bool:
    return client.get("/api/v1/search?q=station").status_code == 200
