"""Forums, topics and posts as the API has them."""

from typing import Any

from portal.kernel.actor import Actor
from portal.kernel.clock import rfc3339
from portal.people.models import Person
from portal.people.shapes import named
from workspaces.forums.attachments import PORT
from workspaces.forums.models import Forum, Post, PostRevision, Topic
from workspaces.rooms.shapes import audiences_json


def forums_json(actor: Actor, forums: list[Forum]) -> list[dict[str, Any]]:
    """Forums with whom they are for; one query for the groups of all of them."""
    audiences = audiences_json(actor, forums)
    return [
        {
            "id": forum.id,
            "workspace": forum.workspace.id,
            "title": forum.title,
            "description": forum.description,
            "audience": audiences[forum.open_audience_pk],
            "created_at": rfc3339(forum.created_at),
        }
        for forum in forums
    ]


def topic_json(topic: Topic) -> dict[str, Any]:
    """A topic; counts and times are of its shared posts alone."""
    return {
        "id": topic.id,
        "workspace": topic.workspace.id,
        "forum": topic.forum.id,
        "title": topic.title,
        "kind": topic.kind,
        "tags": topic.tags,
        "author": named(topic.author),
        "at": rfc3339(topic.created_at),
        "pinned": topic.pinned_at is not None,
        "locked": topic.locked_at is not None,
        "accepted_post": topic.accepted_post.id if topic.accepted_post else None,
        "post_count": topic.post_count,
        "last_post_at": rfc3339(topic.last_post_at),
        "url": topic.path,
    }


def posts_json(actor: Actor, posts: list[Post]) -> list[dict[str, Any]]:
    """Posts whose words the actor may read, with their files; the files of all of them in one query."""
    files = PORT.of_posts(actor, posts)
    return [_post_json(post, files.get(post.pk, [])) for post in posts]


def silenced_json(post: Post) -> dict[str, Any]:
    """A post that was removed or hidden: that it is there, and nothing of what it said."""
    return _post_json(post, []) | {"body": "", "html": ""}


def revision_json(revision: PostRevision, by: Person) -> dict[str, Any]:
    return {"id": revision.id, "at": rfc3339(revision.at), "by": named(by), "body": revision.body}


def _post_json(post: Post, files: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "id": post.id,
        "topic": post.topic.id,
        "author": named(post.author),
        "at": rfc3339(post.created_at),
        "edited_at": rfc3339(post.edited_at) if post.edited_at else None,
        "body": post.body,
        "html": post.html,
        "reply_to": post.reply_to.id if post.reply_to else None,
        "attachments": files,
        "audience": "team" if post.team else "shared",
    }
