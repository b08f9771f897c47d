"""What people wrote, told from what they quote and sign with."""

import os
from pathlib import Path

import pytest

from bench import quoting
from workspaces.capture.folding import fold

DATA = os.environ.get("MAINSTAY_TEST_DATA")


@pytest.mark.skipif(not DATA, reason="MAINSTAY_TEST_DATA is not set")
def test_collected_letters_keep_exactly_what_they_are_to_keep() -> None:
    shares = quoting.shares(Path(DATA or "") / "email-quoting")
    assert {source: right / count for source, (right, count, _wrong) in shares.items()} == dict.fromkeys(shares, 1.0)
    assert sum(count for _right, count, _wrong in shares.values()) == 71


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ("Yes.\n\nOn Mon, 5 Jan 2026 at 10:00, Anna <a@b.example> wrote:\n> Is it?\n", "Yes."),
        ("Ja.\n\nAm Mo., 5. Jan. 2026 um 10:00 Uhr schrieb Anna <a@b.example>:\n\n> Ist es so?\n", "Ja."),
        ("Yes.\n-- \nAnna\nCalder Water\n", "Yes."),
        ("Yes.\n\nSent from my iPhone\n", "Yes."),
        ("> Is it?\n\nYes.\n\n> And that?\n\nNo.\n", "> Is it?\n\nYes.\n\n> And that?\n\nNo."),
        ("Look:\n```\n-- \n    indented\n```\nThat is it.", "Look:\n```\n--\n    indented\n```\nThat is it."),
        ("Item   Price\n------------\nPump   10\n", "Item   Price\n------------\nPump   10"),
        ("On Monday I wrote 3 things:\none, two, three\n", "On Monday I wrote 3 things:\none, two, three"),
    ],
)
def test_what_stays_of_a_letter(told: str, kept: str) -> None:
    assert fold(told).kept == kept


def test_of_a_letter_that_only_quotes_nothing_stays() -> None:
    assert fold("> a\n>\n> b\n").kept == ""


@pytest.mark.parametrize(
    "line", ["> x\n", "On Thu, Apr 30, 2020 10:07\n", "From: x\n", "a: ", "-", ">", "On 1 Jan 2020 10:00 a@b.c wrote:\n"]
)
def test_a_megabyte_of_anything_is_read(line: str) -> None:
    told = fold(line * (1_000_000 // len(line)))
    assert len(told.kept) + len(told.folded) <= 1_100_000
