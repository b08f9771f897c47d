"""What of a message is the promise, and what it says of who promises."""

import re

from portal.kernel.markdown import plain
from search.categories.sentences import sentences
from search.promises.models import WORDS

US = re.compile(r"\b(?:I|[Ww]e)\b")
THEM = re.compile(r"\b(?:[Ss]he|[Hh]e|[Tt]hey)\b|\b[A-Z][\w-]+ (?:will|would|has|have|promised|promises|wants to|is going to)\b")


def speaks_of_us(words: str) -> bool:
    """Of what we note ourselves: “I will send it” is ours, “she will send it” and “Helen will send it” are theirs; and where nobody is
    named, it is what we have to do."""
    return US.search(words) is not None or THEM.search(words) is None


def whole_sentences(body: str, start: int, end: int) -> str:
    """The sentences that the characters from `start` to `end` touch, each from its beginning to its end. Where it was said of the message
    as a whole, its first ones: as many as make no more than a short paragraph."""
    found = sentences(body)
    meant = [each for each in found if each.start < end and start < each.end]
    if not meant:
        meant = [each for n, each in enumerate(found) if n == 0 or each.end - found[0].start <= WORDS]
    return body[meant[0].start : meant[-1].end] if meant else body.strip()


def says(body: str, words: str) -> bool:
    """Whether the message says these words, however they are marked or broken into lines."""
    return words in body or plain(words) in plain(body)
