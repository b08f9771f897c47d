"""The units of a query that are looked up and scored: words, phrases and prefixes, each as visible postings."""

from dataclasses import dataclass
from functools import reduce

import numpy as np

from search.engines.analysis import BODY_START, TITLE_WEIGHT
from search.engines.answering.parts import NONE, PLACES, STEMS, Array, Part, Postings
from search.engines.answering.view import View
from search.engines.query import ParsedText
from search.engines.ranking import idf


@dataclass(frozen=True)
class Unit:
    """One thing to look for, with where it is and what it weighs."""

    found: list[Postings]  # one entry per part
    weight: float  # idf
    required: bool


def units(view: View, text: ParsedText) -> list[Unit]:
    """What is scored, in the order in which scores are summed."""
    wanted = {(word.tokens, False): False for word in text.words}
    wanted |= {(phrase, False): True for phrase in text.phrases} | {((prefix,), True): True for prefix in text.prefixes}
    return [_unit(view, tokens, prefix, wanted[tokens, prefix]) for tokens, prefix in sorted(wanted)]


def side_by_side(view: View, tokens: tuple[str, ...]) -> list[Postings]:
    """The visible documents in which these stems follow each other; for one stem, those that have it."""
    if len(tokens) == 1:
        return view.postings(STEMS, tokens[0])
    return [phrase(part, mask, tokens) for part, mask in zip(view.parts, view.masks, strict=True)]


def _unit(view: View, tokens: tuple[str, ...], prefix: bool, required: bool) -> Unit:
    found = view.beginning(tokens[0]) if prefix else side_by_side(view, tokens)
    return Unit(found, idf(view.count, view.frequency(tokens, prefix, found)), required)


def phrase(part: Part, mask: Array, stems: tuple[str, ...]) -> Postings:
    """Places of the first stem after which the others follow, per visible document; rare stems first to cut early."""
    for stem in stems:
        if not len(part.postings(STEMS, stem).ids):
            return NONE
    starts = sorted((part.positions(stem) - offset for offset, stem in enumerate(stems)), key=len)
    places = reduce(lambda left, right: np.intersect1d(left, right, assume_unique=True), starts)
    places = places[mask[places >> PLACES]]
    weights = np.where(places & ((1 << PLACES) - 1) < BODY_START, TITLE_WEIGHT, 1)
    ids, numbers = np.unique(places >> PLACES, return_inverse=True)
    return Postings(ids.astype("i4"), np.bincount(numbers, weights, len(ids)).astype("f4"))
