"""The day that somebody names, as of Wednesday 4 March 2026."""

from datetime import date

import pytest

from search.categories.dates import due

ON = date(2026, 3, 4)


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("I'll send it today", "2026-03-04"),
        ("You have it tomorrow by noon", "2026-03-05"),
        ("by noon tomorrow", "2026-03-05"),
        ("by Friday", "2026-03-06"),
        ("on Wednesday", "2026-03-11"),
        ("next Tuesday", "2026-03-10"),
        ("next Friday", "2026-03-13"),
        ("on Thursday next week", "2026-03-12"),
        ("next week", "2026-03-13"),
        ("by the end of the week", "2026-03-06"),
        ("within 48 hours", "2026-03-06"),
        ("within three working days", "2026-03-09"),
        ("in two weeks", "2026-03-18"),
        ("on the 12th", "2026-03-12"),
        ("by the 3rd", "2026-04-03"),
        ("on 14 March", "2026-03-14"),
        ("on Thursday 19 March", "2026-03-19"),
        ("March 14th, 2027", "2027-03-14"),
        ("2026-04-01", "2026-04-01"),
        ("by 3 January", "2027-01-03"),
        ("by the end of the month", "2026-03-31"),
        ("end of February", "2027-02-28"),
        ("end of Q2", "2026-06-30"),
        ("by the end of the year", "2026-12-31"),
    ],
)
def test_days_are_meant_as_of_the_message(said, day):
    assert due(f"I will send you the drawings {said}.", ON) == date.fromisoformat(day)


@pytest.mark.parametrize(
    "said", ["soon", "every Friday", "as soon as I can", "on 31 February", "from today on", "in 999 months of Sundays", "2026-13-45", ""]
)
def test_what_names_no_day_has_none(said):
    assert due(f"I will call you {said}", ON) is None


@pytest.mark.parametrize("said", ["by the end of next week - Friday 6 April", "next week, Friday (6 April)", "next week: 6 April"])
def test_the_day_of_the_calendar_says_more_precisely_what_goes_before_it(said):
    assert due(f"You have it {said}.", date(2001, 3, 20)) == date(2001, 4, 6)
    assert due("You have it next week, and on 6 April the rest.", date(2001, 3, 20)) == date(2001, 3, 30)


def test_the_one_named_first_counts():
    assert due("On Monday I call you, and on Friday you have it.", ON) == date(2026, 3, 9)
    assert due("x" * 10_000 + " within " * 1000, ON) is None
