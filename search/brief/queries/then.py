"""What had been said by the moment that a brief stands on, and in which words."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, exists, func, select

from portal.accounts.models import Note, NoteRevision
from portal.kernel.actor import Actor
from portal.kernel.events import Event
from search.brief.asked import When
from workspaces.forums.models import Post, PostRevision

WRITTEN = {"post": "post.created", "note": "note.created"}


def written(when: When, of: Any, kind: str = "post") -> list[ColumnElement[bool]]:
    """The conditions that a message, or a note, was there by then, and was known of where that is asked."""
    conditions: list[ColumnElement[bool]] = [(of.created_at if kind == "post" else of.at) <= when.at]
    if when.known_at is not None:
        told = exists(select(1)).where(Event.subject_kind == kind, Event.subject_id == of.id, Event.kind == WRITTEN[kind])
        conditions.append(told.where(Event.recorded_at <= when.known_at).correlate(of))
    return conditions


def happened(when: When) -> list[ColumnElement[bool]]:
    """The same of an event."""
    conditions: list[ColumnElement[bool]] = [Event.at <= when.at]
    return conditions + ([Event.recorded_at <= when.known_at] if when.known_at is not None else [])


def changed_since(actor: Actor, messages: Iterable[Post | Note], when: When) -> dict[str, str]:
    """Of the messages that were changed after that moment what they said at it, by id: for telling whether words stood there then.
    Empty where that is not known: a note of an earlier day may have been written down only later."""
    later = [each for each in messages if each.edited_at is not None and each.edited_at > when.cut]
    said = {each.id: "" for each in later}
    for model, revision, owner in ((Post, PostRevision, PostRevision.post_pk), (Note, NoteRevision, NoteRevision.note_pk)):
        pks = [each.pk for each in later if isinstance(each, model)]
        if not pks:
            continue
        last = select(func.max(revision.pk)).where(owner.in_(pks), revision.at <= when.cut).group_by(owner)
        found = select(model.id, revision.body).join(revision, owner == model.pk).where(revision.pk.in_(last))
        said |= {id: body for id, body in actor.session.execute(found)}  # noqa: C416 - rows are no pairs to dict()
    return said
