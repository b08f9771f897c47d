"""A letter that was said to be kept is on the trail, whatever is killed after that."""

import smtplib
import time
from email.message import EmailMessage
from pathlib import Path

import pytest
from sqlalchemy import select

from portal.accounts.models import Account
from portal.kernel.house import House
from tests.running import Running, free_port, prepare
from tests.waiting import PATIENCE
from workspaces.capture import actions
from workspaces.forums.models import Post

pytestmark = pytest.mark.crash
DOMAIN = "in.tidewell.example"
ROUNDS, LETTERS = 3, 3


def test_killed_as_soon_as_letters_are_acknowledged_each_is_there_once(tmp_path: Path) -> None:
    house, world = prepare(tmp_path / "data")
    with house.db.writing() as session:
        made = actions.make_address(world.actor(session, "rhea"), session.get_one(Account, world.pks["calder"]))
        address = f"{made.local}@{DOMAIN}"
    port = free_port()
    server = Running(tmp_path / "data", MAINSTAY_INBOUND_URL=f"lmtp://127.0.0.1:{port}", MAINSTAY_INBOUND_DOMAIN=DOMAIN)
    kept: list[str] = []
    try:
        for turn in range(ROUNDS):
            server.start()
            kept += _hand_over(port, address, turn)
            server.kill_all()
        assert len(kept) == ROUNDS * LETTERS
        server.start()
        assert sorted(_said(house, len(kept))) == sorted(kept)
    finally:
        server.kill_all()
        house.close()


def _hand_over(port: int, address: str, turn: int) -> list[str]:
    """The words of the letters that were acknowledged."""
    kept = []
    with _door(port) as line:
        line.ehlo()
        for number in range(LETTERS):
            letter = EmailMessage()
            letter["From"], letter["To"], letter["Subject"] = "rhea@tidewell.example", "anna@calder.example", f"Round {turn}"
            letter["Date"], letter["Message-ID"] = "Mon, 05 Jan 2026 10:00:00 +0100", f"<{turn}.{number}@t.example>"
            letter.set_content(f"Words {turn} {number}.")
            line.mail("rhea@tidewell.example")
            line.rcpt(address)
            if line.data(letter.as_bytes())[0] == 250:
                kept.append(f"Words {turn} {number}.")
    return kept


def _door(port: int) -> smtplib.LMTP:
    """The listener, which opens once the worker runs."""
    until = time.monotonic() + PATIENCE
    while True:
        try:
            return smtplib.LMTP("127.0.0.1", port, timeout=10)
        except OSError:
            assert time.monotonic() < until
            time.sleep(0.1)


def _said(house: House, count: int) -> list[str]:
    until = time.monotonic() + PATIENCE
    while True:
        with house.db.reading() as session:
            found = list(session.scalars(select(Post.body).where(Post.body.like("Words %"))))
        if len(found) >= count or time.monotonic() > until:
            return found
        time.sleep(0.2)
