"""The same done to several topics at once, and to all that have a tag. Each change is an action of its own, allowed and recorded."""

from collections.abc import Iterable

from portal.kernel.actions import action
from portal.kernel.actor import Actor
from portal.kernel.errors import Invalid
from portal.kernel.policy import allowed
from portal.kernel.words import gettext as _
from workspaces.forums.actions.moving import move_topic
from workspaces.forums.actions.topics import change_topic, lock_topic, pin_topic
from workspaces.forums.models import Forum, Topic, Transfer
from workspaces.forums.policy import May
from workspaces.forums.queries.tags import as_kept, tagged
from workspaces.rooms.models import Workspace
from workspaces.rooms.policy import May as Rooms

MOST_TAGS = 8


@action(Rooms.MODERATE)
def lock_topics(actor: Actor, workspace: Workspace, *, topics: Iterable[Topic], locked: bool) -> list[Topic]:
    """Close or open them; those that this changed."""
    changed = [topic for topic in topics if (topic.locked_at is not None) != locked]
    for topic in changed:
        lock_topic(actor, topic, locked=locked)
    return changed


@action(Rooms.MODERATE)
def pin_topics(actor: Actor, workspace: Workspace, *, topics: Iterable[Topic], pinned: bool) -> list[Topic]:
    """Pin or unpin them; those that this changed."""
    changed = [topic for topic in topics if (topic.pinned_at is not None) != pinned]
    for topic in changed:
        pin_topic(actor, topic, pinned=pinned)
    return changed


@action(Rooms.MODERATE)
def tag_topics(actor: Actor, workspace: Workspace, *, topics: Iterable[Topic], tag: str, there: bool = True) -> list[Topic]:
    """Give them a tag, or take it away; those that this changed. Raises Invalid where one has as many as it may."""
    changed = [topic for topic in topics if (tag in topic.tags) != there]
    for topic in changed:
        if there and len(topic.tags) >= MOST_TAGS:
            raise Invalid(("tag", _("“%(title)s” has %(n)s tags already. Take one away first.", title=topic.title, n=MOST_TAGS)))
        tags = [*topic.tags, tag] if there else [each for each in topic.tags if each != tag]
        change_topic(actor, topic, tags=tuple(tags))
    return changed


@action(Rooms.MODERATE)
def move_topics(actor: Actor, workspace: Workspace, *, topics: Iterable[Topic], forum: Forum) -> list[Transfer]:
    """Put them into a forum; of those that were elsewhere what takes it back."""
    moved = (move_topic(actor, topic, forum=forum) for topic in list(topics))
    return [transfer for transfer in moved if transfer is not None]


@action(Rooms.MODERATE)
def rename_tag(actor: Actor, workspace: Workspace, *, tag: str, name: str) -> list[Topic]:
    """Another name for a tag wherever the actor moderates it: of one that is there already, so that the two become one; with no
    name it is taken away. Those that this changed."""
    found = allowed(actor, May.MODERATE_TOPIC).where(Topic.workspace_pk == workspace.pk, tagged(as_kept(tag)))
    changed = list(actor.session.scalars(found))
    for topic in changed:
        renamed = (name if each == tag else each for each in topic.tags)
        change_topic(actor, topic, tags=tuple(dict.fromkeys(each for each in renamed if each)))
    return changed
