"""Words: every one that people read can be translated, and every language says it with the same parts."""

import ast
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, get_args

import jinja2
import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from portal.kernel import words
from portal.locale.gather import LOCALE, gathered, untranslated
from portal.people.schemas import Language
from tests.architecture.sources import ROOT, calls, sources

TEMPLATES = ROOT / "templates"
OTHERS = [tag for tag in words.LANGUAGES if tag != "en"]
PLACEHOLDERS = re.compile(r"%\(\w+\)[sd]|%s|\{\w+\}")
SAID = {"title", "placeholder", "alt", "label", "aria-label", "aria-description"}
# Text that is the same in every language.
NO_WORDS = {
    "Ctrl K": "keys of the keyboard",
    "sha256sum --check --quiet SHA256SUMS openssl pkeyutl -verify -pubin -inkey signing-key.pem -rawin -in SHA256SUMS "
    "-sigfile SHA256SUMS.sig": "a command",
    "· · , · · ms ·": "a unit",
    'data-only=" " hidden': "attributes, in a macro",
    'data-seen=" seen"': "an attribute, in a block",
    'required aria-invalid="true" aria-describedby="h- e- " =" "': "attributes, in macros",
    ", discussions =": "an address, in a macro",
    "?sort= &page=": "an address, in a macro",
}
# Words of declarations: the gatherer has them from the registries.
DECLARED = {
    "portal/kernel/sentences.py": "sentences of events, and facts that are words of ours",
    "workspaces/rooms/api/invitations.py": "what the page says too",
    "portal/kernel/policy.py": "refusals",
    "portal/kernel/words.py": "patterns of days",
    "portal/imports/mapping.py": "columns of importers",
    "portal/imports/views.py": "importers and their columns",
    "search/trail/wording.py": "sentences of events",
}


def catalogue(tag: str) -> Catalog:
    with (LOCALE / tag / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return read_po(file, locale=tag)


def forms(said: Any) -> list[str]:
    return [said] if isinstance(said, str) else list(said)


def test_every_language_that_is_offered_has_a_catalogue_and_can_be_chosen():
    assert sorted(path.parent.parent.name for path in LOCALE.glob("*/LC_MESSAGES/messages.po")) == sorted(OTHERS)
    assert get_args(Language) == words.LANGUAGES


@pytest.mark.parametrize("tag", OTHERS)
def test_a_translation_has_the_parts_of_its_message(tag):
    wrong = []
    for each in catalogue(tag):
        asked = forms(each.id)
        for said in forms(each.string or "") if each.id else []:
            # A form for one may leave the number out: "one reply".
            may, must = (
                set(PLACEHOLDERS.findall(asked[-1])),
                set(PLACEHOLDERS.findall(asked[0])) - ({"%(num)d"} if len(asked) > 1 else set()),
            )
            has = set(PLACEHOLDERS.findall(said))
            if said and not must <= has <= may:
                wrong.append(f"{asked[0]!r}: {said!r}")
            if said and [asked[0][:1].isspace(), asked[0][-1:].isspace()] != [said[:1].isspace(), said[-1:].isspace()]:
                wrong.append(f"blanks of {asked[0]!r}: {said!r}")
    assert wrong == []


def test_every_language_says_everything():
    now = {(*forms(each.id),) for each in gathered() if each.id}
    for tag in OTHERS:
        known = {(*forms(each.id),) for each in catalogue(tag) if each.id}
        assert (now - known, known - now) == (set(), set()), f"{tag}: run `make words`"
    assert {tag: untranslated(catalogue(tag)) for tag in OTHERS} == {tag: [] for tag in OTHERS}


def test_words_are_marked_where_they_stand():
    """`_(variable)` says nothing that a catalogue could have: only where words are declared and the gatherer knows them."""
    found = {
        source.path
        for source in sources()
        for call, name in calls(source)
        if name in ("_", "gettext", "ngettext", "later", "words.gettext")
        and not all(isinstance(each, ast.Constant) for each in call.args[: 2 if name.endswith("ngettext") else 1])
    }
    assert found <= DECLARED.keys(), "whole sentences, in one literal, with %(names)s"


def test_templates_hold_no_words_outside_of_the_catalogue():
    found = [
        f"{path.relative_to(TEMPLATES)}: {said}"
        for path in sorted(TEMPLATES.rglob("*.*"))
        for said in unmarked(path.read_text(), path.suffix)
    ]
    assert found == [], "put it into _('…')"


def test_words_outside_of_the_catalogue_would_be_seen():
    for planted in (
        "<p>{{ _('Hello') }} there</p>",
        '<a title="Go there">x</a>',
        "{% if a %}<b>New</b>{% endif %}",
        "{{ ui.button('Send it') }}",
    ):
        assert list(unmarked(planted, ".html")), planted
    assert list(unmarked("Hello {{ name }}", ".txt"))


def unmarked(source: str, suffix: str) -> Iterator[str]:
    """Text of a template that people read and no catalogue has."""
    if suffix not in (".html", ".txt"):
        return
    text, in_comment = [], False
    for _line, kind, value in jinja2.Environment(autoescape=True).lex(source):
        in_comment = kind == "comment_begin" or (in_comment and kind != "comment_end")
        if kind == "data":
            text.append(value)
        elif kind == "variable_begin":
            text.append("\0")
    found = Reader.texts("".join(text)) if suffix == ".html" else "".join(text).splitlines()
    yield from (
        said for each in found if (said := " ".join(each.replace("\0", " ").split())) not in NO_WORDS and re.search(r"[A-Za-z]{2}", said)
    )
    yield from _in_expressions(source)


def _in_expressions(source: str) -> Iterator[str]:
    """Sentences that stand as a text of their own in an expression, such as an argument of a macro."""
    marked = re.sub(r"\b_\('[^']*'|\b_\(\"[^\"]*\"|ngettext\('[^']*',\s*'[^']*'", "", re.sub(r"\{#.*?#\}", "", source, flags=re.S))
    for expression in re.findall(r"\{[{%](.*?)[}%]\}", marked, flags=re.S):
        yield from (said for said in re.findall(r"'([A-Z][a-z]+(?: [a-z]+)+[.?]?)'", expression) if said not in NO_WORDS)


class Reader(HTMLParser):
    """What of HTML is text, or is read out."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    @classmethod
    def texts(cls, html: str) -> list[str]:
        reader = cls()
        reader.feed(html)
        return reader.found

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.found += [value for name, value in attributes if name in SAID and value]

    def handle_data(self, data: str) -> None:
        if self.cdata_elem is None:
            self.found.append(data)


def test_the_gatherer_reads_every_place_with_words():
    known = {where for each in gathered() for where, _line in each.locations}
    assert {"events", "refusals", "imports", "work", "patterns", "facts"} <= known
    for folder in ("portal", "workspaces", "search", "templates"):
        assert any(Path(where).parts[0] == folder for where in known), folder
