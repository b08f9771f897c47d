"""The company's own names and words, for pages and for what reads messages."""

import re
from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, Select, false, func, or_, select
from sqlalchemy.orm import Session, joinedload

from portal.kernel.actor import Actor
from portal.kernel.policy import allowed
from search.categories.labels import Category
from search.categories.machine import NAMED
from search.names.matching import Known, Named, pieces_of
from search.names.models import COMPETITOR, WORD, Name
from search.names.policy import May

ASCII = re.compile(r"[^a-z0-9]+")


def listed(actor: Actor, kind: str = "") -> Select[Any]:
    """The names that the actor sees, as a select to order."""
    found = allowed(actor, May.READ_NAME).options(joinedload(Name.by))
    return found.where(Name.kind == kind) if kind else found


def by_kind(actor: Actor) -> dict[str, list[Name]]:
    """All of them, by kind, as an alphabet has them."""
    told: dict[str, list[Name]] = {}
    for name in actor.session.scalars(listed(actor).order_by(func.lower(Name.name), Name.pk)):
        told.setdefault(name.kind, []).append(name)
    return told


def known(session: Session) -> Known:
    """What is listened for. For what reads messages as the system does; nothing is asked here."""
    rows = session.execute(
        select(Name.id, Name.name, Name.kind, Name.category, Name.aliases, Name.exact).where(Name.removed_at.is_(None)).order_by(Name.pk)
    )
    return Known(Named(id, name, kind, category, (name, *aliases), exact) for id, name, kind, category, aliases, exact in rows)


def hears(session: Session) -> Callable[[str], dict[Category, str]]:
    """What the names in a sentence make it, and why: a competitor's, or a word's category."""
    of = known(session)

    def heard(text: str) -> dict[Category, str]:
        told: dict[Category, str] = {}
        for mention in of.mentions(text):
            if mention.of.kind == COMPETITOR:
                told.setdefault(Category.COMPETITOR, f"{NAMED}{mention.of.name}")
            elif mention.of.kind == WORD:
                told.setdefault(Category(mention.of.category), f"{NAMED}{mention.of.name}")
        return told

    return heard


def may_say(column: Any, said: list[str]) -> ColumnElement[bool]:
    """That a text may have one of these in it: never no where it has, perhaps yes where it has not."""
    patterns = ("%".join(ASCII.sub("%", piece.text.lower()) for piece in pieces_of(words)) for words in said)
    return or_(false(), *(func.lower(column).like(f"%{pattern}%") for pattern in dict.fromkeys(patterns) if pattern))
