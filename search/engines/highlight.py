"""A short passage of a text with the found words marked, as HTML that is safe to show."""

from html import escape

from search.engines.analysis import Token, normal, tokens

LENGTH = 200  # characters of text, without the tags
LOOK_AT = 50_000  # characters of a long text in which a passage is looked for
LEAD = 40  # characters before the first found word


def highlight(text: str, terms: tuple[str, ...], length: int = LENGTH) -> str:
    """The passage with most different terms, the earliest such; its start where none is found.

    Everything is escaped; `<mark>` and an ellipsis at a cut end are all that is added. Terms: those of `Results.terms`.
    """
    text = normal(text[:LOOK_AT])
    found = _found(text, terms)
    first, last = _cut(text, _best_start(found, length), length)
    return _marked(text, [token for token in found if first <= token.start and token.end <= last], first, last)


def written(text: str, terms: tuple[str, ...], most: int = 8) -> list[str]:
    """The words of a text that these terms found, as they are written there, each once."""
    text = normal(text[:LOOK_AT])
    return list(dict.fromkeys(text[token.start : token.end].lower() for token in _found(text, terms)))[:most]


def _best_start(found: list[Token], length: int) -> int:
    """Where the passage begins that holds most different terms."""
    best, start, after = 0, 0, 0
    inside: dict[str, int] = {}
    for number, token in enumerate(found):
        while after < len(found) and found[after].end <= token.start + length - LEAD:
            inside[found[after].stem] = inside.get(found[after].stem, 0) + 1
            after += 1
        if len(inside) > best:
            best, start = len(inside), token.start
        if after > number:
            inside[token.stem] -= 1
            if not inside[token.stem]:
                del inside[token.stem]
        else:
            after = number + 1  # a word longer than the passage
    return start


def _found(text: str, terms: tuple[str, ...]) -> list[Token]:
    stems, prefixes = (
        {term for term in terms if not term.endswith("*")},
        tuple(term[:-1] for term in terms if term.endswith("*")),
    )
    return [token for token in tokens(text) if token.stem in stems or (prefixes and token.word.startswith(prefixes))]


def _cut(text: str, start: int, length: int) -> tuple[int, int]:
    """Both ends of the passage, at spaces where there are some near."""
    first = max(0, min(start - LEAD, len(text) - length))
    last = min(len(text), first + length)
    if first and (space := text.find(" ", first, min(start, first + LEAD))) >= 0:
        first = space + 1
    if last < len(text) and (space := text.rfind(" ", max(start, last - LEAD), last)) > start:
        last = space
    return first, last


def _marked(text: str, found: list[Token], first: int, last: int) -> str:
    pieces = ["…"] if first else []
    at = first
    for token in found:
        pieces += escape(text[at : token.start]), "<mark>", escape(text[token.start : token.end]), "</mark>"
        at = token.end
    pieces += escape(text[at:last]), "…" if last < len(text) else ""
    return "".join(pieces)
