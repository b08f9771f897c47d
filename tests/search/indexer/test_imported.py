"""Real exports of CRMs and real conversations, imported whole: the counts reconcile with the files, and what came is found."""

import csv
import json
import os
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bench import conversations
from portal.accounts import actions as accounts
from portal.accounts.models import Account, Contact
from portal.kernel import worker
from portal.kernel.checks import CHECKS
from portal.kernel.events import Event
from portal.kernel.house import House
from portal.kernel.outbox import CONSUMERS
from search.indexer.check import differences
from tests.cast import World
from tests.importing import bringing, counts
from workspaces.forums.models import Post, Topic
from workspaces.rooms import actions as rooms

DATA = os.environ.get("MAINSTAY_TEST_DATA", "")
pytestmark = pytest.mark.skipif(not DATA, reason="MAINSTAY_TEST_DATA names no directory with real data")


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_accounts_and_contacts_of_crms(house: House, db: Session, world: World, tmp_path: Path) -> None:
    bring = bringing(house, world, tmp_path)
    maven, salesforce = Path(DATA) / "crm-maven", Path(DATA) / "crm-exports" / "salesforce-demo-org"
    files = {maven / "accounts.csv": "accounts", salesforce / "Account.csv": "accounts", salesforce / "Lead.csv": "contacts"}
    for path, kind in files.items():
        told = rows(path)
        assert counts(bring(kind, path)) == (len(told), 0, 0, 0)
        assert counts(bring(kind, path)) == (0, 0, len(told), 0)
    names = {row["account"] for row in rows(maven / "accounts.csv")} | {row["Name"] for row in rows(salesforce / "Account.csv")}
    db.rollback()
    assert set(db.scalars(select(Account.name))) >= names
    leads = {row["Email"].lower() for row in rows(salesforce / "Lead.csv")}
    assert set(db.scalars(select(Contact.email))) >= leads
    assert [line for name in ("chains", "accounts", "references") for line in CHECKS[name](house, db)] == []


def test_conversations(house: House, db: Session, world: World, tmp_path: Path, acting) -> None:  # type: ignore[no-untyped-def]
    conversations.main(tmp_path / "made")
    made = json.loads((tmp_path / "made" / "counts.json").read_text())
    bring = bringing(house, world, tmp_path)
    with acting("rhea") as rhea:
        account = accounts.open_account(rhea, name="Talkers", domains=("talk.example",))
        rooms.open_workspace(rhea, title="Conversations", accounts=[account])
    mails = bring("mail", tmp_path / "made" / "mail.mbox", account="Calder Water")
    assert counts(mails) == (made["mails"], 0, 0, 0)
    turns = bring("messages", tmp_path / "made" / "messages.csv", new_forums="staff")
    assert counts(turns) == (made["turns"] + made["lines"], 0, 0, 0)
    assert counts(bring("mail", tmp_path / "made" / "mail.mbox", account="Calder Water")) == (0, 0, made["mails"], 0)
    db.rollback()
    written = select(func.count()).where(Event.kind == "post.created", Event.account_pk == account.pk)
    assert db.scalar(written) == made["turns"] + made["lines"]
    longest = db.scalars(select(Topic).order_by(Topic.post_count.desc()).limit(1)).unique().one()
    times = list(db.scalars(select(Post.created_at).where(Post.topic_pk == longest.pk).order_by(Post.pk)))
    assert times == sorted(times)
    while worker.drain(house, CONSUMERS["index"]):
        pass
    assert list(differences(house)) == []
    assert [line for name in ("chains", "words", "references") for line in CHECKS[name](house, db)] == []
