"""Which segments to merge: few enough to search quickly, never so many at once that the indexer stands still for
long."""

from collections.abc import Callable, Sequence
from typing import Any

from search.engines.whoosh import internals, schema

SMALLEST, FACTOR = (
    16,
    8,
)  # documents of the lowest tier; each tier holds eight times as many, and eight of one make one of the next
INLINE = 1_024  # documents merged within a commit: about half a second
CROWDED = 30  # segments: above, a larger merge is due
LARGE = 65_536  # documents of the largest merge: about half a minute

Policy = Callable[[Any, list[Any]], list[Any]]  # Whoosh's: (writer, segments) -> segments that stay


def due(sizes: Sequence[int]) -> list[int]:
    """The segments (by place) of the lowest tier that is full, if merging them is quick; sizes are live documents."""
    tiers: dict[int, list[int]] = {}
    for place, size in enumerate(sizes):
        tiers.setdefault(_tier(size), []).append(place)
    for _, places in sorted(tiers.items()):
        if len(places) >= FACTOR and sum(sizes[place] for place in places) <= INLINE:
            return places
    return []


def crowded(sizes: Sequence[int]) -> list[int]:
    """Some of the smallest where there are too many segments."""
    chosen = sorted(sorted(range(len(sizes)), key=sizes.__getitem__)[:FACTOR])
    return chosen if len(sizes) > CROWDED and sum(sizes[place] for place in chosen) <= LARGE else []


def nothing(sizes: Sequence[int]) -> list[int]:
    """No merge: the first commit after a start, lest a merge that once killed the process does so for ever."""
    return []


def policy(choose: Callable[[Sequence[int]], list[int]]) -> Policy:
    """A choice of segments as Whoosh wants it; segments without live documents are dropped as well."""

    def merge(writer: Any, segments: list[Any]) -> list[Any]:
        chosen = {segments[place].segment_id() for place in choose([segment.doc_count() for segment in segments])}
        for segment in segments:
            if segment.segment_id() in chosen and segment.doc_count():
                reader = internals.open_reader(writer.storage.folder, schema.schema(), segment)
                try:
                    writer.add_reader(reader)
                finally:
                    reader.close()
        return [segment for segment in segments if segment.segment_id() not in chosen and segment.doc_count()]

    return merge


def _tier(size: int) -> int:
    tier, room = 0, SMALLEST
    while size > room:
        tier, room = tier + 1, room * FACTOR
    return tier
