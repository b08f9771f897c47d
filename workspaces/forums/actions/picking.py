"""Files picked for what is being written: kept with the draft, on every device of its author, and sent with it."""

from collections.abc import Iterable
from typing import Any

from portal.kernel.actions import action
from portal.kernel.actor import Actor
from portal.kernel.clock import now
from portal.kernel.errors import Forbidden, Invalid
from portal.kernel.policy import allowed, fetch, may
from portal.kernel.words import gettext as _
from workspaces.forums.actions.reading import begun
from workspaces.forums.attachments import PORT
from workspaces.forums.models import DraftFile, Topic
from workspaces.forums.policy import May
from workspaces.rooms.models import Workspace
from workspaces.rooms.policy import May as Rooms

MOST_PICKED = 20  # for one draft: as many as a message may have


@action(open="one's own draft, in a place where one may write")
def pick_files(actor: Actor, *, place: str, received: list[Any]) -> list[DraftFile]:
    """Keep received files with the draft in `place`. Raises NotFound and Forbidden by the place, TooLarge where its workspace has no
    room for them, Invalid for too many."""
    PORT.refuse_full(actor, _written_in(actor, place), received)
    draft = begun(actor, place)
    if draft.file_count + len(received) > MOST_PICKED:
        raise Invalid(("files", _("Attach at most %(n)s files to one message.", n=MOST_PICKED)))
    picked = [DraftFile(draft_pk=draft.pk, name=each.name, sha256=each.sha256, size=each.size, mime=each.mime) for each in received]
    actor.session.add_all(picked)
    draft.file_count, draft.saved_at = draft.file_count + len(picked), now()
    actor.session.flush()
    return picked


@action(May.READ_DRAFT_FILE)
def drop_file(actor: Actor, file: DraftFile) -> None:
    """It is not sent after all; a draft that holds nothing any more goes too."""
    draft = file.draft
    actor.session.delete(file)
    actor.session.flush()
    draft.file_count -= 1
    if not (draft.file_count or draft.body or draft.title):
        actor.session.delete(draft)


def sent_with(actor: Actor, workspace: Workspace, ids: list[str], body: str) -> tuple[str, list[Any]]:
    """For the actions that send: the words, with where their pictures will be, and the picked files as if they had just come. Raises
    Invalid for a file that is no longer picked."""
    return with_files(workspace, picked_files(actor, ids), body)


def picked_files(actor: Actor, ids: list[str]) -> list[DraftFile]:
    """Of the actor's own, in the order of `ids`. Raises Invalid for one that is no longer picked."""
    if not ids:
        return []
    picked = {each.id: each for each in actor.session.scalars(allowed(actor, May.READ_DRAFT_FILE).where(DraftFile.id.in_(ids)))}
    if len(picked) < len(set(ids)):
        raise Invalid(("files", _("A file that you picked is not here any more. Remove it and pick it again.")))
    return [picked[id] for id in dict.fromkeys(ids)]


def with_files(workspace: Workspace, files: Iterable[Any], body: str) -> tuple[str, list[Any]]:
    """The words, with where their pictures will be, and files that were kept as if they had just come."""
    received = []
    for each in files:
        file, there = PORT.picked(workspace, each)
        body = body.replace(each.path, there)
        received.append(file)
    return body, received


def _written_in(actor: Actor, place: str) -> Workspace:
    """The workspace of a place in which one may write."""
    kind, _colon, id = place.partition(":")
    if kind == "workspace":
        room: Workspace = fetch(actor, Rooms.TAKE_PART, id)
        return room
    if kind != "topic":
        raise Invalid(("place", _("There is no such place.")))
    topic: Topic = fetch(actor, May.READ_TOPIC, id)
    if not (may(actor, May.POST_MESSAGE, topic) or may(actor, May.WRITE_TEAM_NOTE, topic)):
        raise Forbidden(_("You can read here, but not write."))
    return actor.session.get_one(Workspace, topic.workspace_pk)
