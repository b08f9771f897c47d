"""Messages: sent, changed, removed, answered with; each way also without a script."""

from typing import Any

from flask import redirect, render_template, request

from portal.kernel import markdown
from portal.kernel.actor import Actor
from portal.kernel.errors import Forbidden, Gone, Invalid, Refused, TooLarge, TooMany
from portal.kernel.policy import fetch, may, what_may
from portal.kernel.schemas import read_form
from portal.kernel.words import gettext as _
from portal.web.edits import Standing, standing
from portal.web.endpoint import guarded
from portal.web.pace import count_writing
from portal.web.pages import back_to, errors_of, wants_fragment
from workspaces.forums import actions, queries
from workspaces.forums.holding import HOLD
from workspaces.forums.models import Post, Topic
from workspaces.forums.policy import May
from workspaces.forums.reactions import offered
from workspaces.forums.schemas import Hiding, Message, PostPatch, Ticking
from workspaces.forums.views.frame import framed, pages, post_path, receive, with_picked
from workspaces.forums.views.topic import topic_page
from workspaces.rooms.models import Workspace
from workspaces.rooms.policy import May as Rooms

POST = "/w/<ref:workspace>/discussions/<ref:topic>/posts/<ref:post>"


@pages.post("/w/<ref:workspace>/discussions/<ref:topic>/posts")
@guarded(workspace=Rooms.READ_WORKSPACE, topic=May.SEE_WHERE, before=receive)
def post_message(actor: Actor, workspace: Workspace, topic: Topic, received: list[Any]) -> Any:
    """The composer. What cannot be taken comes back with the words at their place, and why."""
    sent_to, topic = topic, queries.where_now(actor, topic)
    try:
        told = read_form(Message, with_picked(request.form))
        _refuse_elsewhere(actor, sent_to, topic, told.forum)
        reply_to = _answered(actor, told.reply_to)
        count_writing(actor)
        send = HOLD.message if HOLD.due(actor, workspace) else actions.post_message
        post = send(actor, topic, body=told.body, reply_to=reply_to, team=told.team, received=received, picked=told.picked)
    except (Invalid, Forbidden, TooMany, TooLarge) as wrong:
        actor.session.rollback()
        status = {Invalid: 422, Forbidden: 403, TooMany: 429, TooLarge: 413}[type(wrong)]
        more = {"Retry-After": str(wrong.seconds)} if isinstance(wrong, TooMany) else {}
        if wants_fragment():
            return render_template("forums/_refused.html", words=_why(wrong, topic), topic=topic), status, more
        return topic_page(actor, topic, typed=request.form, wrong=wrong), status, more
    if not isinstance(post, Post):
        return (HOLD.part(post), 201) if wants_fragment() else back_to(f"{topic.path}#held", _("Sent. It waits for a look."))
    undo = f"{post_path(post)}/take-back"
    if wants_fragment():
        return _fragment(actor, post, toast={"text": _("Sent."), "undo": undo}), 201
    return back_to(post.path, _("Sent."), undo=undo)


def _why(wrong: Invalid | Forbidden | TooMany | TooLarge, topic: Topic) -> str:
    """In words; none where the discussion is closed, of which the fragment says by whom."""
    if isinstance(wrong, Invalid):
        return "; ".join(words for _field, words in wrong.errors)
    return "" if isinstance(wrong, Forbidden) and topic.locked_at else wrong.words


@pages.get(POST)
@guarded(workspace=Rooms.READ_WORKSPACE, topic=May.READ_TOPIC, post=May.READ_POST)
def show_post(actor: Actor, workspace: Workspace, topic: Topic, post: Post) -> Any:
    """The message alone, for a script; its place in the topic for everybody else."""
    return _fragment(actor, post) if wants_fragment() else redirect(post.path, 303)


@pages.get(POST + "/menu")
@guarded(workspace=Rooms.READ_WORKSPACE, topic=May.READ_TOPIC, post=May.READ_WORDS)
def show_menu(actor: Actor, workspace: Workspace, topic: Topic, post: Post) -> Any:
    """All that the reader may do with a message, each a form of its own: the way without a script, and for hiding with it."""
    return _menu(actor, post)


@pages.get(POST + "/edit")
@guarded(workspace=Rooms.READ_WORKSPACE, topic=May.READ_TOPIC, post=May.EDIT_POST)
def show_edit(actor: Actor, workspace: Workspace, topic: Topic, post: Post) -> Any:
    return _edit(actor, post, post.body)


@pages.post(POST + "/edit")
@guarded(workspace=Rooms.READ_WORKSPACE, topic=May.READ_TOPIC, post=May.EDIT_POST)
def edit_post(actor: Actor, workspace: Workspace, topic: Topic, post: Post) -> Any:
    if _stands(post).changed:
        return _edit(actor, post, request.form.get("body", "")), 412
    try:
        told = read_form(PostPatch, request.form)
    except Invalid as wrong:
        return _edit(actor, post, request.form.get("body", ""), wrong), 422
    actions.edit_post(actor, post, body=told.body)
    return back_to(post.path, _("Saved."))


@pages.post(POST + "/tick")
@guarded(workspace=Rooms.READ_WORKSPACE, topic=May.READ_TOPIC, post=May.TICK_TASK)
def tick_task(actor: Actor, workspace: Workspace, topic: Topic, post: Post) -> Any:
    told = read_form(Ticking, request.form)
    actions.tick_task(actor, post, number=told.number, done=told.done)
    if wants_fragment():
        return _fragment(actor, post)
    return back_to(post.path, _("Ticked.") if told.done else _("No longer ticked."))


@pages.get(POST + "/history")
@guarded(workspace=Rooms.READ_WORKSPACE, topic=May.READ_TOPIC, post=May.READ_HISTORY)
def show_history(actor: Actor, workspace: Workspace, topic: Topic, post: Post) -> Any:
    revisions = queries.before_and_after(queries.revisions_of(actor, post))
    return render_template("forums/history.html", **framed(actor, topic, post=post, revisions=revisions))


@pages.post(POST + "/remove")
@guarded(workspace=Rooms.READ_WORKSPACE, topic=May.READ_TOPIC, post=May.READ_POST)
def remove_post(actor: Actor, workspace: Workspace, topic: Topic, post: Post) -> Any:
    if post.removed_at is not None:
        raise Gone(_("This message was removed."))
    actions.remove_post(actor, post)
    return back_to(post.path, _("Removed the message."), undo=f"{post_path(post)}/restore")


@pages.post(POST + "/take-back")
@guarded(workspace=Rooms.READ_WORKSPACE, topic=May.READ_TOPIC, post=May.READ_POST)
def take_back_post(actor: Actor, workspace: Workspace, topic: Topic, post: Post) -> Any:
    """Undo of sending."""
    if post.removed_at is not None:
        raise Gone(_("This message was removed."))
    soon = actions.take_back_post(actor, post)
    said = _("Taken back. The words are in your reply.") if soon else _("Removed. Others may have read it. The words are in your reply.")
    return back_to(f"{topic.path}#reply", said)


@pages.post(POST + "/restore")
@guarded(workspace=Rooms.READ_WORKSPACE, topic=May.READ_TOPIC, post=May.RESTORE_POST)
def restore_post(actor: Actor, workspace: Workspace, topic: Topic, post: Post) -> Any:
    actions.restore_post(actor, post)
    return back_to(post.path, _("The message is there again."))


@pages.post(POST + "/hide")
@guarded(workspace=Rooms.READ_WORKSPACE, topic=May.READ_TOPIC, post=May.HIDE_POST)
def hide_post(actor: Actor, workspace: Workspace, topic: Topic, post: Post) -> Any:
    try:
        told = read_form(Hiding, request.form)
    except Invalid as wrong:
        return _menu(actor, post, errors_of(wrong)), 422
    actions.hide_post(actor, post, reason=told.reason)
    return back_to(post.path, _("Hidden. Its author reads why."), undo=f"{post_path(post)}/show")


@pages.post(POST + "/show")
@guarded(workspace=Rooms.READ_WORKSPACE, topic=May.READ_TOPIC, post=May.HIDE_POST)
def show_hidden(actor: Actor, workspace: Workspace, topic: Topic, post: Post) -> Any:
    actions.show_post(actor, post)
    return back_to(post.path, _("Everybody sees the message again."))


@pages.post(POST + "/accept")
@guarded(workspace=Rooms.READ_WORKSPACE, topic=May.ACCEPT_ANSWER, post=May.READ_WORDS)
def accept_answer(actor: Actor, workspace: Workspace, topic: Topic, post: Post) -> Any:
    if topic.accepted_post_pk == post.pk:
        actions.withdraw_answer(actor, topic)
        return back_to(post.path, _("This is no longer the answer."))
    actions.accept_answer(actor, topic, post=post)
    return back_to(post.path, _("Marked as the answer."), undo=f"{post_path(post)}/accept")


@pages.post(POST + "/react")
@guarded(workspace=Rooms.READ_WORKSPACE, topic=May.READ_TOPIC, post=May.REACT)
def react(actor: Actor, workspace: Workspace, topic: Topic, post: Post) -> Any:
    """One press puts a sign on the message or takes it away."""
    actions.toggle(actor, post, emoji=request.form.get("emoji", ""))
    actor.session.flush()
    return _fragment(actor, post) if wants_fragment() else redirect(post.path, 303)


def _edit(actor: Actor, post: Post, body: str, wrong: Invalid | None = None) -> str:
    around = framed(actor, post.topic, post=post, body=body, errors=errors_of(wrong), stands=_stands(post))
    return render_template("forums/edit.html", **around)


def _stands(post: Post) -> Standing:
    return standing((_("Your message"), post.body))


def _fragment(actor: Actor, post: Post, toast: dict[str, str] | None = None) -> str:
    found = queries.bearings(actor, post.topic, post.workspace.archived)
    shown = queries.message_of(actor, post, says=may(actor, May.READ_WORDS, post))
    return render_template(
        "forums/_post.html" if toast is None else "forums/_sent.html", m=shown, topic=post.topic, can=found.can, toast=toast
    )


def _menu(actor: Actor, post: Post, errors: list[dict[str, str]] | None = None) -> str:
    verbs = {
        "edit": May.EDIT_POST,
        "remove": May.REMOVE_POST,
        "hide": May.HIDE_POST,
        "history": May.READ_HISTORY,
        "react": May.REACT,
        "tick": May.TICK_TASK,
    }
    may_do = set(what_may(actor, post, verbs))
    if may(actor, May.ACCEPT_ANSWER, post.topic) and not post.team and post.stands:
        may_do.add("accept")
    shown = queries.message_of(actor, post, says=True)
    around = framed(actor, post.topic, post=post, m=shown, may_do=may_do, errors=errors or [], signs=offered())
    around["tasks"] = markdown.tasks(post.body) if "tick" in may_do else []
    return render_template("forums/menu.html", **around)


def _refuse_elsewhere(actor: Actor, sent_to: Topic, topic: Topic, forum: str | None) -> None:
    """What was written for some is not given to others because the topic went elsewhere meanwhile."""
    if sent_to is not topic:
        raise Invalid(
            ("body", _("“%(was)s” is part of “%(title)s” now. Read on there, then send this.", was=sent_to.title, title=topic.title))
        )
    if forum is not None and forum != topic.forum.id:
        readers = queries.bearings(actor, topic, topic.workspace.archived).readers
        raise Invalid(
            (
                "body",
                _(
                    "This is in “%(forum)s” now, where %(n)s people can read it. Send it again if it is for them.",
                    forum=topic.forum.title,
                    n=readers,
                ),
            )
        )


def _answered(actor: Actor, id: str | None) -> Post | None:
    if id is None:
        return None
    try:
        post: Post = fetch(actor, May.READ_WORDS, id)
    except Refused:
        raise Invalid(("body", _("The message that this answers is no longer here."))) from None
    return post
