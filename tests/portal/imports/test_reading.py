"""Tables as other systems write them, and values as people do."""

import io
from datetime import UTC, datetime

import pytest

from portal.imports.mapping import plan_of, recognised
from portal.imports.reading import Table
from portal.imports.registry import IMPORTERS
from portal.imports.values import address, moment, plain_number
from portal.kernel.errors import Invalid
from portal.kernel.tables import as_it_was, harmless


def _utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc,arg-type]


def read(data: bytes) -> tuple[list[str], list[list[str] | None]]:
    table = Table(io.BytesIO(data))
    return table.headings, [cells for _line, cells in table.rows()]


@pytest.mark.parametrize(
    "data",
    [
        "Name,Ort\nMüller,Köln\n".encode(),
        "\ufeffName,Ort\r\nMüller,Köln\r\n".encode(),
        "Name;Ort\nMüller;Köln\n".encode("cp1252"),
        "Name\tOrt\rMüller\tKöln\r".encode("utf-16"),
        'Name|"Ort"\n\n\n"Müller"|Köln\n'.encode(),
        "Name,Ort\nMüller,Köln\n".encode("utf-16-le"),
    ],
)
def test_encodings_marks_and_delimiters(data: bytes) -> None:
    assert read(data) == (["Name", "Ort"], [["Müller", "Köln"]])


@pytest.mark.parametrize(
    ("encoding", "words"), [("shift_jis", "東京都千代田区の会社です。水道"), ("windows-1251", "Общество с ограниченной ответственностью")]
)
def test_what_is_not_western_is_told_by_what_makes_sense(encoding: str, words: str) -> None:
    data = ("\n".join(["name,place", *([f"{words},{words}"] * 20)]) + "\n").encode(encoding)
    assert read(data)[1][0] == [words, words]


def test_line_breaks_in_cells_stay() -> None:
    assert read(b'a,b\n"one\ntwo","x,y"\n')[1] == [["one\ntwo", "x,y"]]


def test_a_cell_without_end_is_one_bad_row_and_no_more() -> None:
    _headings, rows = read(b"a,b\n1,2\n3," + b"x" * 1_000_001 + b"\n4,5\n")
    assert rows == [["1", "2"], None, ["4", "5"]]


@pytest.mark.parametrize("data", [b"", b"\n\n", b"\xef\xbb\xbf"])
def test_nothing_is_no_table(data: bytes) -> None:
    with pytest.raises(Invalid):
        read(data)


@pytest.mark.parametrize(
    ("told", "is_"),
    [
        ("2016-10-20", _utc(2016, 10, 20)),
        ("10/20/2016", _utc(2016, 10, 20)),
        ("20.10.2016 14:30", _utc(2016, 10, 20, 14, 30)),
        ("2021-01-07 6:49:18", _utc(2021, 1, 7, 6, 49, 18)),
        ("2024-01-19T09:42:24.000+0000", _utc(2024, 1, 19, 9, 42, 24)),
        ("1/2/2021 3:04 PM", _utc(2021, 1, 2, 15, 4)),
        ("44203", _utc(2021, 1, 7)),
        ("20210107", _utc(2021, 1, 7)),
        ("7 Jan 2021", _utc(2021, 1, 7)),
        ("Fri, 7 Dec 2001 10:06:42 -0800", _utc(2001, 12, 7, 18, 6, 42)),
    ],
)
def test_dates_in_many_orders(told: str, is_: datetime) -> None:
    assert moment(told) == is_


def test_the_order_of_day_and_month_is_a_choice() -> None:
    assert moment("3/4/2026").month == 3
    assert moment("3/4/2026", day_first=True).month == 4


@pytest.mark.parametrize("told", ["", "soon", "32/13/2020", "9999-12-31 23:59:59", "0001-01-01", "2020-02-30", "9" * 30, "1e999"])
def test_what_is_no_date_is_said(told: str) -> None:
    with pytest.raises(Invalid):
        moment(told)


def test_numbers_as_text_and_addresses() -> None:
    assert [plain_number(each) for each in ("577.0", "8.15E9", "12", "1.5", "about 9")] == ["577", "8150000000", "12", "1.5", "about 9"]
    assert address("Anna Weber <Anna@Calder.example>") == address("mailto:anna@calder.example") == "anna@calder.example"


def test_headings_of_other_systems_are_recognised() -> None:
    headings = ["Id", "Name", "NumberOfEmployees", "BillingCountry", "AccountSource", "Jigsaw"]
    found = recognised(IMPORTERS["accounts"], headings)
    assert found == dict(zip(("external", "name", "size", "region", "lead_source"), ([each] for each in headings), strict=False))
    hubspot = recognised(IMPORTERS["contacts"], ["Record ID", "First Name", "Last Name", "Email", "Associated Company", "Job Title"])
    assert hubspot.keys() == {"external", "first_name", "last_name", "email", "account", "title"}


@pytest.mark.parametrize(
    "told", [b"not toml [", b"[colums]\n", b'[columns]\nnamme = "x"\n', b"columns = 3", b'[options]\nowner = "x"\n', b"\xff\xfe"]
)
def test_a_map_that_makes_no_sense_says_so(told: bytes) -> None:
    with pytest.raises(Invalid):
        plan_of(IMPORTERS["accounts"], told)


@pytest.mark.parametrize("cell", ["=1+1", "+49 30 1", "-5", "@SUM(A1)", "'=1", "plain", "'quoted'", "\t=x"])
def test_formulas_go_out_harmless_and_come_back_as_they_were(cell: str) -> None:
    assert not harmless(cell).startswith(("=", "+", "-", "@", "\t"))
    assert as_it_was(harmless(cell)) == cell
