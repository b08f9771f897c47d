"""Amounts and quantities in what people write."""

import pytest

from search.links.numbers import numbers


def said(text):
    return [(number.value, text[number.start : number.end]) for number in numbers(text)]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("It costs €12,500 in all.", "12500 EUR"),
        ("It costs 12.500 EUR in all.", "12500 EUR"),
        ("About $1.2m a year.", "1200000 USD"),
        ("About 12k euros.", "12000 EUR"),
        ("£99.50 each", "99.5 GBP"),
        ("CHF 3'400.00", "3400 CHF"),
        ("two million dollars? No: 2 million dollars.", "2000000 USD"),
        ("We need 50 seats.", "50 seats"),
        ("We need fifty more licences.", "50 licences"),
        ("12,000 sensors, at once", "12000 sensors"),
    ],
)
def test_what_is_said(text, value):
    assert value in [each for each, _words in said(text)]


@pytest.mark.parametrize(
    "text",
    ["In 14 days.", "On 3 March, at 10:30.", "Two questions.", "Version 2.4.1 runs", "GX-200 pumps", "It is 20 degrees.", "Room 12.", "1."],
)
def test_what_is_neither(text):
    assert said(text) == []


def test_an_amount_is_no_quantity_as_well():
    assert [value for value, _words in said("We pay 500 dollars for 20 pumps.")] == ["500 USD", "20 pumps"]
