"""A topic moved, merged or split: shown before what that means, carried out, and taken back."""

from typing import Any

from flask import redirect, render_template, request
from werkzeug import Response

from portal.kernel import markdown
from portal.kernel.actor import Actor
from portal.kernel.errors import Invalid, NotFound
from portal.kernel.schemas import read_form
from portal.kernel.words import gettext as _
from portal.kernel.words import ngettext
from portal.web.endpoint import guarded
from portal.web.pages import back_to, errors_of
from workspaces.forums import actions, queries
from workspaces.forums.models import Forum, Post, Topic, Transfer
from workspaces.forums.policy import May
from workspaces.forums.schemas import SplitForm
from workspaces.forums.views.frame import audiences, framed, pages
from workspaces.rooms.models import Workspace
from workspaces.rooms.policy import May as Rooms

TOPIC = "/w/<ref:workspace>/discussions/<ref:topic>"
SAID = 160  # characters of a message to tell it by


@pages.get("/w/<ref:workspace>/posts/<ref:post>")
@guarded(workspace=Rooms.READ_WORKSPACE, post=May.READ_POST)
def find_post(actor: Actor, workspace: Workspace, post: Post) -> Response:
    """A message wherever it is now: what was split off is not where an older link leads."""
    return redirect(post.path, 302)


@pages.get(TOPIC + "/move")
@guarded(workspace=Rooms.READ_WORKSPACE, topic=May.MODERATE_TOPIC)
def show_move(actor: Actor, workspace: Workspace, topic: Topic) -> Any:
    forum = queries.forum_named(actor, workspace, request.args["forum"]) if request.args.get("forum") else None
    return _move(actor, topic, forum)


@pages.post(TOPIC + "/move")
@guarded(workspace=Rooms.READ_WORKSPACE, topic=May.MODERATE_TOPIC)
def move_topic(actor: Actor, workspace: Workspace, topic: Topic) -> Any:
    """Where others would see it, or some no longer, only once that was seen."""
    try:
        forum = queries.forum_named(actor, workspace, request.form.get("forum", ""))
        sight = queries.sight(actor, [topic], forum.open_audience_pk)
        if not sight.is_none and request.form.get("seen") != sight.seen:
            return _move(actor, topic, forum), 422
        transfer = actions.move_topic(actor, topic, forum=forum)
    except Invalid as wrong:
        return _move(actor, topic, None, wrong), 422
    if transfer is None:
        return back_to(topic.path)
    return back_to(topic.path, _("Moved to %(forum)s.", forum=topic.forum.title), undo=transfer.undo)


@pages.get(TOPIC + "/merge")
@guarded(workspace=Rooms.READ_WORKSPACE, topic=May.MODERATE_TOPIC)
def show_merge(actor: Actor, workspace: Workspace, topic: Topic) -> Any:
    into = queries.target(actor, topic, request.args["into"]) if request.args.get("into") else None
    return _merge(actor, topic, into)


@pages.post(TOPIC + "/merge")
@guarded(workspace=Rooms.READ_WORKSPACE, topic=May.MODERATE_TOPIC)
def merge_topic(actor: Actor, workspace: Workspace, topic: Topic) -> Any:
    try:
        into = queries.target(actor, topic, request.form.get("into", ""))
    except Invalid as wrong:
        return _merge(actor, topic, None, wrong), 422
    if request.form.get("seen") != queries.sight(actor, [topic], into.audience_pk).seen:
        return _merge(actor, topic, into), 422
    transfer = actions.merge_topic(actor, topic, into=into)
    return back_to(into.path, _("“%(title)s” is part of this now.", title=topic.title), undo=transfer.undo)


@pages.get(TOPIC + "/split")
@guarded(workspace=Rooms.READ_WORKSPACE, topic=May.MODERATE_TOPIC)
def show_split(actor: Actor, workspace: Workspace, topic: Topic) -> Any:
    return _split(actor, topic, "", [request.args.get("post", "")])


@pages.post(TOPIC + "/split")
@guarded(workspace=Rooms.READ_WORKSPACE, topic=May.MODERATE_TOPIC)
def split_topic(actor: Actor, workspace: Workspace, topic: Topic) -> Any:
    picked = request.form.getlist("posts")
    try:
        told = read_form(SplitForm, request.form.to_dict() | {"posts": picked})
        made, transfer = actions.split_topic(actor, topic, title=told.title, posts=queries.chosen(actor, topic, told.posts))
    except Invalid as wrong:
        return _split(actor, topic, request.form.get("title", ""), picked, wrong), 422
    said = ngettext("%(num)d message is a discussion of its own now.", "%(num)d messages are a discussion of their own now.", len(picked))
    return back_to(made.path, said, undo=transfer.undo)


@pages.post("/w/<ref:workspace>/transfers/<ref:transfer>/undo")
@guarded(workspace=Rooms.READ_WORKSPACE, transfer=May.UNDO_TRANSFER)
def undo_transfer(actor: Actor, workspace: Workspace, transfer: Transfer) -> Any:
    try:
        topic = actions.undo_transfer(actor, transfer)
    except Invalid as wrong:
        actor.session.rollback()
        return back_to(transfer.into.path, "; ".join(words for _field, words in wrong.errors), bad=True)
    return back_to(topic.path, _("It is as it was before."))


def _move(actor: Actor, topic: Topic, forum: Forum | None, wrong: Invalid | None = None) -> str:
    forums = [each for each in queries.startable(actor, topic.workspace) if each.pk != topic.forum_pk]
    sight = queries.sight(actor, [topic], forum.open_audience_pk) if forum is not None and forum.pk != topic.forum_pk else None
    around = framed(actor, topic, forums=forums, forum=forum, sight=sight, errors=errors_of(wrong))
    around["audiences"] = audiences(actor, around, forums)
    return render_template("forums/move.html", **around)


def _merge(actor: Actor, topic: Topic, into: Topic | None, wrong: Invalid | None = None) -> str:
    typed = request.args.get("q", "")[:100].strip()
    sight = queries.sight(actor, [topic], into.audience_pk) if into is not None else None
    others = [] if into is not None else queries.mergeable(actor, topic, typed)
    return render_template(
        "forums/merge.html", **framed(actor, topic, into=into, sight=sight, others=others, q=typed, errors=errors_of(wrong))
    )


def _split(actor: Actor, topic: Topic, title: str, picked: list[str], wrong: Invalid | None = None) -> str:
    posts = queries.splittable(actor, topic)
    if not posts:
        raise NotFound
    said = [(post, markdown.plain(post.body, SAID)) for post in posts]
    return render_template("forums/split.html", **framed(actor, topic, posts=said, title=title, picked=picked, errors=errors_of(wrong)))
