"""Did-you-mean and completion, from the unstemmed words of what the searcher sees."""

from rapidfuzz.distance import OSA
from rapidfuzz.process import extract

from search.engines.analysis import fold
from search.engines.answering.parts import STEMS, WORDS
from search.engines.answering.view import View
from search.engines.query import SHORTEST_PREFIX, ParsedText, Word

SHORTEST, LONG = 4, 6  # letters: shorter words are not corrected; long ones may have two slips
SLIPS = 2


def suggestion(view: View, text: ParsedText) -> str | None:
    """The typed text with each unknown word replaced by the nearest visible one; None if nothing is better."""
    corrected: list[str] = []
    at = 0
    for word in sorted(text.words, key=lambda word: word.start):
        if better := _nearest(view, word):
            corrected += text.text[at : word.start], better
            at = word.end
    return "".join([*corrected, text.text[at:]]) if corrected else None


def complete(view: View, prefix: str, limit: int) -> list[str]:
    """Visible words that begin so, most frequent first."""
    prefix = fold(prefix)
    if len(prefix) < SHORTEST_PREFIX:
        return []
    return view.most_frequent(WORDS, view.tokens(WORDS, prefix), limit)


def _nearest(view: View, word: Word) -> str | None:
    """The nearest visible word to one that no visible document has, the most frequent of these."""
    typed = word.folded[0]
    if len(word.tokens) > 1 or len(typed) < SHORTEST or not typed.isalpha() or view.holding(STEMS, word.tokens[0]):
        return None
    near = extract(typed, list(view.resembling(typed)), scorer=OSA.distance, score_cutoff=SLIPS, limit=None)
    for distance in range(1, SLIPS + 1) if len(typed) >= LONG else (1,):
        if best := view.most_frequent(WORDS, (candidate for candidate, slips, _ in near if slips == distance), 1):
            return best[0]
    return None
