"""Words in the language being spoken: forms, patterns, numbers, and English where a language has nothing."""

from datetime import UTC, date, datetime

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import write_po

from portal.kernel import words
from portal.kernel.words import dated, decimal, gettext, kept, later, ngettext, speak, speaking


def test_a_message_is_said_in_the_language_being_spoken():
    assert gettext("New workspace") == "New workspace"
    with speaking("de"):
        assert gettext("New workspace") == "Neuer Arbeitsbereich"
        assert gettext("%(name)s joined", name="Petra") == "Petra ist dazugekommen"
        with speaking("en"):
            assert gettext("New workspace") == "New workspace"
        assert gettext("New workspace") == "Neuer Arbeitsbereich"


def test_a_number_takes_its_form():
    with speaking("de"):
        assert [ngettext("%(num)d reply", "%(num)d replies", n) for n in (0, 1, 2)] == ["0 Antworten", "1 Antwort", "2 Antworten"]


def test_what_a_language_does_not_have_is_said_in_english():
    with speaking("de"):
        assert gettext("Nobody has translated %(this)s", this="that") == "Nobody has translated that"
        assert ngettext("%(num)d thing unsaid", "%(num)d things unsaid", 2) == "2 things unsaid"
    with speaking("xx"):
        assert gettext("New workspace") == "New workspace"
    with speaking("de"):
        speak("xx")
        assert words.language() == "de"


def test_an_empty_translation_and_an_unsure_one_are_none(tmp_path, monkeypatch):
    unfinished = Catalog(locale="de")
    unfinished.add("Send", "")
    unfinished.add("Close", "Zumachen", flags=["fuzzy"])
    path = tmp_path / "de" / "LC_MESSAGES" / "messages.po"
    path.parent.mkdir(parents=True)
    with path.open("wb") as file:
        write_po(file, unfinished)
    monkeypatch.setattr(words, "FOLDER", tmp_path)
    words._catalogue.cache_clear()
    try:
        with speaking("de"):
            assert (gettext("Send"), gettext("Close")) == ("Send", "Close")
    finally:
        words._catalogue.cache_clear()


def test_days_moments_and_numbers_are_written_as_the_language_does():
    day, moment = date(2026, 3, 9), datetime(2026, 3, 9, 14, 5, tzinfo=UTC)
    assert (dated(day, "EEE d MMM"), dated(moment, "d MMMM y, HH:mm"), decimal(1234.5)) == ("Mon 9 Mar", "9 March 2026, 14:05", "1,234.5")
    with speaking("de"):
        assert (dated(day, "EEE d MMM"), dated(moment, "d MMMM y, HH:mm")) == ("Mo., 9. Mär", "9. März 2026, 14:05")
        assert decimal(1234.5) == "1.234,5"


def test_a_pattern_that_catalogues_do_not_know_is_refused():
    with pytest.raises(ValueError, match="PATTERNS"):
        dated(date(2026, 3, 9), "dd/MM")


def test_what_is_kept_is_english_whoever_writes():
    with speaking("de"):
        assert kept(gettext, "call") == "call"
        assert later("call") == "call"
        assert gettext(kept(gettext, "call")) == "Anruf"
