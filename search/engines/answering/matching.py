"""Which visible documents a query matches, how they score, and the page that is shown of them."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np

from search.engines.answering.parts import CATEGORIES, KINDS, Array
from search.engines.answering.units import Unit, side_by_side, units
from search.engines.answering.view import View
from search.engines.answering.words import suggestion
from search.engines.interface import NOBODY, Facet, Hit, Query, Results
from search.engines.ranking import FILL_BELOW, K1


@dataclass(frozen=True)
class Matches:
    """The matching documents of one part."""

    ids: Array  # numbers in the part, ascending
    scores: Array  # float64
    full: Array  # bool: has every word


def search(view: View, query: Query) -> Results:
    """Answers from what the view sees and from nothing else."""
    scored = units(view, query.text)
    matches, complete = _match(view, query, scored)
    order = query.order if scored else "newest"
    return Results(
        total=sum(len(found.ids) for found in matches),
        total_is_exact=complete,
        hits=_page(view, matches, order, query.offset, query.limit),
        facets={facet: _facet(view, matches, facet) for facet in query.facets},
        suggestion=suggestion(view, query.text),
        terms=query.text.terms,
    )


def lacking(view: View, query: Query) -> bool:
    """Whether so few documents have every word that those with any are to follow."""
    scored = units(view, query.text)
    words = [unit for unit in scored if not unit.required]
    return _few(words, [allowed & (count == len(words)) for allowed, count in _counted(view, query, scored)])


def _match(view: View, query: Query, scored: list[Unit]) -> tuple[list[Matches], bool]:
    """Documents with every word; where those are few, also documents with any. And whether these are all."""
    words = [unit for unit in scored if not unit.required]
    counted = _counted(view, query, scored)
    full = [allowed & (count == len(words)) for allowed, count in counted]
    chosen = full
    if _few(words, full):
        chosen = [allowed & (count > 0) for allowed, count in counted]
        chosen, complete = _newest(view, chosen, full)
    else:
        chosen, complete = _newest(view, full, [np.zeros(len(mask), bool) for mask in full])
    return [_scored(view, number, scored, chosen[number], full[number]) for number in range(len(view.parts))], complete


def _few(words: list[Unit], full: list[Array]) -> bool:
    return len(words) > 1 and sum(map(np.count_nonzero, full)) < FILL_BELOW


def _counted(view: View, query: Query, scored: list[Unit]) -> list[tuple[Array, Array]]:
    """For each part: the documents that may match, and how many of the plain words each has."""
    excluded = [side_by_side(view, tokens) for tokens in query.text.excluded]
    counted = []
    for number, part in enumerate(view.parts):
        allowed = view.masks[number] & _filtered(view, number, query)
        count = np.zeros(part.size, "u1")
        for unit in scored:
            if unit.required:
                allowed &= _having(unit.found[number].ids, part.size)
            else:
                count[unit.found[number].ids] += 1
        for found in excluded:
            allowed[found[number].ids] = False
        counted.append((allowed, count))
    return counted


def _newest(view: View, chosen: list[Array], kept: list[Array]) -> tuple[list[Array], bool]:
    """Of more than the view's most only the newest and all that tie with the last of these, beside those that are kept."""
    cut = [mask & ~keep for mask, keep in zip(chosen, kept, strict=True)]
    if view.most is None or sum(map(np.count_nonzero, cut)) <= view.most:
        return chosen, True
    dates = [part.column("at") for part in view.parts]
    least = _last_of(np.concatenate([at[mask] for at, mask in zip(dates, cut, strict=True)]), view.most)
    return [keep | (mask & (at >= least)) for at, mask, keep in zip(dates, cut, kept, strict=True)], False


def _having(ids: Array, size: int) -> Array:
    having = np.zeros(size, bool)
    having[ids] = True
    return having


def _filtered(view: View, number: int, query: Query) -> Array:
    """Documents of a part that pass the filters."""
    part = view.parts[number]
    passing = np.ones(part.size, bool)
    for name, numbers in (("account", query.accounts), ("workspace", query.workspaces), ("author", query.authors)):
        if numbers:
            passing &= np.isin(part.column(name), np.array(sorted(numbers), "i8"))
    for field, tokens in ((KINDS, query.kinds), (CATEGORIES, query.categories)):
        if tokens:
            passing &= _having(np.concatenate([part.postings(field, token).ids for token in sorted(tokens)]), part.size)
    if query.since is not None:
        passing &= part.column("at") >= query.since
    if query.until is not None:
        passing &= part.column("at") < query.until
    return passing


def _scored(view: View, number: int, scored: list[Unit], chosen: Array, full: Array) -> Matches:
    """BM25 in float64, summed in the order of the units."""
    ids = np.flatnonzero(chosen)
    sums = np.zeros(len(chosen) if len(ids) else 0)
    for unit in scored if len(ids) else ():
        keep = chosen[unit.found[number].ids]
        found, weights = unit.found[number].ids[keep], unit.found[number].weights[keep].astype("f8")
        sums[found] += unit.weight * (K1 + 1) * weights / (weights + view.norms(number, found))
    return Matches(ids, sums[ids], full[ids])


def _page(view: View, matches: list[Matches], order: str, offset: int, limit: int) -> list[Hit]:
    """One page in the one order there is: full matches first, then score, newest date, lowest pk."""
    parts = np.repeat(np.arange(len(matches)), [len(found.ids) for found in matches])
    ids = _joined([found.ids for found in matches], "i8")
    scores, full = _joined([found.scores for found in matches], "f8"), _joined([found.full for found in matches], "?")
    end = offset + limit
    if order == "relevance" and 0 < end < len(ids):
        least = np.where(full, _last_of(scores[full], end), _last_of(scores[~full], end))
        keep = np.flatnonzero(scores >= least)
        parts, ids, scores, full = parts[keep], ids[keep], scores[keep], full[keep]
    pk, at = (_gathered(view, name, parts, ids) for name in ("pk", "at"))
    best = np.lexsort((pk, -at, -scores, ~full) if order == "relevance" else (pk, -at))[offset:end]
    return [Hit(key, float(scores[n]), int(at[n])) for n, key in zip(best, _keys(view, parts[best], ids[best]), strict=True)]


def _keys(view: View, parts: Array, ids: Array) -> list[str]:
    """The keys of a page, asked of each part at once."""
    keys = [""] * len(ids)
    for number in np.unique(parts):
        places = np.flatnonzero(parts == number)
        for place, key in zip(places, view.parts[number].keys(ids[places]), strict=True):
            keys[place] = key
    return keys


def _joined(arrays: list[Array], kind: str) -> Array:
    """Concatenation that an index without segments survives."""
    return np.concatenate([np.empty(0, kind), *arrays])


def _last_of(values: Array, count: int) -> Any:
    """The value of the last that fits: a cut by it keeps all that tie with it."""
    return np.partition(values, -count)[-count] if len(values) > count else -1.0


def _gathered(view: View, name: str, parts: Array, ids: Array) -> Array:
    """A column's values for documents of several parts."""
    values = np.empty(len(ids), "i8")
    for number, part in enumerate(view.parts):
        chosen = parts == number
        if chosen.any():
            values[chosen] = part.column(name)[ids[chosen]]
    return values


def _facet(view: View, matches: list[Matches], facet: Facet) -> dict[int | str, int]:
    """Value -> matching documents, most frequent first, then by value."""
    counts: Counter[int | str] = Counter()
    for part, found in zip(view.parts, matches, strict=True):
        if not len(found.ids):
            continue
        if facet in ("kind", "category"):
            field = KINDS if facet == "kind" else CATEGORIES
            chosen = _having(found.ids, part.size)
            for token in part.tokens(field):
                counts[token] += int(np.count_nonzero(chosen[part.postings(field, token).ids]))
        else:
            values, times = np.unique(part.column(facet)[found.ids], return_counts=True)
            counts.update(dict(zip(values.tolist(), times.tolist(), strict=True)))
    shown: list[tuple[Any, int]] = [(value, count) for value, count in counts.items() if count and value != NOBODY]
    return dict(sorted(shown, key=lambda item: (-item[1], item[0])))
