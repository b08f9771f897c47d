"""What sentences are taken for; the same each time, and with what they rest on."""

import pytest

from search.categories.cues import CUES
from search.categories.labels import Category
from search.categories.lessons import lessons
from search.categories.machine import guesses
from search.categories.wording import REASONS


def are(body: str, **more: str) -> set[str]:
    return {guess.category.value for guess in guesses(body, **more)}


@pytest.mark.parametrize(
    ("body", "category"),
    [
        ("Does the gateway work without mains power?", "question"),
        ("Could you tell me which protocols it speaks", "question"),
        ("I will send you the revised quote by Friday.", "commitment"),
        ("You'll have our signed copy on Monday.", "commitment"),
        ("It must run on our own servers, our auditors insist on that.", "requirement"),
        ("Your price is too high for us, we can't justify it.", "objection"),
        ("We have decided to go with option B.", "decision"),
        ("The list price is 4,200 euro, with 10 % discount from ten on.", "pricing"),
        ("It would be great if it could export to Excel.", "request"),
        ("I am really disappointed, the third delivery in a row arrived damaged.", "complaint"),
        ("Your support team was fantastic, thank you for the quick help.", "praise"),
    ],
)
def test_plain_words_are_taken_for_what_they_are(body, category):
    assert category in are(body, side="staff" if category == "pricing" else "client")


@pytest.mark.parametrize("body", ["Thanks!", "Hello Rhea,", "I sent it yesterday.", "See you on Tuesday then.", "> Will you pay?", ""])
def test_what_says_nothing_is_nothing(body):
    assert are(body, side="client") == set()


def test_an_answer_follows_a_question_of_the_other_side():
    said = "It runs for ten years on one battery."
    assert "answer" in are(said, before="How long does the battery last?", side="staff")
    assert "answer" not in are(said, side="staff")


def test_a_guess_rests_on_a_sentence_and_says_why():
    body = "Thanks for the call.\n\nI will send you the drawings by Friday. Cheers"
    (guess,) = [each for each in guesses(body, side="staff") if each.category is Category.COMMITMENT]
    assert body[guess.start : guess.end] == "I will send you the drawings by Friday."
    assert guess.why in REASONS
    assert 0 < guess.sure <= 1


def test_the_same_words_are_the_same_each_time():
    body = "We need SSO. When can we have a quote? I'll call you tomorrow."
    assert guesses(body, side="client") == guesses(body, side="client")


def test_what_reads_like_something_corrected_is_taken_as_it_was_said():
    taught = lessons([("Let us park the blue ones.", Category.DECISION, True), ("When is lunch?", Category.QUESTION, False)])
    assert {each.category for each in guesses("let us park the blue ones", lessons=taught)} == {Category.DECISION}
    assert guesses("When is lunch ?", lessons=taught) == []
    assert are("When is the launch of the second version?") == {"question"}


def test_every_cue_can_be_said_and_none_takes_long():
    assert {cue.name for cue in CUES} <= set(REASONS)
    guesses("will " * 5000 + "we", side="client")
    guesses("could you (please " * 2000)
    guesses("what " * 3000 + "?" * 3000)
