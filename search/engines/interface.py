"""The search port: what is put into an engine, what is asked of it, and what comes back.

An engine is a cache of the database: it may be thrown away and built again at any time. It is given the numbers of
the audiences that the searcher belongs to and answers only from documents of these audiences; scores, totals, facets,
suggestions and order are counted on them alone, so a hidden document changes no byte of an answer. Callers still
fetch each hit again through `allowed`.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Literal, Protocol, Self

from search.engines.query import ParsedText

Facet = Literal["kind", "account", "workspace", "author", "category"]
Order = Literal["relevance", "newest"]

NOBODY = 0  # an audience, account, workspace or author that is none; a document of audience 0 is seen by no one
LARGEST = 2**32 - 1  # numbers of audiences, accounts, workspaces and authors are stored in four bytes


class SearchError(Exception):
    """What an engine may raise."""


class IndexDamaged(SearchError):
    """No usable index: missing, of another version, foreign, truncated or altered.

    The indexer quarantines and rebuilds; searches are meanwhile answered from the database.
    """


class IndexMissing(IndexDamaged):
    """There is none yet."""


class IndexAway(SearchError):
    """The index cannot be asked now, as when its server is away; nothing is known to be wrong with it.

    The indexer tries again later; searches are meanwhile answered from the database.
    """


class IndexLocked(SearchError):
    """Another process writes this index."""


@dataclass(frozen=True, slots=True)
class Document:
    """One thing that can be found."""

    key: str  # unique: "kind:opaque-id"
    pk: int  # positive, unique over all kinds, never changing: settles the last tie
    kind: str
    audience: int  # the one audience that may see it; 0 = nobody
    account: int  # 0 = none, here and below
    workspace: int
    author: int
    categories: tuple[str, ...]
    at: int  # unix seconds
    title: str
    body: str

    def __post_init__(self) -> None:
        numbers = (self.audience, self.account, self.workspace, self.author)
        if not self.key or not self.kind or not 0 < self.pk < 2**63 or not all(0 <= number <= LARGEST for number in numbers):
            raise ValueError(f"not a document that can be indexed: {self.key!r}")


@dataclass(frozen=True, slots=True)
class Tail:
    """Committed in the database, not yet in the generation that is held: searched directly, masking what is indexed.

    Holds the present state of each key once; a key in both lists is deleted. Keep it below some 200 documents.
    """

    documents: Sequence[Document] = ()
    deleted: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Query:
    """Words and filters. Values of one filter are alternatives, filters add up, an empty one lets all through."""

    text: ParsedText = field(default_factory=ParsedText)
    kinds: frozenset[str] = frozenset()
    accounts: frozenset[int] = frozenset()
    workspaces: frozenset[int] = frozenset()
    authors: frozenset[int] = frozenset()
    categories: frozenset[str] = frozenset()
    since: int | None = None  # unix seconds, inclusive
    until: int | None = None  # unix seconds, exclusive
    order: Order = "relevance"
    offset: int = 0
    limit: int = 20
    facets: tuple[Facet, ...] = ()

    def __post_init__(self) -> None:
        if self.offset < 0 or self.limit < 0:
            raise ValueError("offset and limit are not negative")


@dataclass(frozen=True, slots=True)
class Hit:
    """One found document; `score` is BM25 and has no unit, 0.0 where only filters were asked."""

    key: str
    score: float
    at: int  # unix seconds


@dataclass(frozen=True, slots=True)
class Results:
    """One page of an answer."""

    total: int
    total_is_exact: bool
    hits: list[Hit]
    facets: dict[str, dict[int | str, int]]  # facet -> value -> documents, most frequent first
    suggestion: str | None  # the typed words with the unknown ones corrected
    terms: tuple[str, ...]  # for `highlight`


class Rebuild(Protocol):
    """A new index in the making beside the old one; what `apply` is given meanwhile goes into both."""

    @property
    def position(self) -> str:
        """What the last kept `add` said, "" at the beginning: a rebuild that was interrupted goes on from there."""

    def add(self, documents: Iterable[Document], position: str = "") -> None:
        """Adds documents freshly read from the database; `position` says how far that got."""

    def publish(self) -> int:
        """Puts the new index in place of the old one at once; returns its generation."""

    def abandon(self) -> None:
        """Deletes what was built."""

    def __enter__(self) -> Self: ...

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        """Publishes, or after an error leaves the unfinished index where it is, to be gone on with."""


class SearchEngine(Protocol):
    """One index, for the one process that writes it and all that search it. Everything may raise `IndexDamaged` or `IndexAway`."""

    def generation(self) -> int:
        """The newest published generation; searches from now on see it or a newer one."""

    def search(self, query: Query, audiences: frozenset[int], tail: Tail) -> Results:
        """What a searcher in these audiences finds. The tail may be of an older generation, not of a newer one."""

    def complete(self, prefix: str, audiences: frozenset[int], tail: Tail, limit: int = 10) -> list[str]:
        """Words that begin so (at least three letters), the most frequent among what the searcher sees first."""

    def keys(self) -> Iterator[tuple[str, str]]:
        """(key, fingerprint) of every indexed document, in no particular order."""

    def apply(self, batch: Sequence[Document], deleted: Sequence[str]) -> int:
        """Adds, replaces and deletes by key, all or nothing; safe to repeat. Returns the generation that holds it."""

    def checkpoint(self) -> int:
        """Forces what is published to the disk; returns the generation that from now on survives a power cut."""

    def recover(self) -> int:
        """Opens for writing, after a crash from the last checkpoint; returns the generation that is left.

        Rows marked as done in a later generation have to be applied again. Raises IndexLocked.
        """

    def verify(self) -> None:
        """Reads every published file again and compares checksums. Raises IndexDamaged."""

    def purge(self, limit: int = 20_000) -> int:
        """Rewrites files that still hold deleted documents, up to so many documents; returns how many remain held."""

    def quarantine(self) -> None:
        """Puts a damaged index aside; the next thing is a rebuild."""

    def rebuild(self) -> Rebuild:
        """Begins to build anew, or goes on where a rebuild was interrupted."""

    def rebuilding(self) -> bool:
        """Whether a rebuild was begun, perhaps by a process that died, and not ended: it should be gone on with."""

    def close(self) -> None:
        """Lets go of locks and files."""


def fingerprint(document: Document) -> str:
    """Sixteen hexadecimal digits that change with any field of the document."""
    fields = (
        document.key,
        document.pk,
        document.kind,
        document.audience,
        document.account,
        document.workspace,
        document.author,
        document.categories,
        document.at,
        document.title,
        document.body,
    )
    return blake2b(repr(fields).encode(), digest_size=8).hexdigest()
