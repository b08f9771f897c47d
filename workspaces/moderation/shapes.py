"""Moderation as the API has it."""

from typing import Annotated

from typing_extensions import TypedDict

from portal.kernel.actor import Actor
from portal.kernel.clock import rfc3339
from portal.kernel.shapes import Moment, means, one_of
from portal.people.shapes import NamedJson, named
from workspaces.forums.holding import HeldJson
from workspaces.forums.models import Post
from workspaces.forums.shapes import PostJson, posts_json
from workspaces.moderation.models import Flag, Held
from workspaces.moderation.queries import Case, names_reporters


class FlagJson(TypedDict):
    """A report of a message."""

    id: str
    post: str
    workspace: str
    reason: str
    at: Moment
    reporter: Annotated[NamedJson | None, means("Null for who wrote the message, though they moderate.")]
    state: Annotated[str, one_of("waiting", "resolved")]
    action: Annotated[str | None, means("What was decided: `keep`, `hide`, `ask`, `remove` or `pause`.")]


class CaseJson(TypedDict):
    """A message that waits for a look. Decide about it by any of its reports."""

    post: PostJson
    before: Annotated[list[PostJson], means("The two messages before it.")]
    flags: list[FlagJson]
    written: Annotated[int, means("Messages of its author in this workspace.")]
    earlier: Annotated[int, means("How often something was decided about its author here before, of late.")]


def flag_json(actor: Actor, flag: Flag) -> FlagJson:
    """A report; by whom only for those who may know."""
    return {
        "id": flag.id,
        "post": flag.post.id,
        "workspace": flag.workspace.id,
        "reason": flag.reason,
        "at": rfc3339(flag.created_at),
        "reporter": named(flag.reporter) if names_reporters(actor, flag.post) else None,
        "state": "waiting" if flag.ruling_pk is None else "resolved",
        "action": flag.ruling.action if flag.ruling is not None else None,
    }


def case_json(actor: Actor, case: Case) -> CaseJson:
    posts: list[Post] = [case.post, *(message.post for message in case.before)]
    shown = posts_json(actor, posts)
    return {
        "post": shown[0],
        "before": shown[1:],
        "flags": [flag_json(actor, flag) for flag in case.flags],
        "written": case.written,
        "earlier": len(case.earlier),
    }


def held_json(held: Held) -> HeldJson:
    """A first message that waits, or what became of it."""
    files = [{"id": each.id, "name": each.name, "size": each.size, "mime": each.mime, "url": each.path} for each in held.files]
    return {
        "id": held.id,
        "workspace": held.workspace.id,
        "forum": held.forum.id,
        "topic": held.topic.id if held.topic is not None else None,
        "title": held.title,
        "kind": held.kind,
        "tags": held.tags,
        "body": held.body,
        "author": named(held.author),
        "at": rfc3339(held.created_at),
        "version": held.version,
        "files": files,  # type: ignore[typeddict-item]
        "state": held.outcome or "waiting",
        "reason": held.reason,
        "post": held.post.id if held.post is not None else None,
        "url": held.path,
    }
