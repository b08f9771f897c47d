"""What is typed into the search field, understood."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.finding.fields import asked, moment


def test_fields_are_taken_out_of_the_words():
    told = asked('price from:elena in:"leak detection" before:2026-06 gateways')
    assert (told.words, told.author, told.place, told.before) == ("price gateways", "elena", "leak detection", "2026-06")
    assert [chip for chip, _ in told.chips] == ["from:elena", 'in:"leak detection"', "before:2026-06"]


def test_taking_a_chip_away_leaves_the_rest():
    assert asked("price from:elena gateways").chips == (("from:elena", "price gateways"),)


def test_what_is_typed_wins_over_what_is_chosen():
    assert asked("kind:file price", kind="post").kind == "file"


def test_colons_elsewhere_are_words():
    assert asked("ratio 3:1 at 10:30 https://x.example/from:y").words == "ratio 3:1 at 10:30 https://x.example/from:y"


@pytest.mark.parametrize(
    ("day", "end", "expected"),
    [
        ("2026", False, (2026, 1, 1)),
        ("2026", True, (2027, 1, 1)),
        ("2026-12", True, (2027, 1, 1)),
        ("2026-02", True, (2026, 3, 1)),
        ("2026-02-28", True, (2026, 3, 1)),
    ],
)
def test_days_months_and_years(day, end, expected):
    assert moment(day, ZoneInfo("UTC"), end=end) == int(datetime(*expected, tzinfo=UTC).timestamp())


def test_a_day_begins_in_the_readers_zone():
    assert moment("2026-07-01", ZoneInfo("Europe/Berlin")) == int(datetime(2026, 6, 30, 22, tzinfo=UTC).timestamp())


@pytest.mark.parametrize("nonsense", ["", "yesterday", "2026-13", "2026-02-31", "0000-01-01", "99999"])
def test_what_is_no_date_filters_nothing(nonsense):
    assert moment(nonsense, ZoneInfo("UTC")) is None


@given(st.text(max_size=300))
def test_nothing_typed_is_an_error(text):
    told = asked(text)
    assert len(told.words) <= len(text)
