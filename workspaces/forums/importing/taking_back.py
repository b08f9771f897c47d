"""Undoing an import of messages: what it made goes the way of everything that is removed, and what was done with it since stays."""

from sqlalchemy import select

from portal.imports.models import MADE, ImportedThing
from portal.imports.work import Work
from portal.kernel.actor import Actor
from portal.kernel.events import Event
from portal.kernel.words import gettext as _
from workspaces.forums.actions.posts import edit_post, remove_post
from workspaces.forums.actions.topics import remove_topic
from workspaces.forums.models import Post, Topic


def post(work: Work, thing: ImportedThing) -> str:
    found = work.session.scalar(select(Post).where(Post.id == thing.thing_id, Post.removed_at.is_(None)))
    if found is None:
        return ""
    if thing.act != MADE:
        if found.body != thing.now["body"]:
            return _("A message in “%(title)s” was changed again since.", title=found.topic.title)
        edit_post(Actor(work.session, found.author, system=True), found, body=thing.was["body"])
        return ""
    if _touched(work, found):
        return _("Somebody has answered or changed this message in “%(title)s”.", title=found.topic.title)
    remove_post(work.actor, found)
    found.topic.unanswered_since = None  # nobody waits for an answer to what was imported
    return ""


def topic(work: Work, thing: ImportedThing) -> str:
    found = work.session.scalar(select(Topic).where(Topic.id == thing.thing_id, Topic.removed_at.is_(None)))
    if found is None:
        return ""
    if work.session.scalar(select(Post.pk).where(Post.topic_pk == found.pk, Post.removed_at.is_(None)).limit(1)):
        return _("There is more in “%(title)s” by now.", title=found.title)
    remove_topic(work.actor, found)
    return ""


def _touched(work: Work, found: Post) -> bool:
    """Something has happened to it since the run, or what nobody imported answers it."""
    run = work.run
    later = select(Event.pk).where(Event.subject_kind == "post", Event.subject_id == found.id, Event.recorded_at > run.ended_at)
    answers = select(Post.pk).join(Event, Event.subject_id == Post.id).where(Post.reply_to_pk == found.pk, Post.removed_at.is_(None))
    return any(work.session.scalar(each.limit(1)) is not None for each in (later, answers.where(Event.recorded_at > run.ended_at)))


def _with_its_post(work: Work, thing: ImportedThing) -> str:
    """Files go with their post."""
    return ""


HOW = {"post": post, "topic": topic, "file": _with_its_post}
