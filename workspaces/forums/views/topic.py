"""A topic: what was said, and what the reader keeps of it."""

from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Response, redirect, render_template, request

from portal.kernel import markdown
from portal.kernel.actor import Actor
from portal.kernel.clock import now
from portal.kernel.errors import Invalid, NotFound, Refused
from portal.kernel.policy import fetch, may
from portal.kernel.words import dated
from portal.kernel.words import gettext as _
from portal.web.endpoint import guarded
from portal.web.pages import back_to, errors_of, wants_fragment
from portal.web.render import clock, day, zone
from workspaces.forums import actions, queries
from workspaces.forums.actions.reading import FOLLOW, MUTE, NEITHER
from workspaces.forums.models import Post, Topic
from workspaces.forums.policy import May
from workspaces.forums.queries import Bearings
from workspaces.forums.queries.drafts import picked_for
from workspaces.forums.reactions import offered
from workspaces.forums.schemas import BODY
from workspaces.forums.views.frame import frame, framed, pages
from workspaces.rooms.models import Workspace
from workspaces.rooms.policy import May as Rooms
from workspaces.rooms.views.audiences import who_page

OVERLAP = timedelta(seconds=5)  # a change that was being stored while the page was made is told again rather than missed
FURTHEST = timedelta(days=2)
TYPED = 2  # letters of a name before somebody else is thought of


@pages.get("/w/<ref:workspace>/discussions/<ref:topic>")
@guarded(topic=May.SEE_WHERE)
def show_topic(actor: Actor, workspace: str, topic: Topic) -> Any:
    """Who reads a topic is of its workspace, so that one is not asked for separately on this page, the most looked at of all."""
    if topic.workspace.id != workspace:
        raise NotFound
    target = _target(actor)
    if target is not None and target.workspace_pk == topic.workspace_pk and target.topic_pk != topic.pk:
        return redirect(target.path)  # it was moved on
    if topic.merged_into_pk is not None:
        return redirect(queries.where_now(actor, topic).path)
    return topic_page(actor, topic, target=target if target and target.topic_pk == topic.pk else None)


@pages.get("/w/<ref:workspace>/discussions/<ref:topic>/between")
@guarded(workspace=Rooms.READ_WORKSPACE, topic=May.READ_TOPIC)
def show_between(actor: Actor, workspace: Workspace, topic: Topic) -> Any:
    """The messages that a long topic folds away; without a script the whole topic."""
    places = _number("from"), _number("to")
    if not wants_fragment():
        return topic_page(actor, topic, whole=True)
    shown, _total = queries.messages(actor, topic, around=None, places=places)
    found = queries.bearings(actor, topic, workspace.archived)
    return render_template("forums/_messages.html", items=[message for _place, message in shown], topic=topic, can=found.can)


@pages.get("/w/<ref:workspace>/discussions/<ref:topic>/changes")
@guarded(workspace=Rooms.READ_WORKSPACE, topic=May.READ_TOPIC)
def show_changes(actor: Actor, workspace: Workspace, topic: Topic) -> Any:
    """The messages to which something has happened since a moment, for a page that was not listening."""
    posts = queries.changed_since(actor, topic, _moment(request.args.get("since", "")) - OVERLAP)
    found = queries.bearings(actor, topic, workspace.archived)
    made = [queries.message_of(actor, post, says=may(actor, May.READ_WORDS, post)) for post in posts]
    return render_template("forums/_messages.html", items=made, topic=topic, can=found.can)


@pages.get("/w/<ref:workspace>/discussions/<ref:topic>/mentionable")
@guarded(workspace=Rooms.READ_WORKSPACE, topic=May.READ_TOPIC)
def show_mentionable(actor: Actor, workspace: Workspace, topic: Topic) -> Any:
    team = request.args.get("team") == "1" and actor.is_staff
    audience_pk = topic.team_audience_pk if team else topic.audience_pk
    return mentionable(actor, workspace, audience_pk)


@pages.get("/w/<ref:workspace>/discussions/<ref:topic>/who")
@guarded(workspace=Rooms.READ_WORKSPACE, topic=May.READ_TOPIC)
def show_readers(actor: Actor, workspace: Workspace, topic: Topic) -> str:
    depth = "team" if topic.for_team else "shared"
    return who_page(actor, workspace, "discussions", title=topic.title, audience_pk=topic.audience_pk, back=topic.path, depth=depth)


@pages.get("/w/<ref:workspace>/discussions/<ref:topic>/read")
@guarded(workspace=Rooms.READ_WORKSPACE, topic=May.SEE_RECEIPTS)
def show_receipts(actor: Actor, workspace: Workspace, topic: Topic) -> str:
    around = framed(actor, topic)
    around["crumbs"] = [*around["crumbs"], (_("Who has read it"), None)]
    return render_template("forums/receipts.html", found=queries.receipts(actor, topic), **around)


@pages.post("/w/<ref:workspace>/discussions/<ref:topic>/preview")
@guarded(workspace=Rooms.READ_WORKSPACE, topic=May.READ_TOPIC)
def preview_message(actor: Actor, workspace: Workspace, topic: Topic) -> Any:
    html = markdown.render(request.form.get("body", "")[:BODY])
    if wants_fragment():
        return render_template("forums/_preview.html", html=html)
    return topic_page(actor, topic, typed=request.form, preview=html)


@pages.post("/w/<ref:workspace>/discussions/<ref:topic>/read")
@guarded(workspace=Rooms.READ_WORKSPACE, topic=May.READ_TOPIC)
def mark_read(actor: Actor, workspace: Workspace, topic: Topic) -> Any:
    """Up to the message named, or all of it."""
    post = fetch(actor, May.READ_POST, request.form["post"]) if request.form.get("post") else None
    if post is not None and post.topic_pk != topic.pk:
        raise NotFound
    actions.mark_read(actor, topic, post=post)
    return Response(status=204) if wants_fragment() else back_to(topic.path)


@pages.post("/w/<ref:workspace>/discussions/<ref:topic>/follow")
@guarded(workspace=Rooms.READ_WORKSPACE, topic=May.READ_TOPIC)
def follow_topic(actor: Actor, workspace: Workspace, topic: Topic) -> Any:
    said = {
        FOLLOW: _("You follow this now."),
        MUTE: _("You hear no more of this."),
        NEITHER: _("You hear only what is meant for you here."),
    }
    how = request.form.get("how", "")
    if how not in said:
        raise Invalid(("how", _("Choose one of what is offered.")))
    actions.follow_topic(actor, topic, how=how)
    return back_to(topic.path, said[how])


def mentionable(actor: Actor, workspace: Workspace, audience_pk: int) -> str:
    """Who of an audience is meant by what was typed; of nobody a way to invite them, for who may."""
    typed = request.args.get("q", "")[:60].strip()
    people = queries.mentionable(actor, workspace, audience_pk, typed)
    invite = len(typed) >= TYPED and not people and actor.is_staff and may(actor, Rooms.INVITE, workspace)
    return render_template("forums/_mentionable.html", people=people, invite=f"{workspace.path}people" if invite else "", typed=typed)


def topic_page(
    actor: Actor,
    topic: Topic,
    *,
    typed: Any = None,
    wrong: Refused | None = None,
    preview: str = "",
    whole: bool = False,
    target: Post | None = None,
) -> str:
    """The whole page; `typed` is what came with a form that could not be carried out, `target` the message that is looked for."""
    found = queries.bearings(actor, topic, topic.workspace.archived)
    shown, total = queries.messages(actor, topic, around=target.pk if target else found.first_unread, whole=whole)
    answered = _answered(actor, topic, typed)
    around = frame(actor, topic.workspace)
    there = f"{topic.workspace.path}discussions?forum={topic.forum.id}"
    around |= {
        "topic": topic,
        "found": found,
        "can": found.can,
        "may_here": " ".join(sorted({*around["may_here"].split(), *found.can})),
        "items": queries.stay(shown, total, queries.knots(actor, topic), found.first_unread, found.read_at),
        "first_unread_id": next((m.post.id for _place, m in shown if m.post.pk == found.first_unread), None),
        "files": [each for _place, message in shown for each in message.files],
        "folded": len(shown) < total,
        "people": _people(actor, topic, shown, total),
        "total": total,
        "typed": _typed(found, typed, answered),
        "answered": answered,
        "picked": picked_for(actor, found.draft),
        "preview": preview,
        "read_by": queries.read_by(actor, topic) if "receipts" in found.can else None,
        "signs": offered(),
        "since": now(),
        "since_day": _day,
        "depth": "team" if topic.for_team else "shared",
        "compact": {"back": there, "title": topic.workspace.title, "sub": _sub(topic, found)},
        "crumbs": [*around["crumbs"], (topic.forum.title, there)],
        "errors": _errors(wrong),
    }
    return render_template("forums/topic.html", **around)


def _sub(topic: Topic, found: Bearings) -> str:
    return _("%(forum)s · %(n)s people can see this", forum=topic.forum.title, n=found.readers)


def _day(moment: datetime) -> str:
    """A day in words, as near as it is: a time, yesterday, Monday, 9 Nov."""
    local, today = moment.astimezone(zone()), now().astimezone(zone()).date()
    if local.date() == today:
        return clock(moment)
    if local.date() == today - timedelta(days=1):
        return _("yesterday")
    return dated(local, "EEEE") if today - local.date() < timedelta(days=7) else day(moment)


def _target(actor: Actor) -> Post | None:
    """The message that a link into a long topic names."""
    if not (id := request.args.get("post", "")):
        return None
    post: Post = fetch(actor, May.READ_POST, id)
    return post


def _answered(actor: Actor, topic: Topic, typed: Any) -> Post | None:
    """The message that the composer answers or quotes, or None where it may not be read (any more)."""
    told = (typed or {}).get("reply_to") or request.args.get("reply") or request.args.get("quote")
    if not told:
        return None
    try:
        post: Post = fetch(actor, May.READ_WORDS, told)
    except Refused:
        return None
    return post if post.topic_pk == topic.pk else None


def _typed(found: Bearings, typed: Any, answered: Post | None) -> dict[str, Any]:
    """What stands in the composer: what was just sent, a quote, or the draft."""
    if typed is not None:
        return {"body": typed.get("body", ""), "team": typed.get("team") == "1"}
    body, team = (found.draft.body, found.draft.team) if found.draft else ("", bool(answered and answered.team))
    if answered is not None and "quote" in request.args:
        quoted = "\n".join(f"> {line}".rstrip() for line in markdown.spoken(answered.body).split("\n"))
        body = f"{body}\n\n{quoted}\n\n".lstrip("\n")
    return {"body": body, "team": team}


def _people(actor: Actor, topic: Topic, shown: list[Any], total: int) -> list[Any]:
    if len(shown) < total:
        return queries.taking_part(actor, topic)
    return list(dict.fromkeys(message.post.author for _place, message in shown))


def _errors(wrong: Refused | None) -> list[dict[str, str]]:
    if wrong is None or isinstance(wrong, Invalid):
        return errors_of(wrong)
    return errors_of(Invalid(("", wrong.words or _("You can read here, but not write."))))


def _number(name: str) -> int:
    told = request.args.get(name, "")
    if not (told.isdecimal() and len(told) < 9):
        raise Invalid((name, _("Write a whole number.")))
    return int(told)


def _moment(told: str) -> datetime:
    try:
        moment = datetime.fromisoformat(told.replace("Z", "+00:00"))
        if moment.tzinfo is None:
            raise ValueError(told)
        moment = moment.astimezone(UTC)  # some moments at the ends of time have none there
    except (ValueError, OverflowError):
        raise Invalid(("since", _("Write a moment such as 2026-11-19T10:00:00Z."))) from None
    return max(moment, now() - FURTHEST)
