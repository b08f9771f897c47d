"""What a message speaks of, found in its own words: names that are known, amounts and quantities. The same words, the same links."""

from collections.abc import Iterator
from dataclasses import dataclass

from search.categories.sentences import sentences
from search.links.models import AMOUNT, QUANTITY
from search.links.numbers import numbers
from search.names.matching import Known


@dataclass(frozen=True)
class Found:
    """Something spoken of, and the words from `start` to `end`; `target` is the pk of what is named."""

    what: str
    target: int
    value: str
    start: int
    end: int


def spoken_of(body: str, known: Known) -> list[Found]:
    """Each thing once, where it is named first. What is quoted and signatures are not the author's own words."""
    told: dict[tuple[str, int, str], Found] = {}
    for each in _all(body, known):
        told.setdefault((each.what, each.target, each.value), each)
    return list(told.values())


def _all(body: str, known: Known) -> Iterator[Found]:
    for sentence in sentences(body):
        text = body[sentence.start : sentence.end]
        for mention in known.mentions(text):
            yield Found(mention.of.kind, int(mention.of.id), "", sentence.start + mention.start, sentence.start + mention.end)
        for number in numbers(text):
            what = AMOUNT if number.money else QUANTITY
            yield Found(what, 0, number.value[:60], sentence.start + number.start, sentence.start + number.end)
