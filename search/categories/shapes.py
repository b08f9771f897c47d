"""What a message is, as the API has it."""

from typing import Annotated

from typing_extensions import TypedDict

from portal.kernel.clock import rfc3339
from portal.kernel.shapes import Moment, means
from portal.people.shapes import NamedJson, named
from search.categories.queries import Said


class LabelJson(TypedDict):
    """A category of a message."""

    category: str
    passage: Annotated[str, means("The sentence it rests on.")]
    start: Annotated[int, means("Where that begins, in characters of the message; 0 to 0 is the whole.")]
    end: int
    why: Annotated[
        str,
        means(
            "The cue's name; `words` where it is all of its words, `lesson` what a correction taught, `names X` where a name of the "
            "company's list stands in it, `person` their word."
        ),
    ]
    sure: Annotated[float, means("0 to 1.")]
    due: Annotated[str | None, means("The day that a commitment names, `2026-12-04`.")]
    by: Annotated[NamedJson | None, means("Who said so; null for the machine.")]
    at: Moment


class CategoriesJson(TypedDict):
    """What a message is."""

    categories: list[LabelJson]
    denied: Annotated[list[str], means("What a person said it is not.")]


class CorrectedJson(TypedDict):
    """Of which messages it was news."""

    changed: Annotated[list[str], means("Their ids; the others were so already, or cannot be corrected by the caller.")]


def categories_json(found: list[Said]) -> CategoriesJson:
    return {
        "categories": [_label(said) for said in found if not said.label.denied],
        "denied": [said.category for said in found if said.label.denied],
    }


def _label(said: Said) -> LabelJson:
    label = said.label
    return {
        "category": label.category,
        "passage": said.passage,
        "start": label.start,
        "end": label.end,
        "why": label.why,
        "sure": label.sure,
        "due": label.due.isoformat() if label.due else None,
        "by": named(label.by) if label.by else None,
        "at": rfc3339(label.at),
    }
