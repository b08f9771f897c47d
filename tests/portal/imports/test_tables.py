"""Lists as CSV: who may read them has them, and nothing that anybody wrote is a formula to the spreadsheet that opens them."""

import csv
import io

import pytest

from portal.accounts import actions
from portal.accounts.models import Account, Contact
from portal.kernel.tables import as_it_was, harmless, lines
from tests.importing import Bring, counts

FORMULAS = (
    "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1+1", "＋1", "－1", "＠x", " =1", "\u200b=1", "\u00a0=1", "'=1", "''=1",
    '=HYPERLINK("http://evil.example","x")', "=cmd|' /C calc'!A0", "\0=1", "=1\0", "%0A=1", "|calc", "\ufeff=1",
)  # fmt: skip
PLAIN = ("Anna Weber", "O'Brien", "'tis", "3-4", "a=b", "", "line\nbreak", 'a "quoted", word', "Zoë")
API = "/api/v1"


@pytest.mark.parametrize("cell", FORMULAS)
def test_no_cell_begins_like_a_formula(cell):
    assert harmless(cell).startswith("'")
    assert "\0" not in harmless(cell)
    assert as_it_was(harmless(cell)) == cell.replace("\0", "")


@pytest.mark.parametrize("cell", PLAIN)
def test_what_is_no_formula_stays_as_it_is(cell):
    assert harmless(cell) == cell
    assert as_it_was(cell) == cell


def test_no_cell_ends_early_and_begins_another():
    cells = ['x","=1+1', "x\r\n=1+1", "x;=1+1", "x\t=1+1", '"=1', '""\n=1']
    told = "".join(lines([["a"] * len(cells), cells]))
    assert told.encode().startswith(b"\xef\xbb\xbf")
    back = list(csv.reader(io.StringIO(told.removeprefix("\ufeff"), newline="")))
    assert [len(row) for row in back] == [len(cells)] * 2
    assert [as_it_was(cell) for cell in back[1]] == cells


def test_contacts_come_out_harmless_and_go_in_again_as_they_were(acting, door, world, bring: Bring, db):
    with acting("rhea") as rhea:
        calder = rhea.session.get_one(Account, world.pks["calder"])
        for number, name in enumerate(["=1+1 Ltd", "@Petra", "-Otto", "＝Full"]):
            actions.add_contact(rhea, calder, name=name, email=f"n{number}@calder.example", phone="+49 30 12", title='a "b", c')
    answer = door("rhea").get(f"/accounts/{world.ids['calder']}/people?format=csv")
    assert (answer.status_code, answer.mimetype) == (200, "text/csv")
    assert "attachment" in answer.headers["Content-Disposition"]
    rows = list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"), newline="")))
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@", "＝"))]
    assert {"'=1+1 Ltd", "'@Petra", "'-Otto", "'＝Full"} <= {row[2] for row in rows}
    made, _changed, unchanged, rejected = counts(bring("contacts", answer.text))
    assert (made, rejected, unchanged) == (0, 0, len(rows) - 1)
    db.rollback()
    assert db.query(Contact).filter(Contact.name == "=1+1 Ltd").count() == 1


@pytest.mark.parametrize(
    ("page", "readers", "strangers"),
    [
        ("/accounts/{calder}/people", ("rhea", "mona"), ("ravi", "petra", "ada")),
        ("/accounts/{calder}/trail", ("rhea", "mona"), ("ravi", "petra", "ada")),
        ("/w/{room}/people", ("rhea", "petra"), ("otto", "ravi")),
    ],
)
def test_who_reads_a_list_has_it_as_a_table(acting, door, world, page, readers, strangers):
    with acting("rhea") as rhea:
        actions.add_contact(rhea, rhea.session.get_one(Account, world.pks["calder"]), name="Anna Weber")
    url = page.format(**world.ids)
    for name in readers:
        assert "Download as CSV" in door(name).get(url).text
        table = door(name).get(f"{url}?format=csv")
        assert (table.status_code, table.mimetype) == (200, "text/csv"), name
        assert len(table.text.splitlines()) > 1
    for name in strangers:
        assert door(name).get(f"{url}?format=csv").status_code == 404, name


def test_a_table_holds_what_its_reader_may_see_alone(door, world):
    assert "Calder Water" in door("rhea").get("/accounts?format=csv").text
    assert "Calder" not in door("ravi").get("/accounts?format=csv").text
    people = door("petra").get(f"/w/{world.ids['room']}/people?format=csv").text
    assert "@" not in people, "no addresses"


def test_the_accounts_go_in_again_unchanged(door, world, bring: Bring):
    assert counts(bring("accounts", door("rhea").get("/accounts?format=csv").text)) == (0, 0, 1, 0)
