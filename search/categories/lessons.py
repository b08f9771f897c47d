"""What corrections taught: a sentence that reads like one that somebody has corrected is taken as they said."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from rapidfuzz import fuzz, process

from search.categories.labels import Category

ALIKE = 92.0  # of 100, by words in any order
WORDS = re.compile(r"\w+")


@dataclass(frozen=True)
class Lessons:
    """Sentences and what was said of each: a category it is, or is not."""

    texts: list[str] = field(default_factory=list)
    said: list[dict[Category, bool]] = field(default_factory=list)

    def about(self, text: str) -> dict[Category, bool]:
        """What was said of the sentence most like it; nothing where none is alike."""
        if not self.texts:
            return {}
        found = process.extractOne(bare(text), self.texts, scorer=fuzz.token_sort_ratio, score_cutoff=ALIKE)
        return self.said[found[2]] if found else {}


NO_LESSONS = Lessons()


def lessons(corrected: Iterable[tuple[str, Category, bool]]) -> Lessons:
    """Of (sentence, category, whether it is one), the latest word last."""
    told: dict[str, dict[Category, bool]] = {}
    for text, category, is_one in corrected:
        if words := bare(text):
            told.setdefault(words, {})[category] = is_one
    return Lessons(list(told), list(told.values()))


def bare(text: str) -> str:
    return " ".join(WORDS.findall(text.lower()))
