"""Several discussions chosen in the list, and what is done to all of them; the tags of a workspace."""

from typing import Any

from flask import redirect, render_template, request

from portal.kernel.actor import Actor
from portal.kernel.errors import Forbidden, Invalid, Refused
from portal.kernel.policy import fetch, may
from portal.kernel.schemas import read_form
from portal.kernel.words import gettext as _
from portal.kernel.words import ngettext
from portal.web.endpoint import guarded
from portal.web.pages import back_to, errors_of
from workspaces.forums import actions, queries
from workspaces.forums.models import Topic, Transfer
from workspaces.forums.policy import May
from workspaces.forums.schemas import Choosing, TagRename
from workspaces.forums.views.frame import frame, pages
from workspaces.rooms.models import Workspace
from workspaces.rooms.policy import May as Rooms

LIST = "/w/<ref:workspace>/discussions"


@pages.post(LIST + "/several")
@guarded(workspace=Rooms.READ_WORKSPACE)
def change_several(actor: Actor, workspace: Workspace) -> Any:
    """One act on what is chosen, one sentence that says it, one undo."""
    here = f"{workspace.path}discussions"
    try:
        told = read_form(Choosing, request.form.to_dict() | {"topics": request.form.getlist("topics")})
        if told.act == "read":
            return _read(actor, here, _topics(actor, workspace, told, May.READ_TOPIC))
        topics = _topics(actor, workspace, told, May.MODERATE_TOPIC)
        if told.act == "move":
            return _move(actor, workspace, topics, told)
        return _change(actor, workspace, topics, told)
    except (Invalid, Forbidden) as wrong:
        actor.session.rollback()
        words = "; ".join(words for _field, words in wrong.errors) if isinstance(wrong, Invalid) else wrong.words
        return back_to(here, words, bad=True)


@pages.post(LIST + "/several/back")
@guarded(workspace=Rooms.MODERATE)
def move_several_back(actor: Actor, workspace: Workspace) -> Any:
    """Undo of a move of several."""
    ids = request.form.get("transfers", "").split(",")[:100]
    try:
        for transfer in [fetch(actor, May.UNDO_TRANSFER, id) for id in ids]:
            _inside(workspace, transfer)
            actions.undo_transfer(actor, transfer)
    except Refused as wrong:
        actor.session.rollback()
        return back_to(f"{workspace.path}discussions", wrong.words or _("This has gone on since, so it cannot be taken back."), bad=True)
    return back_to(f"{workspace.path}discussions", _("It is as it was before."))


@pages.get("/w/<ref:workspace>/tags")
@guarded(workspace=Rooms.READ_WORKSPACE)
def list_tags(actor: Actor, workspace: Workspace) -> Any:
    return _tags(actor, workspace)


@pages.post("/w/<ref:workspace>/tags")
@guarded(workspace=Rooms.MODERATE)
def rename_tag(actor: Actor, workspace: Workspace) -> Any:
    """To a name that is there already: then the two are one."""
    try:
        told = read_form(TagRename, request.form)
    except Invalid as wrong:
        return _tags(actor, workspace, wrong), 422
    known = {tag for tag, _number in queries.tags_of(actor, workspace)}
    changed = actions.rename_tag(actor, workspace, tag=told.tag, name=told.name)
    number = ngettext("%(num)d discussion", "%(num)d discussions", len(changed))
    if not told.name:
        return back_to(f"{workspace.path}tags", _("Took “%(tag)s” away from %(number)s.", tag=told.tag, number=number))
    said = _("%(number)s now tagged “%(name)s”.", number=number, name=told.name)
    back = {} if told.name in known or not changed else {"undo": f"{workspace.path}tags", "fields": {"tag": told.name, "name": told.tag}}
    return back_to(f"{workspace.path}tags", said, **back)  # type: ignore[arg-type]


def _tags(actor: Actor, workspace: Workspace, wrong: Invalid | None = None) -> str:
    around = frame(
        actor, workspace, tags=queries.tags_of(actor, workspace), renames=may(actor, Rooms.MODERATE, workspace), errors=errors_of(wrong)
    )
    around["crumbs"] = [*around["crumbs"], (_("Tags"), None)]
    return render_template("forums/tags.html", **around)


def _topics(actor: Actor, workspace: Workspace, told: Choosing, verb: May) -> list[Topic]:
    """What was chosen, or Invalid where one is not there, Forbidden where it is not theirs to change: then none is."""
    ids = dict.fromkeys(id for each in told.topics for id in each.split(","))
    found = []
    for id in ids:
        try:
            topic = fetch(actor, verb, id)
        except Forbidden:
            raise
        except Refused:
            raise Invalid(("topics", _("One of these is no longer here. Choose again."))) from None
        found.append(_inside(workspace, topic))
    if not found:
        raise Invalid(("topics", _("Choose at least one discussion.")))
    return found


def _inside(workspace: Workspace, row: Topic | Transfer) -> Any:
    if row.workspace_pk != workspace.pk:
        raise Invalid(("topics", _("One of these is no longer here. Choose again.")))
    return row


def _read(actor: Actor, here: str, topics: list[Topic]) -> Any:
    for topic in topics:
        actions.mark_read(actor, topic)
    return back_to(here, ngettext("%(num)d discussion is read.", "%(num)d discussions are read.", len(topics)))


def _change(actor: Actor, workspace: Workspace, topics: list[Topic], told: Choosing) -> Any:
    words, back = _said(told.act)
    if told.act in ("close", "open"):
        changed = actions.lock_topics(actor, workspace, topics=topics, locked=told.act == "close")
    elif told.act in ("pin", "unpin"):
        changed = actions.pin_topics(actor, workspace, topics=topics, pinned=told.act == "pin")
    else:
        if not told.tag:
            raise Invalid(("tag", _("Write the tag.")))
        (tag,) = queries.as_known(actor, workspace, [told.tag])
        changed = actions.tag_topics(actor, workspace, topics=topics, tag=tag, there=told.act == "tag")
        told.tag = tag
    here = f"{workspace.path}discussions"
    if not changed:
        return back_to(here, _("They were so already."))
    said = words % {"number": ngettext("%(num)d discussion", "%(num)d discussions", len(changed)), "tag": told.tag}
    fields = {"act": back, "topics": ",".join(topic.id for topic in changed), "tag": told.tag}
    return back_to(here, said, undo=f"{here}/several", fields=fields)


def _said(act: str) -> tuple[str, str]:
    """What is said of an act, and the act that takes it back."""
    return {
        "close": (_("Closed %(number)s."), "open"),
        "open": (_("Opened %(number)s again."), "close"),
        "pin": (_("Pinned %(number)s on top."), "unpin"),
        "unpin": (_("%(number)s no longer pinned."), "pin"),
        "tag": (_("Tagged %(number)s with “%(tag)s”."), "untag"),
        "untag": (_("Took “%(tag)s” away from %(number)s."), "tag"),
    }[act]


def _move(actor: Actor, workspace: Workspace, topics: list[Topic], told: Choosing) -> Any:
    """As with one: who would see them, and who no longer, is shown before."""
    forum = queries.forum_named(actor, workspace, told.forum)
    sight = queries.sight(actor, topics, forum.open_audience_pk)
    if not sight.is_none and told.seen != sight.seen:
        around = frame(actor, workspace, topics=topics, forum=forum, sight=sight)
        around["crumbs"] = [*around["crumbs"], (_("Move discussions"), None)]
        return render_template("forums/move_several.html", **around), 422
    moved = actions.move_topics(actor, workspace, topics=topics, forum=forum)
    here = f"{workspace.path}discussions?forum={forum.id}"
    if not moved:
        return redirect(here, 303)
    said = ngettext("Moved %(num)d discussion to %(forum)s.", "Moved %(num)d discussions to %(forum)s.", len(moved), forum=forum.title)
    return back_to(here, said, undo=f"{workspace.path}discussions/several/back", fields={"transfers": ",".join(each.id for each in moved)})
