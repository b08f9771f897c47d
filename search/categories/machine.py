"""What a message is, guessed by this machine alone: the same words, the same answer, in about a millisecond a sentence."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from portal.kernel.markdown import plain
from search.categories import dates
from search.categories.cues import BY_CATEGORY
from search.categories.labels import Category
from search.categories.lessons import NO_LESSONS, Lessons
from search.categories.sentences import Sentence, sentences
from search.categories.weights import learned

WORDS = "words"  # why, where no cue says it
LESSON = "lesson"  # why, where somebody corrected the same words before
NAMED = "names "  # why begins so, where a name of the company's own list stands in the sentence; that name follows
Hears = Callable[[str], Mapping[Category, str]]  # what such names make a sentence, and why


@dataclass(frozen=True)
class Guess:
    """A category, the sentence it rests on (from `start` to `end`, in characters of the body), why, and how likely it is (0 to 1)."""

    category: Category
    start: int
    end: int
    why: str
    sure: float
    due: date | None = None  # the day that a commitment names


def guesses(
    body: str, *, before: str = "", side: str = "", on: date | None = None, lessons: Lessons = NO_LESSONS, hears: Hears = lambda text: {}
) -> list[Guess]:
    """One for each category, that of the sentence where it is likeliest. `before` is the message that it follows, of the other side;
    `side` is "client" or "staff", whoever writes; `on` is the day on which it was written, for what it says of days; `hears` says what
    names make a sentence, whatever its other words are."""
    best: dict[Category, Guess] = {}
    for sentence in sentences(body):
        for guess in _of_sentence(sentence, before, side, on, lessons, hears):
            if guess.category not in best or guess.sure > best[guess.category].sure:
                best[guess.category] = guess
    return [best[category] for category in Category if category in best]


def _of_sentence(sentence: Sentence, before: str, side: str, on: date | None, lessons: Lessons, hears: Hears) -> Iterable[Guess]:
    """A person's word on the same words wins over names, and names over what the words are likely to be."""
    text = plain(sentence.text)
    likely = learned().likely(text, before, side)
    taught, named = lessons.about(text), hears(text)
    for category in Category:
        if taught.get(category, category in named or category in likely):
            why = LESSON if category in taught else named.get(category) or _why(category, text)
            day = dates.due(text, on) if on and category is Category.COMMITMENT else None
            sure = 1.0 if category in taught or category in named else likely[category]
            yield Guess(category, sentence.start, sentence.end, why, sure, day)


def _why(category: Category, text: str) -> str:
    told = (cue.name for cue in BY_CATEGORY[category] if cue.shows(text))
    return next(told, WORDS)
