"""Gather the words of the program for translators: `make words`.

Each language's messages.po gets the new ones, empty, and loses those that nobody says any more.
"""

import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import read_po, write_po

import wsgi
from portal.accounts.models import BUYING_ROLES
from portal.imports.registry import IMPORTERS
from portal.kernel import words
from portal.kernel.events import KINDS
from portal.kernel.outbox import CONSUMERS
from portal.kernel.policy import RULES
from portal.people.actions.installation import CHOICES
from portal.people.actions.own import TOLD
from workspaces.rooms.models import MEMBER, MODERATOR, OWNER, READER

LOCALE = Path(__file__).parent
ROOT = LOCALE.parent.parent
METHODS = [("templates/**.*", "jinja2"), ("portal/**.py", "python"), ("workspaces/**.py", "python"), ("search/**.py", "python")]
OPTIONS = {"templates/**.*": {"silent": "false"}}
KEYWORDS = DEFAULT_KEYWORDS | {"later": None}
HEAD: dict[str, Any] = {
    "project": "Mainstay",
    "copyright_holder": "Mainstay",
    "msgid_bugs_address": "the maintainers",
    "version": "1",
    "charset": "utf-8",
    "header_comment": "# The words of Mainstay, for translators: docs/translating.md says how. Written by `make words`.",
    "creation_date": datetime(2026, 1, 1, tzinfo=UTC),  # no date of the day: what did not change is written as it was
}
LAYOUT: dict[str, Any] = {"no_location": False, "include_lineno": False, "omit_header": False, "sort_by_file": True, "width": 0}


def gathered() -> Catalog:
    """Every message of the program as it stands: what is said in `_('…')`, and what is declared and said later."""
    catalog = Catalog(**HEAD)
    for path, _line, message, comments, context in extract_from_dir(ROOT, METHODS, OPTIONS, KEYWORDS, ("i18n:",)):
        catalog.add(message, None, [(path, 0)], auto_comments=comments, context=context)
    for where, message in declared():
        catalog.add(message, None, [(where, 0)])
    return catalog


def declared() -> Iterator[tuple[str, str]]:
    """Words that stand in declarations, by where they do: they are translated when they are said."""
    for feature in wsgi.FEATURES:
        feature.fills()
    for of in KINDS.values():
        yield from (("events", each) for each in (of.reads, of.meaning, *of.without.values()))
    yield from (("refusals", rule.refusal) for rule in RULES.values() if rule.refusal)
    yield from (("work", each.meaning) for each in CONSUMERS.values())
    yield from (("patterns", each) for each in sorted(words.PATTERNS))
    yield from (("facts", each) for each in (OWNER, MODERATOR, MEMBER, READER, *BUYING_ROLES, *CHOICES, *TOLD, *IMPORTERS))
    for importer in IMPORTERS.values():
        said = [importer.label, importer.meaning, *(field.label for field in importer.fields)]
        for option in importer.options:
            said += [option.label, option.hint, *(told for _value, told in option.choices)]
        yield from (("imports", each) for each in said if each)


def untranslated(catalog: Catalog) -> list[str]:
    """The messages that a language does not have yet, or whose translation somebody has still to look at."""
    return [_of(each.id)[0] for each in catalog if each.id and (each.fuzzy or not all(_of(each.string)))]


def _of(words: Any) -> tuple[str, ...]:
    return (words or "",) if isinstance(words, str | None) else tuple(words) or ("",)


def write() -> None:
    """Bring every language up to date."""
    template = gathered()
    for path in sorted(LOCALE.glob("*/LC_MESSAGES/messages.po")):
        with path.open("rb") as file:
            catalog = read_po(file, locale=path.parent.parent.name)
        catalog.update(template, no_fuzzy_matching=True, update_creation_date=False)
        catalog.obsolete.clear()
        with path.open("wb") as file:
            write_po(file, catalog, **LAYOUT)
        sys.stdout.write(f"{path.parent.parent.name}: {len(catalog)} messages, {len(untranslated(catalog))} not translated yet\n")


if __name__ == "__main__":
    write()
