"""What of a sentence is weighed: the cues it shows, its words and pairs of words, pieces of words, and how it is built."""

import re
from collections.abc import Iterator
from itertools import pairwise

from search.categories.cues import CUES
from search.engines.analysis import stem

WORD = re.compile(r"[a-zà-ÿ]+(?:['’][a-z]+)?|\d+|[?!€$£%]", re.IGNORECASE)
DAY = re.compile(
    r"\b(?:today|tonight|tomorrow|tmrw|monday|tuesday|wednesday|thursday|friday|saturday|sunday|"
    r"next (?:week|month|year|quarter)|this (?:week|month|afternoon|evening)|"
    r"(?:by|before|until|within|in) (?:the )?(?:end|noon|\w+ (?:days|hours|weeks)|\d+)|\d+(?:st|nd|rd|th)|"
    r"january|february|march|april|june|july|august|september|october|november|december|"
    r"end of|first thing|asap)\b",
    re.IGNORECASE,
)
OURS = re.compile(r"\b(?:i|we|our|my|us|me)\b|\b(?:i|we)['’]", re.IGNORECASE)
THEIRS = re.compile(r"\byou(?:rs?)?\b|\byou['’]", re.IGNORECASE)
AHEAD = re.compile(r"\b(?:will|shall|going to|won't|won’t)\b|['’]ll\b", re.IGNORECASE)
PAST = re.compile(r"\b(?:was|were|had|did|didn't|got|went|came|sent|made|took|yesterday|last (?:week|month|year))\b", re.IGNORECASE)
MONEY = re.compile(r"[€$£]|\b\d+ ?(?:k|eur|usd|chf|gbp|percent)\b|%", re.IGNORECASE)
NAME = re.compile(r"(?<=[a-z,] )[A-Z][a-z]{2,}")
SIGNS = {"day": DAY, "ours": OURS, "theirs": THEIRS, "ahead": AHEAD, "past": PAST, "money": MONEY, "name": NAME}


def features(text: str, before: str, side: str) -> set[str]:
    """Names of what the sentence has. `before` is the message it follows, or empty; `side` is "client", "staff" or empty."""
    return set(_named(text, before, side))


def _named(text: str, before: str, side: str) -> Iterator[str]:
    words = [word.lower().replace("’", "'") for word in WORD.findall(text)]
    stems = ["#" if word.isdigit() else word if "'" in word else stem(word) for word in words]
    for cue in CUES:
        if cue.said.search(text):
            yield f"cue {cue.name}" if cue.shows(text) else f"cue not {cue.name}"
    signs = [name for name, sign in SIGNS.items() if sign.search(text)]
    yield from (f"sign {name}" for name in signs)
    yield from (f"signs {one} {other}" for one in signs for other in signs if one < other)
    yield from stems
    yield from (f"{one} {other}" for one, other in pairwise(stems))
    yield f"begins {' '.join(stems[:1])}"
    yield f"begins {' '.join(stems[:2])}"
    yield f"ends {stems[-1] if stems else ''}"
    yield from (f"side {side} {name}" for name in signs)
    if side:
        yield f"side {side}"
    if before:
        yield "before"
        yield "before ?" if before.rstrip().endswith("?") else "before ."
    yield f"long {min(len(words) // 6, 4)}"
    for word in set(words):
        if len(word) > 5:
            yield from (f"~{word[at : at + 5]}" for at in range(len(word) - 4))
