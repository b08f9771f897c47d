"""The pages of imports: for admins; a file comes up, is matched, tried, brought in by the worker, and taken back."""

import io
import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.models import Account
from portal.imports.models import ImportRun
from portal.kernel import worker
from portal.kernel.house import House
from portal.kernel.outbox import CONSUMERS
from tests.conftest import Door, post

ROWS = b"Firma;Branche\nEins;=1+1\n;Niemand\n<script>alert(1)</script>;x\n"


def bring(ada: FlaskClient, data: bytes = ROWS, kind: str = "accounts", name: str = "companies.csv") -> str:
    answer = post(ada, "/admin/imports", kind=kind, file=(io.BytesIO(data), name))
    assert answer.status_code == 303, answer.get_data(as_text=True)
    return answer.headers["Location"]


def work(house: House) -> None:
    while worker.drain(house, CONSUMERS["imports"]):
        pass


@pytest.mark.parametrize("who", ["mona", "rhea", "petra"])
def test_only_admins_import(door: Door, who: str) -> None:
    page = bring(door("ada"))
    other = door(who)
    assert other.get("/admin/imports").status_code == 403
    assert other.get(page).status_code == 404
    assert post(other, "/admin/imports", kind="accounts", file=(io.BytesIO(ROWS), "x.csv")).status_code == 403
    assert post(other, f"{page}/start", do="import").status_code == 404


def test_from_a_file_to_accounts_and_back(house: House, db: Session, door: Door) -> None:
    ada = door("ada")
    page = bring(ada)
    shown = ada.get(page).get_data(as_text=True)
    assert "Firma" in shown
    assert "=1+1" in shown
    assert "<script>alert" not in shown
    refused = post(ada, f"{page}/start", do="try")
    assert refused.status_code == 422
    assert "No column says this" in refused.get_data(as_text=True)
    chosen = {"column-0": "name", "column-1": "industry"}
    assert post(ada, f"{page}/start", do="try", **chosen).status_code == 303
    assert 'http-equiv="refresh"' in ada.get(page).get_data(as_text=True)
    work(house)
    tried = ada.get(page).get_data(as_text=True)
    assert "What would come of it" in tried
    assert "name: Write something here." in tried
    assert re.search(r'value="name" selected', tried)  # it remembers how it was matched
    assert db.scalar(select(Account.pk).where(Account.name == "Eins")) is None
    assert post(ada, f"{page}/start", do="import", **chosen).status_code == 303
    work(house)
    db.rollback()
    assert db.scalars(select(Account).where(Account.name == "Eins")).one().industry == "=1+1"
    table = ada.get(f"{page}/rejected.csv")
    assert table.mimetype == "text/csv"
    assert table.get_data(as_text=True).splitlines()[1] == '"","Niemand","3","name: Write something here."'
    assert post(ada, f"{page}/start", do="import", **chosen).status_code == 422  # it was done
    assert post(ada, f"{page}/undo").status_code == 303
    work(house)
    db.rollback()
    assert db.scalars(select(Account).where(Account.name == "Eins")).one().removed_at is not None
    assert "Taken back" in ada.get("/admin/imports").get_data(as_text=True)


@pytest.mark.parametrize(("kind", "data"), [("", ROWS), ("nonsense", ROWS), ("accounts", b"")])
def test_what_cannot_be_begun(door: Door, db: Session, kind: str, data: bytes) -> None:
    answer = post(door("ada"), "/admin/imports", kind=kind, file=(io.BytesIO(data), "x.csv"))
    assert answer.status_code == 422
    assert db.scalar(select(ImportRun.pk)) is None


def test_mail_asks_where_to(house: House, door: Door) -> None:
    ada = door("ada")
    page = bring(ada, b"From x\nFrom: a@b.example\nDate: Mon, 3 May 2021 10:00:00 +0000\nSubject: Hi\n\nWords\n", "mail", "old.mbox")
    assert post(ada, f"{page}/start", do="import").status_code == 422
    assert post(ada, f"{page}/start", do="import", account="Calder Water").status_code == 303
    work(house)
    assert "Discussions made on the way" in ada.get(page).get_data(as_text=True)


def test_a_file_that_is_no_table_says_so(house: House, door: Door) -> None:
    ada = door("ada")
    page = bring(ada, b"\n\n\n")
    assert post(ada, f"{page}/start", do="import").status_code == 422
    assert ada.get(f"{page}/rejected.csv").status_code in (200, 422)
