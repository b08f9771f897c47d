"""The conditions by which PostgreSQL finds candidates of a query. What they let through is looked at again, exactly."""

from collections.abc import Sequence
from typing import NamedTuple

from search.engines.interface import Query
from search.engines.postgresql.counts import Counts
from search.engines.postgresql.schema import WORD, quoted

NEXT_TO, WITH = " <-> ", " & "


class Terms(NamedTuple):
    """A query's words, with the words that each prefix stands for."""

    query: Query
    expansions: dict[str, list[str]]

    @property
    def phrases(self) -> list[tuple[str, ...]]:
        """All that has to stand side by side, whether it is wanted or excluded."""
        text = self.query.text
        everything = [*(word.tokens for word in text.words), *text.phrases, *text.excluded]
        return sorted({tokens for tokens in everything if len(tokens) > 1})

    @property
    def stems(self) -> list[str]:
        """All that is scored by itself."""
        text = self.query.text
        everything = [*(word.tokens for word in text.words), *text.phrases]
        return sorted({tokens[0] for tokens in everything if len(tokens) == 1})

    def tsquery(self, between: str, *, any_word: bool) -> str | None:
        """`between`: how the words of a phrase are joined."""
        text = self.query.text
        words = [side_by_side(word.tokens, between) for word in text.words]
        wanted = [f"({' | '.join(words)})"] if any_word and words else words
        wanted += [side_by_side(phrase, between) for phrase in text.phrases]
        wanted += [beginning(self.expansions[prefix]) for prefix in text.prefixes if self.expansions[prefix]]
        wanted += [f"!{side_by_side(tokens, between)}" for tokens in text.excluded if len(tokens) == 1 or between == NEXT_TO]
        return " & ".join(wanted) or None


def side_by_side(tokens: Sequence[str], between: str) -> str:
    return f"({between.join(map(quoted, tokens))})"


def beginning(words: Sequence[str]) -> str:
    return f"({' | '.join(quoted(WORD + word) for word in words)})"


class Condition(NamedTuple):
    """SQL and its values."""

    sql: str
    values: list[object]

    def and_(self, sql: str, *values: object) -> "Condition":
        return Condition(f"{self.sql} AND {sql}", [*self.values, *values])


def visible(counts: Counts) -> Condition:
    """The mask, which comes before everything."""
    seen = Condition("audience = ANY(%s)", [counts.audiences])
    return seen.and_("number <> ALL(%s)", counts.masked) if counts.masked else seen


def matching(seen: Condition, loose: str | None, tight: str | None) -> Condition:
    """By a tsquery; documents without positions pass where they have the words of a phrase at all."""
    found = seen.and_("tokens @@ %s::tsquery", loose) if loose else seen
    return found.and_("(NOT whole OR tokens @@ %s::tsquery)", tight) if tight and tight != loose else found


def candidates(seen: Condition, terms: Terms, *, any_word: bool) -> Condition:
    found = matching(seen, terms.tsquery(WITH, any_word=any_word), terms.tsquery(NEXT_TO, any_word=any_word))
    query = terms.query
    if not all(terms.expansions[prefix] for prefix in query.text.prefixes):
        found = found.and_("false")
    for column, numbers in (("account", query.accounts), ("workspace", query.workspaces), ("author", query.authors)):
        if numbers:
            found = found.and_(f"{column} = ANY(%s)", sorted(numbers))
    if query.kinds:
        found = found.and_("kind = ANY(%s)", sorted(query.kinds))
    if query.categories:
        found = found.and_("categories && %s::text[]", sorted(query.categories))
    if query.since is not None:
        found = found.and_("at >= %s", query.since)
    if query.until is not None:
        found = found.and_("at < %s", query.until)
    return found
