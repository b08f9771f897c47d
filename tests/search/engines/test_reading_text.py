"""The analyser, the query parser and highlighting."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from search.engines import highlight, parse
from search.engines.analysis import BODY_START, LONGEST, analyse, fold, normal, tokens


def _words(text: str) -> list[str]:
    return [token.word for token in tokens(text)]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("GX-200/24", ["gx", "200", "24"]),
        ("petra@acme.example", ["petra", "acme", "example"]),
        ("the client’s don't", ["the", "client's", "don't"]),
        ("snake_case", ["snake", "case"]),
        ("Straße ﬁne ＦＵＬＬ", ["strasse", "fine", "full"]),
        ("cafe\u0301 = café", ["cafe", "cafe"]),
        ("東京tower", ["東", "京", "tower"]),
        ("हिन्दी", ["हिन्दी"]),
        ("", []),
        ("\x00 \ud800 ... ---", []),
    ],
)
def test_words(text: str, words: list[str]) -> None:
    assert _words(text) == words


def test_stems_only_words_of_letters() -> None:
    assert [token.stem for token in tokens("prices priced pricing 200s client's")] == [
        "price",
        "price",
        "price",
        "200s",
        "client",
    ]


def test_long_words_are_cut() -> None:
    assert _words("x" * 1_000) == ["x" * LONGEST]


def test_weights_positions_and_length() -> None:
    analysed = analyse("Pump price", "pump and pump")
    assert analysed.stems["pump"] == (4, (0, BODY_START, BODY_START + 2))
    assert analysed.words == {"pump": 4, "price": 2, "and": 1}
    assert analysed.length == 5


@given(st.text(max_size=60))
@settings(max_examples=200, deadline=None)
def test_any_text_is_read_the_same_way_twice(text: str) -> None:
    whole = normal(text)
    for token in tokens(text):
        assert token.word == fold(whole[token.start : token.end][:LONGEST])
    assert [token.stem for token in tokens(normal(text))] == [token.stem for token in tokens(text)]


def test_parses_what_people_type() -> None:
    parsed = parse('price "fixed until May" -draft -"old offer" renew* GX-200 “curly quotes”')
    assert [word.tokens for word in parsed.words] == [("price",), ("gx", "200")]
    assert parsed.phrases == (("fix", "until", "may"), ("cur", "quot")) or parsed.phrases[0] == ("fix", "until", "may")
    assert parsed.excluded == (("draft",), ("old", "offer"))
    assert parsed.prefixes == ("renew",)
    assert [parsed.text[word.start : word.end] for word in parsed.words] == ["price", "GX-200"]
    assert {"price", "renew*", "gx", "200", "fix"} <= set(parsed.terms)
    assert "draft" not in parsed.terms


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("re*", [("re",)]),
        ("*word", [("word",)]),
        ("wo*rd", [("wo",), ("rd",)]),
        ("GX-20*", [("gx", "20")]),
        ('unclosed "', [("unclos",)]),
        ("a,b 1,5", [("a",), ("b",), ("1", "5")]),
        ("x AND (y OR z)", [("x",), ("and",), ("y",), ("or",), ("z",)]),
        ("same same SAME", [("same",)]),
        ("- -- *", []),
    ],
)
def test_odd_signs_are_just_words(text: str, words: list[tuple[str, ...]]) -> None:
    parsed = parse(text)
    assert [word.tokens for word in parsed.words] == words
    assert (parsed.prefixes, parsed.phrases, parsed.excluded) == ((), (), ())


def test_at_most_twelve_terms() -> None:
    parsed = parse(" ".join(f"w{n} -x{n} y{n}yy*" for n in range(30)))
    assert len(parsed.words) + len(parsed.excluded) + len(parsed.prefixes) == 12


def test_of_a_long_sentence_the_fillers_go_first() -> None:
    sentence = "what is the price of the pump and the valve that we have on order for a client in an office of the north"
    said = [word.folded[0] for word in parse(sentence).words]
    assert said == ["price", "pump", "valve", "order", "client", "office", "north"]
    assert [word.folded[0] for word in parse("the price of it").words] == ["the", "price", "of", "it"]


@given(st.text(alphabet='ab*"- é(:\n,.@', max_size=80))
@settings(max_examples=300, deadline=None)
def test_parsing_never_fails(text: str) -> None:
    parsed = parse(text)
    assert all(parsed.words)
    assert all(token for phrase in (*parsed.phrases, *parsed.excluded) for token in phrase)
    assert all(len(prefix) >= 3 for prefix in parsed.prefixes)


def test_marks_found_words_and_escapes_everything() -> None:
    shown = highlight("<b>Prices</b> & pumps: the price", parse("price pum*").terms)
    assert shown == "&lt;b&gt;<mark>Prices</mark>&lt;/b&gt; &amp; <mark>pumps</mark>: the <mark>price</mark>"


def test_shows_the_passage_with_most_terms() -> None:
    text = "price " + "filler " * 200 + "the pump has a price here" + " filler" * 200
    shown = highlight(text, parse("pump price").terms)
    assert "<mark>pump</mark> has a <mark>price</mark>" in shown
    assert shown[0] == shown[-1] == "…"
    assert len(shown) < 200 + 2 * len("<mark></mark>") + 2


@given(st.text(alphabet="ab <>&'\"é", max_size=600), st.sampled_from(["a", "ab b", "aaa*", "zz"]))
@settings(max_examples=200, deadline=None)
def test_highlights_are_bounded_and_hold_no_tag_but_mark(text: str, query: str) -> None:
    shown = highlight(text, parse(query).terms, length=60)
    bare = shown.replace("<mark>", "").replace("</mark>", "")
    assert "<" not in bare
    assert ">" not in bare
    assert shown.count("<mark>") == shown.count("</mark>")
    assert len(bare) <= 60 * len("&quot;") + 2
