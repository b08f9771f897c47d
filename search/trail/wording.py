"""The trail's words: what a line says, and how a word is looked for in it."""

import json
import re
import string
from typing import Any

from sqlalchemy import ColumnElement, String, cast, exists, func, or_, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import GenericFunction

from portal.kernel.events import Event, EventKind
from portal.kernel.words import gettext as _

NAMES = re.compile(r"%\((\w+)\)s")
SMALL = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)


def said_without_title(of: EventKind, event: Event, actor_name: str) -> str:
    """A kind's sentence over another event's facts: a first post tells that a topic was started."""
    return _(of.reads) % (dict.fromkeys(NAMES.findall(of.reads), "") | {"actor": actor_name} | event.facts)


class _Pairs(GenericFunction[Any]):
    """The names and values of a JSON object, as rows; what a value says is text."""

    name = "json_each"
    inherit_cache = True


@compiles(_Pairs, "postgresql")
def _on_postgresql(pairs: _Pairs, compiler: Any, **how: Any) -> str:
    return f"json_each_text({compiler.process(pairs.clauses, **how)})"


def in_facts(column: Any, word: str) -> ColumnElement[bool]:
    """Whether the word stands in a value of the facts; the facts' own names do not count."""
    said = func.lower(cast(_Pairs(column).table_valued("value").c.value, String))
    return exists(select(1).where(or_(*(said.contains(form, autoescape=True) for form in sorted(_written(word))))))


def _written(word: str) -> set[str]:
    """As it may be written in a value: SQLite makes only ASCII small, and within a list JSON escapes the rest."""
    forms = {word.lower(), word, word.title()}
    return {form.translate(SMALL) for form in forms | {json.dumps(form)[1:-1] for form in forms}}
