"""A brief: sections of lines, each with what it rests on."""

from dataclasses import dataclass, replace

from portal.kernel.actor import Actor
from portal.kernel.sources import Citation, cite
from search.brief.asked import When


@dataclass(frozen=True)
class Ref:
    """What a line rests on, by kind and id, and how the list of sources says whose it is."""

    kind: str
    id: str
    said: str = ""


@dataclass(frozen=True)
class Mark:
    """A source that the reader may open, with its number."""

    number: int
    said: str
    citation: Citation


@dataclass(frozen=True)
class Line:
    """What is said, what stands small beside it, and a word to stand out. Of `refs` the first must be open to the reader, or the line is
    not there; with `any_of` the first one that is, is its source."""

    words: str
    refs: tuple[Ref, ...]
    meta: str = ""
    badge: str = ""
    tone: str = ""
    any_of: bool = False
    marks: tuple[Mark, ...] = ()

    @property
    def text(self) -> str:
        return " · ".join(part for part in (self.words, self.meta, self.badge) if part)


@dataclass(frozen=True)
class Section:
    """`none` is said where it has no line; `more` is where the rest is, where there is more than is shown."""

    key: str
    title: str
    lines: list[Line]
    none: str
    more: str = ""


@dataclass(frozen=True)
class Brief:
    """Of an account at a moment, for one reader."""

    when: When
    sections: tuple[Section, ...]
    marks: tuple[Mark, ...]


def with_sources(actor: Actor, when: When, sections: list[Section]) -> Brief:
    """The lines whose sources the reader may open, the sources numbered as they come. One question for each kind of source."""
    open_to = cite(actor, {(ref.kind, ref.id) for section in sections for line in section.lines for ref in line.refs})
    marks: dict[tuple[str, str], Mark] = {}

    def marked(line: Line) -> Line | None:
        there = [ref for ref in line.refs if (ref.kind, ref.id) in open_to]
        if not there or (not line.any_of and there[0] != line.refs[0]):
            return None
        for ref in there[:1] if line.any_of else there:
            key = (ref.kind, ref.id)
            marks.setdefault(key, Mark(len(marks) + 1, ref.said, open_to[key]))
        return replace(line, marks=tuple(marks[ref.kind, ref.id] for ref in (there[:1] if line.any_of else there)))

    told = tuple(replace(section, lines=[line for each in section.lines if (line := marked(each))]) for section in sections)
    return Brief(when, told, tuple(marks.values()))
