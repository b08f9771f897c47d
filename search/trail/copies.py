"""The trail in an account's copy: all of it, newest first, some hundred lines to a page."""

from collections.abc import Iterator

from sqlalchemy import func

from portal.kernel.actor import Actor
from portal.kernel.copying import Chapter, Item, Page, Scope, chapter
from portal.kernel.events import Event
from portal.kernel.words import gettext as _
from search.trail import queries
from search.trail.asked import Asked
from search.trail.queries import FOLDED

LINES = 500


def _count(actor: Actor, scope: Scope) -> int:
    found = queries.events(actor, scope.account, Asked()).where(Event.kind != FOLDED)
    return actor.session.scalar(found.with_only_columns(func.count())) or 0


def _items(actor: Actor, scope: Scope) -> Iterator[Item]:
    after, number = "", 1
    while True:
        lines, following = queries.lines(actor, scope.account, Asked(), after=after, limit=LINES)
        values = {"lines": lines, "newer": path_of(number - 1), "older": path_of(number + 1) if following else None}
        yield Page(path_of(number), "copies/trail.html", values)
        if not following:
            return
        after, number = following, number + 1


def path_of(number: int) -> str:
    return "trail.html" if number == 1 else f"trail-{number}.html" if number > 1 else ""


chapter(Chapter("trail", 10, lambda: _("Trail"), "trail.html", _count, _items, scopes=frozenset({"account"})))
