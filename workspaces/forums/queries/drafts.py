"""What a person has begun to write."""

from dataclasses import dataclass

from portal.kernel.actor import Actor
from portal.kernel.policy import allowed
from workspaces.forums.attachments import PORT
from workspaces.forums.models import Draft, DraftFile, Topic
from workspaces.forums.policy import May
from workspaces.rooms.models import Workspace
from workspaces.rooms.policy import May as Rooms


@dataclass(frozen=True)
class Begun:
    """A draft and where it goes on; `path` is empty where the person may not go there any more, and the words stay theirs."""

    draft: Draft
    where: str
    path: str


def draft_in(actor: Actor, place: str) -> Draft | None:
    """The reader's own draft in a place."""
    return actor.session.scalar(allowed(actor, May.READ_DRAFT).where(Draft.place == place))


@dataclass(frozen=True)
class Picked:
    """A file picked for a draft; `picture`: whether words can show it."""

    file: DraftFile
    picture: bool


def picked_for(actor: Actor, draft: Draft | None) -> list[Picked]:
    """The files picked for a draft of the reader's, in their order; asked only where there are any."""
    if draft is None or not draft.file_count:
        return []
    found = allowed(actor, May.READ_DRAFT_FILE).where(DraftFile.draft_pk == draft.pk).order_by(DraftFile.pk)
    return [Picked(file, PORT.picture(file)) for file in actor.session.scalars(found)]


def picked_in(actor: Actor, place: str) -> list[Picked]:
    return picked_for(actor, draft_in(actor, place))


def drafts(actor: Actor) -> list[Begun]:
    """All of the reader's own drafts, newest first."""
    mine = list(actor.session.scalars(allowed(actor, May.READ_DRAFT).order_by(Draft.saved_at.desc(), Draft.pk.desc())))
    ids = {kind: [draft.place.partition(":")[2] for draft in mine if draft.place.startswith(kind)] for kind in ("topic", "workspace")}
    found = {f"topic:{each.id}": each for each in actor.session.scalars(allowed(actor, May.READ_TOPIC).where(Topic.id.in_(ids["topic"])))}
    rooms = allowed(actor, Rooms.READ_WORKSPACE).where(Workspace.id.in_(ids["workspace"]))
    places = {f"workspace:{each.id}": each for each in actor.session.scalars(rooms)}
    return [_begun(draft, found.get(draft.place), places.get(draft.place)) for draft in mine]


def _begun(draft: Draft, topic: Topic | None, workspace: Workspace | None) -> Begun:
    if topic is not None:
        return Begun(draft, topic.title, f"{topic.path}#reply")
    if workspace is not None:
        return Begun(draft, workspace.title, f"{workspace.path}discussions/new")
    return Begun(draft, "", "")
