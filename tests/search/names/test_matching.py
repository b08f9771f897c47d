"""Where names stand in a text."""

import pytest

from search.names.matching import NO_NAMES, Known, Named


def found(text, *said, exact=False):
    known = Known([Named(str(n), each, "product", said=(each,), exact=exact) for n, each in enumerate(said)])
    return [(mention.of.name, text[mention.start : mention.end]) for mention in known.mentions(text)]


@pytest.mark.parametrize("written", ["GX-200", "gx 200", "GX200", "Gx–200", "GX-200s", "(GX-200)", "GX-200's", "**GX-200**"])
def test_a_name_is_found_however_it_is_joined(written):
    assert [name for name, _words in found(f"We have one {written}, at last.", "GX-200")] == ["GX-200"]


@pytest.mark.parametrize("written", ["GX-2000", "AGX-200", "GX-200b", "GX. It costs 200", "GX_200_b", "200 GX"])
def test_and_never_in_a_longer_word(written):
    assert found(f"We have one {written} here.", "GX-200") == []


def test_the_longest_name_wins_and_each_place_is_one_names():
    assert found("Aqua Plus beats Aqua.", "Aqua", "Aqua Plus") == [("Aqua Plus", "Aqua Plus"), ("Aqua", "Aqua")]


def test_plurals_are_the_name():
    assert found("Three pumps, one PUMP.", "pump") == [("pump", "pumps"), ("pump", "PUMP")]
    assert found("Six fast pumps.", "fast pump") == [("fast pump", "fast pumps")]


def test_exact_ones_are_found_in_their_own_letters_alone():
    assert found("Connect us with Connect.", "Connect", exact=True) == [("Connect", "Connect"), ("Connect", "Connect")]
    assert found("Please connect us.", "Connect", exact=True) == []
    assert found("Please connect us.", "Connect") == [("Connect", "connect")]


def test_letters_of_any_language_are_letters():
    assert found("Die ÜBERLINGER Pumpe", "Überlinger") == [("Überlinger", "ÜBERLINGER")]
    assert found("Überlingers", "Überlinge") == []


def test_without_names_nothing_is_found():
    assert list(NO_NAMES.mentions("Anything")) == []
    assert found("Anything", "!!") == []
