"""The trail's words: what a line says, and how a word is looked for in it."""

import json
import re
from functools import cache, reduce
from typing import Any

from sqlalchemy import ColumnElement, func, or_

from portal.kernel.events import KINDS, Event, EventKind
from portal.kernel.words import gettext as _

NAMES = re.compile(r"%\((\w+)\)s")
BESIDE = ("was_id", "now_id", "person", "reason", "field", "invitation")  # facts that no sentence has


def said_without_title(of: EventKind, event: Event, actor_name: str) -> str:
    """A kind's sentence over another event's facts: a first post tells that a topic was started."""
    return _(of.reads) % (dict.fromkeys(NAMES.findall(of.reads), "") | {"actor": actor_name} | event.facts)


def in_facts(column: ColumnElement[Any], word: str) -> ColumnElement[bool]:
    """Whether the word stands in the facts' values, as JSON keeps them; the facts' own names do not count."""
    values = reduce(lambda text, name: func.replace(text, f'"{name}": ', ""), _fact_names(), column)
    written = {word.lower(), json.dumps(word)[1:-1].lower(), json.dumps(word.title())[1:-1].lower()}
    return or_(*(func.lower(values).contains(form, autoescape=True) for form in sorted(written)))


@cache
def _fact_names() -> tuple[str, ...]:
    said = (reads for of in KINDS.values() for reads in (of.reads, *of.without.values()))
    return tuple(sorted({name for reads in said for name in NAMES.findall(reads)} | set(BESIDE)))
