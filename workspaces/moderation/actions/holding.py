"""What a client writes first waits where a workspace has it so. What waits is no message: nothing of forums is written."""

from typing import Any

from sqlalchemy import func, select

from portal.kernel import markdown
from portal.kernel.actions import action
from portal.kernel.actor import Actor
from portal.kernel.clock import now
from portal.kernel.errors import Invalid
from portal.kernel.events import EventKind, record
from portal.kernel.words import gettext as _
from portal.notices.actions import take_back
from workspaces.forums.actions import drop_draft
from workspaces.forums.actions.picking import MOST_PICKED, picked_files
from workspaces.forums.actions.posts import refuse_astray
from workspaces.forums.actions.topics import refuse_announcing
from workspaces.forums.attachments import PORT
from workspaces.forums.models import DISCUSSION, Forum, Post, Topic
from workspaces.forums.policy import May as Forums
from workspaces.moderation.events import HELD_WITHDRAWN, MESSAGE_HELD
from workspaces.moderation.models import WITHDRAWN, Held, HeldFile
from workspaces.moderation.policy import May
from workspaces.rooms.models import Workspace


@action(Forums.POST_MESSAGE)
def hold_message(
    actor: Actor,
    topic: Topic,
    *,
    body: str,
    reply_to: Post | None = None,
    team: bool = False,
    received: list[Any] | None = None,
    file_ids: list[str] | None = None,
    picked: list[str] | None = None,
) -> Held:
    """In place of post_message, and with what it takes. Raises Invalid as that does."""
    refuse_astray(topic, reply_to)
    row = Held(workspace_pk=topic.workspace_pk, forum_pk=topic.forum_pk, topic_pk=topic.pk, reply_to_pk=reply_to.pk if reply_to else None)
    files = [*(received or []), *PORT.named(actor, topic.workspace, file_ids or [])]
    held = _keep(actor, row, body, files, picked or [])
    drop_draft(actor, place=f"topic:{topic.id}")
    return held


@action(Forums.START_TOPIC)
def hold_topic(
    actor: Actor,
    forum: Forum,
    *,
    title: str,
    body: str,
    kind: str = DISCUSSION,
    tags: tuple[str, ...] = (),
    receipts: bool = False,
    received: list[Any] | None = None,
    picked: list[str] | None = None,
    about: str = "",
) -> Held:
    """In place of start_topic, and with what it takes. Raises Invalid as that does."""
    refuse_announcing(actor, forum, kind, receipts=receipts)
    row = Held(workspace_pk=forum.workspace_pk, forum_pk=forum.pk, title=title, kind=kind, tags=list(tags), about=about)
    held = _keep(actor, row, body, received or [], picked or [])
    drop_draft(actor, place=f"workspace:{forum.workspace.id}")
    return held


@action(May.CHANGE_HELD)
def change_held(actor: Actor, held: Held, *, body: str, title: str | None = None) -> Held:
    """Other words while it waits; only what starts a discussion has a title."""
    held.body, held.html, held.version = body, markdown.render(body), held.version + 1
    if title is not None and held.topic_pk is None:
        held.title = title
    actor.session.flush()
    return held


@action(May.CHANGE_HELD)
def withdraw_held(actor: Actor, held: Held) -> None:
    """It waits no more; only its author still finds the words."""
    held.outcome, held.ended_at = WITHDRAWN, now()
    take_back(actor.session, held)
    note(actor, HELD_WITHDRAWN, held)


def note(actor: Actor, of: EventKind, held: Held, **facts: str) -> None:
    """Its event, on no account's trail: until it is let through it is nothing. And how many wait, for the pages that ask."""
    session = actor.session
    session.flush()
    waiting = select(func.count(Held.pk)).where(Held.workspace_pk == held.workspace_pk, Held.outcome == "")
    held.workspace.held_count = session.scalar(waiting) or 0
    place = held.topic or held.forum
    record(actor, of, held, audience_pk=place.team_audience_pk, workspace_pk=held.workspace_pk, facts={"held": held.id, **facts})


def _keep(actor: Actor, held: Held, body: str, files: list[Any], picked: list[str]) -> Held:
    chosen = picked_files(actor, picked)
    if len(files) + len(chosen) > MOST_PICKED:
        raise Invalid(("files", _("Attach at most %(n)s files to one message.", n=MOST_PICKED)))
    PORT.refuse_full(actor, actor.session.get_one(Workspace, held.workspace_pk), [*files, *chosen])
    held.author_pk, held.body, held.html = actor.pk, body, ""
    actor.session.add(held)
    actor.session.flush()
    for each in files:
        _keep_file(actor, held, each)
    for each in chosen:
        body = body.replace(each.path, _keep_file(actor, held, each).path)
    held.body, held.html = body, markdown.render(body)
    note(actor, MESSAGE_HELD, held)
    return held


def _keep_file(actor: Actor, held: Held, each: Any) -> HeldFile:
    file = HeldFile(held_pk=held.pk, name=each.name, sha256=each.sha256, size=each.size, mime=each.mime)
    if each.id:
        file.id = each.id  # it is known by it from the draft on
    actor.session.add(file)
    actor.session.flush()
    return file
