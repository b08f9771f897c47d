"""What one searcher sees, of an index in PostgreSQL: counts from the lexicon, and the candidates of one query."""

from collections.abc import Iterable, Sequence

import numpy as np
from sqlalchemy import Connection

from search.engines.answering import matching
from search.engines.answering.parts import STEMS, WORDS, Part, Postings
from search.engines.answering.tail import TailPart
from search.engines.answering.units import phrase
from search.engines.answering.view import View, visible
from search.engines.answering.words import SLIPS
from search.engines.interface import Query, Tail
from search.engines.postgresql import asking
from search.engines.postgresql.asking import NEXT_TO, WITH, Condition, Terms
from search.engines.postgresql.counts import Counts, lexeme
from search.engines.postgresql.part import CandidatesPart
from search.engines.postgresql.schema import Tables
from search.engines.postgresql.store import rows
from search.engines.ranking import EXPANSIONS, RANKED

NUMBER = "SELECT count(*) FROM (SELECT 1 FROM {{documents}} WHERE {condition} LIMIT {most}) AS found"


class LexiconView(View):
    """A view that counts by the lexicon; its parts are only what one query may find, and last the tail."""

    def __init__(self, counts: Counts, tail: View, candidates: Sequence[CandidatesPart] = (), terms: Terms | None = None):
        parts: list[Part] = [*candidates, *tail.parts]
        super().__init__(parts, [*(np.ones(part.size, bool) for part in candidates), *tail.masks])
        self.count = counts.documents + tail.count
        self.most = RANKED
        self.length = counts.length + tail.length
        self._counts, self._tail, self._candidates, self._terms = counts, tail, candidates, terms

    def holding(self, field: str, token: str) -> int:
        return self._counts.holding(field, token) + self._tail.holding(field, token)

    def most_frequent(self, field: str, tokens: Iterable[str], limit: int) -> list[str]:
        tokens = set(tokens)
        self._counts.learn(lexeme(field, token) for token in tokens)
        return super().most_frequent(field, tokens, limit)

    def tokens(self, field: str, prefix: str = "") -> set[str]:
        """Words that begin so."""
        return self._counts.words(prefix) | self._tail.tokens(field, prefix)

    def resembling(self, word: str) -> set[str]:
        return self._counts.words_of_length(len(word) - SLIPS, len(word) + SLIPS) | self._tail.tokens(WORDS)

    def expanded(self, prefix: str) -> list[str]:
        """The words that a prefix stands for."""
        return self.most_frequent(WORDS, self.tokens(WORDS, prefix), EXPANSIONS)

    def beginning(self, prefix: str) -> list[Postings]:
        found = [part.postings(WORDS, f"{prefix}*") for part in self._candidates]
        return found + self._tail.any_of(WORDS, self._terms.expansions[prefix] if self._terms else [])

    def frequency(self, tokens: tuple[str, ...], prefix: bool, found: Sequence[Postings]) -> int:
        """Exact for words; of phrases and prefixes no more are counted than would be ranked."""
        if len(tokens) == 1 and not prefix:
            return self.holding(STEMS, tokens[0])
        if (tokens, prefix) not in self._counts.frequencies:
            indexed = self._beginning_so(tokens[0]) if prefix else self._side_by_side(tokens)
            in_tail = sum(len(postings.ids) for postings in found[len(self._candidates) :])
            self._counts.frequencies[tokens, prefix] = min(RANKED, indexed + in_tail)
        return self._counts.frequencies[tokens, prefix]

    def _beginning_so(self, prefix: str) -> int:
        words = self._terms.expansions[prefix] if self._terms else []
        return self._number(asking.matching(asking.visible(self._counts), asking.beginning(words), None)) if words else 0

    def _side_by_side(self, tokens: tuple[str, ...]) -> int:
        """Those with positions are counted where they are; the few without are looked at."""
        seen, loose = asking.visible(self._counts), asking.side_by_side(tokens, WITH)
        number = self._number(seen.and_("whole AND tokens @@ %s::tsquery", asking.side_by_side(tokens, NEXT_TO)))
        others = CandidatesPart(self._counts, seen.and_("NOT whole AND tokens @@ %s::tsquery", loose), RANKED, phrases=[tokens])
        return number + len(phrase(others, np.ones(others.size, bool), tokens).ids)

    def _number(self, condition: Condition) -> int:
        sql = NUMBER.format(condition=condition.sql, most=RANKED)
        ((number,),) = rows(self._counts.connection, self._counts.tables, sql, *condition.values)
        return int(number)


def seen(connection: Connection, tables: Tables, audiences: frozenset[int], tail: Tail) -> LexiconView:
    """What a searcher sees, before anything is looked for."""
    newest = TailPart(tail)
    counts = Counts(connection, tables, audiences, newest.masked)
    masks = [visible(newest, np.ones(newest.size, bool), audiences)] if newest.size else []
    return LexiconView(counts, View([newest] if newest.size else [], masks))


def found(before: LexiconView, query: Query) -> LexiconView:
    """The view with what a query may find: documents with every word and, where these are few, documents with any."""
    counts, tail = before._counts, before._tail
    terms = Terms(query, {prefix: before.expanded(prefix) for prefix in query.text.prefixes})
    counts.learn(terms.stems)

    def candidates(among: Condition, *, any_word: bool) -> CandidatesPart:
        condition = asking.candidates(among, terms, any_word=any_word)
        return CandidatesPart(counts, condition, RANKED + 1, terms.stems, terms.phrases, terms.expansions)

    every = candidates(asking.visible(counts), any_word=False)
    view = LexiconView(counts, tail, [every], terms)
    if len(query.text.words) < 2 or not matching.lacking(view, query):
        return view
    others = asking.visible(counts).and_("number <> ALL(%s)", every.column("number").tolist())
    return LexiconView(counts, tail, [every, candidates(others, any_word=True)], terms)
