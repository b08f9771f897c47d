"""How a brief says things: the same words for the same facts, whenever it is read. Quotes are what was said, cut where a sentence ends."""

from datetime import date, datetime
from typing import Any

from portal.kernel.markdown import plain
from portal.kernel.words import dated
from portal.kernel.words import gettext as _
from search.brief.asked import When
from search.brief.lines import Ref
from search.categories.sentences import sentences

QUOTE, SHORT, SENTENCE = 220, 140, 300  # characters of a quote, of one beside another, and of a single sentence


def quote(words: str, most: int = QUOTE) -> str:
    """The first sentences, whole ones; of a sentence that is too long for a line its beginning."""
    told = ""
    for each in sentences(words):
        following = f"{told} {plain(each.text)}".strip()
        if told and len(following) > most:
            break
        told = following
    told = plain(told or words, SENTENCE)
    return _("“%(words)s”", words=told) if told else _("A message without words")


def told(words: str, most: int = QUOTE) -> str:
    """The words of a message as they stood; without any it has been changed since."""
    return quote(words, most) if words else _("A message that was changed later")


def day_words(day: date) -> str:
    """With its year always: it reads the same in another one."""
    return dated(day, "d MMM y")


def on(when: When, moment: datetime) -> str:
    return day_words(when.day_of(moment))


def who(when: When, of: Any) -> str:
    """Who said a message or note, and when."""
    return f"{of.author.name}, {on(when, of.created_at if of.__kind__ == 'post' else of.at)}"


def ref(when: When, of: Any) -> Ref:
    """A message or note as a source."""
    return Ref(of.__kind__, of.id, who(when, of))


def part_words(role: str) -> str:
    """The part somebody has in the purchase."""
    return {
        "initiates": _("Initiates"),
        "uses": _("Uses"),
        "advises": _("Advises"),
        "decides": _("Decides"),
        "approves": _("Approves"),
        "pays": _("Pays"),
    }[role]
