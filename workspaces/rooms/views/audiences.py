"""Who can see something, by name; and the question before that changes: who comes, who goes, what they would read."""

from dataclasses import dataclass
from typing import Any

from flask import render_template
from sqlalchemy import select

from portal.kernel.actor import Actor
from portal.kernel.errors import Invalid
from portal.kernel.words import gettext as _
from portal.people.models import Person
from portal.web.edits import Standing, standing
from workspaces.rooms.models import Workspace
from workspaces.rooms.queries import shell
from workspaces.rooms.queries.readers import Difference, Reader, count_unseen, readers, sides
from workspaces.rooms.schemas import Meaning


@dataclass(frozen=True)
class Form:
    """What is asked about: its name, where the form goes, where one comes back to, and what it carries along."""

    title: str
    address: str
    back: str
    fields: tuple[tuple[str, str], ...]


def who_page(actor: Actor, workspace: Workspace, tab: str, *, title: str, audience_pk: int, back: str, **more: Any) -> str:
    """Everyone who can see a thing, by side."""
    found = readers(actor, workspace, audience_pk)
    around = shell(actor, workspace, tab) | more
    unseen = count_unseen(actor, found, audience_pk)
    shown = {"sides_of": sides(found), "count": len(found) + unseen, "unseen": unseen}
    return render_template("rooms/who.html", thing=title, back=back, **shown, **around)


def ask_first(
    actor: Actor,
    workspace: Workspace,
    tab: str,
    told: Meaning,
    meant: Difference,
    form: Form,
    *,
    chooses: bool = True,
) -> tuple[str, int] | None:
    """What was just done to see what it would mean is taken back and asked about, unless this very difference was agreed to.

    `chooses`: what stands written may stay for whom it is.
    """
    stands = _stands(meant)
    if told.confirmed and not stands.changed:
        if chooses and not told.old and (meant.posts or meant.files):
            raise Invalid(("old", _("Choose what becomes of what is written there.")))
        return None
    _take_back(actor, meant)
    page = render_template(
        "rooms/widening.html",
        form=form,
        meant=meant,
        stands=stands,
        chooses=chooses and bool(meant.posts or meant.files),
        old=told.old,
        **shell(actor, workspace, tab),
    )
    return page, 412 if stands.changed else 200


def _take_back(actor: Actor, meant: Difference) -> None:
    """Nothing has happened; the people are read again at once, for they are shown."""
    pks = [one.person.pk for one in (*meant.gains, *meant.loses)]
    actor.session.rollback()
    actor.session.scalars(select(Person).where(Person.pk.in_(pks))).all()


def _stands(meant: Difference) -> Standing:
    return standing((_("Would see it"), _names(meant.gains)), (_("Would see it no more"), _names(meant.loses)))


def _names(found: list[Reader]) -> str:
    return ", ".join(f"{one.person.name} ({one.company})" if one.company else one.person.name for one in found)
