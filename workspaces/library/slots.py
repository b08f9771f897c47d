"""What the library does and shows in other features' places."""

from dataclasses import asdict
from typing import Any

from portal.accounts.models import Account
from portal.kernel.actor import Actor
from portal.kernel.house import House
from portal.kernel.words import gettext as _
from portal.web.unit import house
from workspaces.forums.attachments import AttachmentJson, AttachmentPort
from workspaces.forums.models import Post, Topic
from workspaces.library import actions, queries, serving
from workspaces.library.actions.attachments import named
from workspaces.library.quotas import refuse_full
from workspaces.library.receiving import Received, receive, take
from workspaces.rooms.models import Workspace


def fit(actor: Actor, workspace: Workspace) -> None:
    """A new workspace has one folder."""
    actions.make_folder(actor, workspace, name=_("Files"))


def attach_to(port: AttachmentPort) -> None:
    """Answer the port through which messages take files."""
    port.receive = receive
    port.attach = _attach
    port.attach_ids = _attach_ids
    port.refuse_full = _refuse_full
    port.any_of = queries.any_of
    port.named = lambda actor, workspace, file_ids: named(actor, workspace.pk, file_ids)
    port.picked = _picked
    port.serve = serving.kept
    port.picture = serving.picture
    port.of_posts = attachments
    port.take = _take
    port.attach_past = actions.attach_past
    port.moved = actions.follow_topic
    port.about = _about
    port.ready = True


def _take(house: House, name: str, data: bytes) -> dict[str, Any]:
    return asdict(take(house.storage, name, [data], house.settings.max_upload))


def _attach(actor: Actor, post: Post, received: list[Received]) -> None:
    if received:
        actions.attach_files(actor, post, received=received)


def _refuse_full(actor: Actor, workspace: Workspace, received: list[Any]) -> None:
    if received:
        refuse_full(actor, workspace, name=received[0].name, size=sum(each.size for each in received))


def _picked(workspace: Workspace, each: Any) -> tuple[Received, str]:
    received = Received(each.name, each.sha256, each.size, each.mime, each.id)
    return received, f"{workspace.path}files/f/{each.id}/preview"


def _attach_ids(actor: Actor, post: Post, file_ids: list[str]) -> None:
    if file_ids:
        actions.attach_copies(actor, post, file_ids=file_ids)


def attachments(actor: Actor, posts: Any) -> dict[int, list[AttachmentJson]]:
    """The port of forums: post pk -> its files as a page shows them, in one query."""
    return {pk: [shown(file) for file in files] for pk, files in queries.of_posts(actor, posts).items()}


def shown(file: Any) -> AttachmentJson:
    """An attachment as pages and the API have it."""
    version = file.version
    return {
        "id": file.id,
        "name": file.name,
        "size": version.size,
        "mime": version.mime,
        "version": version.number,
        "url": file.path,
        "picture": f"{file.path}/preview" if serving.picture(version) else None,
    }


def _about(actor: Actor, topic: Topic, told: str) -> None:
    actions.hang_topic(actor, topic, about=told)


def of_topic(actor: Actor, topic: Topic, **context: Any) -> dict[str, Any] | None:
    """For `topic.files`: what a topic is about, and the files of its messages."""
    told = queries.of_topic(actor, topic)
    about = next(((file, hung) for file, hung in told if hung is not None), None)
    files = [file for file, hung in told if hung is None]
    return {"files": files, "about": about} if told else None


def reading(actor: Actor, account: Account, **context: Any) -> dict[str, Any]:
    """For `account.beside`: the way to what its people read."""
    return {}


def adding(actor: Actor, workspace: Workspace, steps: list[dict[str, Any]], **context: Any) -> dict[str, Any] | None:
    """For `home.steps`: the way in for files, as long as there is neither one nor a welcome. A place that people talk in already has the
    step alone, whose button leads to the files, so that its home asks the folders nothing."""
    if any(step["key"] in ("file", "welcome") and step["done"] for step in steps):
        return None
    tree = queries.tree(actor, workspace)
    if tree.home is None or tree.home.pk not in tree.addable:
        return None
    return {"folder": tree.home, "limit": house().settings.max_upload, "errors": []}


def places(actor: Actor, workspace: Workspace, **context: Any) -> dict[str, Any] | None:
    """For `workspace.places`: each folder and whom it is for."""
    tree = queries.tree(actor, workspace)
    folders = sorted(tree.folders.values(), key=lambda folder: tree.label(folder).casefold())
    return {"tree": tree, "folders": folders} if folders else None
