"""The company's products, competitors and words, for staff: the list, and one of them."""

from collections import defaultdict
from typing import Any

from flask import Blueprint, render_template, request
from werkzeug import Response

from portal.kernel.actor import Actor
from portal.kernel.errors import Invalid
from portal.kernel.policy import may
from portal.kernel.schemas import read_form
from portal.kernel.words import gettext as _
from portal.kernel.words import ngettext
from portal.web.edits import Standing, standing
from portal.web.endpoint import guarded
from portal.web.pages import back_to, errors_of
from search.categories.labels import Category, name_of
from search.names import actions, queries
from search.names.models import Name
from search.names.policy import May
from search.names.schemas import Changing, Listing
from search.names.wording import HEADINGS, KINDS

pages = Blueprint("names", __name__)
LIST = "/names"


@pages.get(LIST)
@guarded(May.SEE_NAMES)
def show_names(actor: Actor) -> str:
    return _list(actor)


@pages.post(LIST)
@guarded(May.ADD_NAMES)
def add_names(actor: Actor) -> Response | tuple[str, int]:
    try:
        told = read_form(Listing, request.form)
        added, already = actions.add_names(
            actor, told=actions.read_lines(told.lines), kind=told.kind, category=told.category, exact=told.exact
        )
    except Invalid as wrong:
        actor.session.rollback()
        return _list(actor, wrong), 422
    said = ngettext("%(num)d added.", "%(num)d added.", len(added))
    if already:
        said += " " + ngettext("%(num)d was there already.", "%(num)d were there already.", already)
    return back_to(LIST, f"{said} {_looks_again()}")


@pages.get("/names/<ref:word>")
@guarded(word=May.READ_NAME)
def show_name(actor: Actor, word: Name) -> str:
    return _one(actor, word, _standing(word))


@pages.post("/names/<ref:word>")
@guarded(word=May.CHANGE_NAME)
def change_name(actor: Actor, word: Name) -> Response | tuple[str, int]:
    stands = _standing(word)
    if stands.changed:
        return _one(actor, word, stands), 412
    try:
        told = read_form(Changing, request.form)
        aliases = [alias for each in told.aliases.split(",") if (alias := each.strip())]
        fields = {"name": told.name, "kind": told.kind, "category": told.category, "exact": told.exact}
        actions.change_name(actor, word, aliases=aliases, **fields)
    except Invalid as wrong:
        actor.session.rollback()
        return _one(actor, word, stands, wrong), 422
    return back_to(LIST, f"{_('Saved.')} {_looks_again()}")


@pages.post("/names/<ref:word>/remove")
@guarded(word=May.CHANGE_NAME)
def remove_name(actor: Actor, word: Name) -> Response:
    actions.remove_name(actor, word)
    return back_to(LIST, f"{_('“%(name)s” is removed.', name=word.name)} {_looks_again()}", undo=f"{word.path}/restore")


@pages.post("/names/<ref:word>/restore")
@guarded(word=May.RESTORE_NAME)
def restore_name(actor: Actor, word: Name) -> Response:
    try:
        actions.restore_name(actor, word)
    except Invalid as wrong:
        return back_to(LIST, wrong.errors[0][1], bad=True)
    return back_to(LIST, f"{_('“%(name)s” is back.', name=word.name)} {_looks_again()}")


def _looks_again() -> str:
    return _("Messages are looked at anew in the background.")


def _list(actor: Actor, wrong: Invalid | None = None) -> str:
    return render_template(
        "names/list.html",
        groups=queries.by_kind(actor),
        headings=HEADINGS,
        may_add=may(actor, May.ADD_NAMES),
        told=defaultdict(str, request.form),
        errors=errors_of(wrong),
        **_choices(),
    )


def _one(actor: Actor, name: Name, stands: Standing, wrong: Invalid | None = None) -> str:
    return render_template(
        "names/name.html",
        name=name,
        may_change=may(actor, May.CHANGE_NAME, name),
        told=defaultdict(str, request.form or _written(name)),
        stands=stands,
        errors=errors_of(wrong),
        **_choices(),
    )


def _written(name: Name) -> dict[str, Any]:
    return {"name": name.name, "aliases": ", ".join(name.aliases), "kind": name.kind, "category": name.category, "exact": name.exact}


def _standing(name: Name) -> Standing:
    return standing(
        (_("Name"), name.name),
        (_("Also called"), ", ".join(name.aliases)),
        (_("It is a"), KINDS[name.kind]()),
        (_("It makes a message"), name_of(name.category)),
        (_("Only in these letters"), _("Yes") if name.exact else _("No")),
    )


def _choices() -> dict[str, list[tuple[str, str]]]:
    return {
        "kinds": [(kind, say()) for kind, say in KINDS.items()],
        "categories": [("", _("Nothing"))] + [(each.value, name_of(each)) for each in Category],
    }
