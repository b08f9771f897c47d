"""What one searcher sees of the index, counted: documents, their length, and documents with a token. All sums are over the
searcher's audiences, less what the tail masks; nothing else is ever asked of it."""

from collections import Counter
from collections.abc import Iterable

from sqlalchemy import Connection

from search.engines.answering.parts import STEMS
from search.engines.interface import NOBODY
from search.engines.postgresql.schema import WORD, Tables
from search.engines.postgresql.store import rows

SIZE = "SELECT coalesce(sum(documents), 0)::bigint, coalesce(sum(length), 0)::bigint FROM {audiences} WHERE audience = ANY(%s)"
MASKED = """
SELECT number, length, tsvector_to_array(tokens) FROM {documents} WHERE audience = ANY(%s) AND key = ANY(%s)
"""
HOLDING = "SELECT token, sum(documents)::bigint FROM {lexicon} WHERE audience = ANY(%s) AND "
OF_LENGTH = "SELECT word FROM {words} WHERE char_length(word) BETWEEN %s AND %s"
LIKE = {"_": r"\_", "%": r"\%", "\\": r"\\"}


def lexeme(field: str, token: str) -> str:
    """A token of a field as it is stored."""
    return token if field == STEMS else WORD + token


class Counts:
    """Counts of one snapshot, remembered as they are asked for."""

    def __init__(self, connection: Connection, tables: Tables, audiences: frozenset[int], masked: tuple[str, ...]):
        self.connection, self.tables = connection, tables
        self.audiences = sorted(audience for audience in audiences if audience > NOBODY)
        found = rows(connection, tables, MASKED, self.audiences, list(masked)) if masked else []
        self.masked = [number for number, _, _ in found]  # numbers of the documents that the tail has newer
        self._masked = Counter(token for _, _, tokens in found for token in tokens)
        ((documents, length),) = rows(connection, tables, SIZE, self.audiences)
        self.documents: int = documents - len(found)
        self.length: int = length - sum(one for _, one, _ in found)
        self.frequencies: dict[tuple[tuple[str, ...], bool], int] = {}  # of phrases and prefixes
        self._holding: dict[str, int] = {}

    def holding(self, field: str, token: str) -> int:
        """Documents with the token."""
        stored = lexeme(field, token)
        if stored not in self._holding:
            self.learn([stored])
        return self._holding[stored]

    def learn(self, stored: Iterable[str]) -> None:
        """Counts several at once."""
        unknown = sorted(set(stored) - self._holding.keys())
        self._holding |= dict.fromkeys(unknown, 0)
        if unknown:
            self._found("token = ANY(%s)", unknown)

    def words(self, prefix: str) -> set[str]:
        """Words that begin so."""
        beginning = WORD + "".join(LIKE.get(letter, letter) for letter in prefix) + "%"
        return self._found("token LIKE %s", beginning)

    def words_of_length(self, shortest: int, longest: int) -> set[str]:
        """Hidden ones too."""
        return {word for (word,) in rows(self.connection, self.tables, OF_LENGTH, shortest, longest)}

    def _found(self, which: str, *given: object) -> set[str]:
        found = {
            token: count - self._masked[token]
            for token, count in rows(self.connection, self.tables, f"{HOLDING}{which} GROUP BY token", self.audiences, *given)
        }
        self._holding |= found
        return {token[len(WORD) :] for token, count in found.items() if count}
