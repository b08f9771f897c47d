"""The tags that a workspace's discussions have, as far as the reader may read them."""

import json
from collections import Counter
from typing import Any

from sqlalchemy import ColumnElement, Text, cast

from portal.kernel.actor import Actor
from portal.kernel.policy import allowed
from workspaces.forums.models import Topic
from workspaces.forums.policy import May
from workspaces.rooms.models import Workspace

LOOKED_AT, OFFERED = 2_000, 20  # discussions, the latest of those that have tags; tags to choose from


def as_kept(tag: str) -> str:
    """What `tagged` looks for: tags are kept as a list in JSON, in which each stands between quotes."""
    said = json.dumps(tag)
    for sign in "/%_":
        said = said.replace(sign, f"/{sign}")
    return f"%{said}%"


def tagged(like: Any) -> ColumnElement[bool]:
    """The condition on topics that they have the tag of which this is `as_kept`."""
    return cast(Topic.tags, Text).like(like, escape="/")


def tags_of(actor: Actor, workspace: Workspace) -> list[tuple[str, int]]:
    """Each with how many discussions have it, the most used first."""
    return Counter(tag for tags in _tags(actor, workspace) for tag in tags).most_common()


def offered_tags(actor: Actor, workspace: Workspace) -> list[str]:
    """What is offered where tags are given, by name."""
    return sorted((tag for tag, _number in tags_of(actor, workspace)[:OFFERED]), key=str.casefold)


def as_known(actor: Actor, workspace: Workspace, tags: list[str]) -> tuple[str, ...]:
    """The same tags, spelt as they are known here, each once."""
    if not tags:
        return ()
    known = {tag.casefold(): tag for tag, _number in reversed(tags_of(actor, workspace))}
    return tuple({tag.casefold(): known.get(tag.casefold(), tag) for tag in tags}.values())


def _tags(actor: Actor, workspace: Workspace) -> list[Any]:
    having = cast(Topic.tags, Text) != "[]"
    found = allowed(actor, May.READ_TOPIC).where(Topic.workspace_pk == workspace.pk, having).order_by(Topic.last_post_at.desc())
    return list(actor.session.scalars(found.with_only_columns(Topic.tags).limit(LOOKED_AT)))
