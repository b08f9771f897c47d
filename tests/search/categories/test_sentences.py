"""Which sentences of a message are its author's own, and where they stand."""

from search.categories.sentences import sentences


def texts(body: str) -> list[str]:
    found = sentences(body)
    for each in found:
        assert body[each.start : each.end] == each.text
    return [each.text for each in found]


def test_sentences_end_where_they_end():
    assert texts("We need it by Friday. Does it fit? yes!") == ["We need it by Friday.", "Does it fit?", "yes!"]
    assert texts("It costs approx. 40 euro, e.g. for 3.5 kg. Fine.") == ["It costs approx. 40 euro, e.g. for 3.5 kg.", "Fine."]


def test_lists_and_headings_are_sentences_without_their_marks():
    assert texts("# Needs\n- SSO must work\n2. [ ] send the plan\n\nThanks") == ["Needs", "SSO must work", "send the plan", "Thanks"]


def test_a_wrapped_sentence_is_one():
    assert texts("We will send you\nthe plan on Monday.") == ["We will send you\nthe plan on Monday."]


def test_what_others_said_code_and_signatures_are_left_out():
    body = "Agreed.\n> Will you pay?\n```\nask('why?')\n```\nOn Monday.\n-- \nPetra, will you call?"
    assert texts(body) == ["Agreed.", "On Monday."]
    assert texts("Fine.\nOn 3 March 2026 at 10:00, Rhea Rep wrote:\nCan you sign?") == ["Fine."]


def test_nothing_and_too_much():
    assert texts("") == texts(" \n\n> x") == []
    assert len(sentences("word. " * 5000)) == 400
