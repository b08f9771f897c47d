"""Who reports, who looks at it, who hears of it. Each of a message that they may know of."""

from typing import Any

from sqlalchemy import and_, or_, select

from portal.kernel.actor import Actor
from portal.kernel.policy import Condition, Verbs, rule
from workspaces.forums.models import Forum, Post, Topic
from workspaces.forums.policy import read_forum, read_post, read_words, see_where
from workspaces.moderation.models import APPROVED, REFUSED, Flag, Held, HeldFile, Ruling
from workspaces.rooms.policy import moderated_by, open_for_writing


class May(Verbs):
    """Verbs of moderation."""

    REPORT_POST = "Report a message to the moderators: who reads it and did not write it; not in an archive"
    READ_FLAG = "See a report: who sent it, and moderators of the workspace"
    RESOLVE_FLAG = "Decide about a reported message: moderators of the workspace"
    READ_RULING = "See what was decided about a message, and why: who wrote it, and moderators"
    UNDO_RULING = "Take back what was decided: moderators of the workspace"
    READ_HELD = "See a first message that waits: who wrote it, and moderators of the workspace, where they see its place"
    READ_HELD_FILE = "See a file that came with it: the same"
    CHANGE_HELD = "Change or withdraw a first message while it waits: who wrote it"
    DECIDE_HELD = "Let a first message through, or refuse it: moderators of the workspace"
    UNDO_HELD = "Take back what was decided about a first message: moderators of the workspace"


@rule(May.REPORT_POST, Post, refusal="You can report what others wrote, while it can be read.")
def report_post(actor: Actor) -> Condition:
    return and_(Post.author_pk != actor.pk, Post.hidden_at.is_(None), read_words(actor), open_for_writing(Post.workspace_pk))


@rule(May.READ_FLAG, Flag, reads=True)
def read_flag(actor: Actor) -> Condition:
    whose = or_(Flag.reporter_pk == actor.pk, moderated_by(actor, Flag.workspace_pk))
    return and_(whose, _known(actor, Flag.post_pk))


@rule(May.RESOLVE_FLAG, Flag, refusal="Only moderators can do this.")
def resolve_flag(actor: Actor) -> Condition:
    return and_(moderated_by(actor, Flag.workspace_pk), open_for_writing(Flag.workspace_pk), _known(actor, Flag.post_pk))


@rule(May.READ_RULING, Ruling, reads=True)
def read_ruling(actor: Actor) -> Condition:
    told = and_(Ruling.post_pk.in_(select(Post.pk).where(Post.author_pk == actor.pk)), Ruling.undone_at.is_(None))
    return and_(or_(told, moderated_by(actor, Ruling.workspace_pk)), _known(actor, Ruling.post_pk))


@rule(May.UNDO_RULING, Ruling, refusal="Only moderators can do this.")
def undo_ruling(actor: Actor) -> Condition:
    moderates = and_(moderated_by(actor, Ruling.workspace_pk), open_for_writing(Ruling.workspace_pk))
    return and_(moderates, Ruling.undone_at.is_(None), _known(actor, Ruling.post_pk))


@rule(May.READ_HELD, Held, reads=True)
def read_held(actor: Actor) -> Condition:
    whose = or_(Held.author_pk == actor.pk, moderated_by(actor, Held.workspace_pk))
    return and_(whose, _place_known(actor))


@rule(May.READ_HELD_FILE, HeldFile, reads=True)
def read_held_file(actor: Actor) -> Condition:
    return select(Held.pk).where(Held.pk == HeldFile.held_pk, read_held(actor)).correlate(HeldFile).exists()


@rule(May.CHANGE_HELD, Held, refusal="Only who wrote it can change it, while it waits.")
def change_held(actor: Actor) -> Condition:
    return and_(Held.author_pk == actor.pk, Held.outcome == "", open_for_writing(Held.workspace_pk), read_held(actor))


@rule(May.DECIDE_HELD, Held, refusal="Only moderators can do this.")
def decide_held(actor: Actor) -> Condition:
    return and_(moderated_by(actor, Held.workspace_pk), open_for_writing(Held.workspace_pk), _place_known(actor))


@rule(May.UNDO_HELD, Held, refusal="Only moderators can do this.")
def undo_held(actor: Actor) -> Condition:
    return and_(Held.outcome.in_((APPROVED, REFUSED)), decide_held(actor))


def _place_known(actor: Actor) -> Condition:
    """Whoever may not see the discussion or forum that it is for sees nothing of it."""
    there = select(Topic.pk).where(Topic.pk == Held.topic_pk, see_where(actor)).correlate(Held).exists()
    forum = select(Forum.pk).where(Forum.pk == Held.forum_pk, read_forum(actor)).correlate(Held).exists()
    return or_(there, and_(Held.topic_pk.is_(None), forum))


def _known(actor: Actor, post_pk: Any) -> Condition:
    return select(Post.pk).where(Post.pk == post_pk, read_post(actor)).correlate(Flag, Ruling).exists()
