"""The brief as the API has it."""

from typing import Annotated

from typing_extensions import TypedDict

from portal.kernel.clock import rfc3339
from portal.kernel.shapes import Moment, means
from search.brief.lines import Brief, Line


class BriefAsked(TypedDict, total=False):
    """Of when."""

    as_of: Annotated[str, means("A day in UTC, to its end, or a moment; without it the present.")]
    known_at: Annotated[str, means("The same: as we knew it then.")]


class CitedJson(TypedDict):
    """What a line rests on."""

    kind: str
    id: str
    url: str


class BriefLineJson(TypedDict):
    """A line; it has a source always."""

    text: str
    sources: list[CitedJson]


class BriefSectionJson(TypedDict):
    """A section, empty where there is nothing to say."""

    key: str
    title: str
    lines: list[BriefLineJson]
    more: Annotated[str | None, means("The page with the rest, where there is more.")]


class BriefJson(TypedDict):
    """A brief for the caller: only what they may read takes part."""

    as_of: Moment
    known_at: Moment | None
    sections: list[BriefSectionJson]


def brief_json(brief: Brief) -> BriefJson:
    known_at = brief.when.known_at
    return {
        "as_of": rfc3339(brief.when.at),
        "known_at": rfc3339(known_at) if known_at else None,
        "sections": [
            {"key": each.key, "title": each.title, "lines": [_line(line) for line in each.lines], "more": each.more or None}
            for each in brief.sections
        ],
    }


def _line(line: Line) -> BriefLineJson:
    cited: list[CitedJson] = [{"kind": mark.citation.kind, "id": mark.citation.id, "url": mark.citation.url} for mark in line.marks]
    return {"text": line.text, "sources": cited}
