"""What of the talk is in a copy: forums, discussions, messages and what they said before."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select

from portal.accounts.models import Account
from portal.kernel.actor import Actor
from portal.kernel.clock import rfc3339
from portal.kernel.copying import Chapter, Data, Item, Page, Scope, chapter, copied, file_path, in_steps, left_out
from portal.kernel.policy import allowed
from portal.kernel.words import gettext as _
from portal.people.models import Person
from portal.people.shapes import named
from workspaces.forums.attachments import PORT
from workspaces.forums.models import Forum, Mention, Post, PostRevision, Reaction, Topic
from workspaces.forums.policy import May
from workspaces.forums.queries.messages import loading
from workspaces.forums.shapes import posts_json
from workspaces.rooms.consent import seen
from workspaces.rooms.copies import rooms_of


def _talked_in(account_pk: int) -> ColumnElement[bool]:
    """Its own discussions, and in a community those of others where its people wrote."""
    return or_(Topic.account_pk == account_pk, Topic.pk.in_(select(Post.topic_pk).where(Post.account_pk == account_pk)))


def _posts_of(account_pk: int) -> Select[Any]:
    return select(Post.pk).where(Post.account_pk == account_pk)


copied(Forum, lambda account_pk: Forum.workspace_pk.in_(rooms_of(account_pk)))
copied(Topic, _talked_in, kept=["merged_into_pk"])  # where it leads may be another company's
copied(Post, lambda account_pk: Post.account_pk == account_pk)
copied(PostRevision, lambda account_pk: PostRevision.post_pk.in_(_posts_of(account_pk)))
copied(Mention, lambda account_pk: Mention.post_pk.in_(_posts_of(account_pk)))
copied(Reaction, lambda account_pk: Reaction.post_pk.in_(_posts_of(account_pk)))
left_out("how far a person has read and what they follow is theirs", "read_mark", "receipt", "following")
left_out("what somebody has begun to write is theirs", "draft", "draft_file")
left_out("that messages went elsewhere is on the trail; what it takes to put them back is of use only here", "transfer")


def _within(scope: Scope, found: Select[Any]) -> Select[Any]:
    if scope.workspace is not None:
        return found.where(Topic.workspace_pk == scope.workspace.pk)
    return found.where(_talked_in(scope.account.pk), Topic.removed_at.is_(None))


def _posts_within(scope: Scope, found: Select[Any]) -> Select[Any]:
    """Where it is an account's, nothing that another company wrote in the same discussion."""
    if scope.workspace is not None:
        return found.where(Post.workspace_pk == scope.workspace.pk)
    return found.where(Post.account_pk == scope.account.pk)


def _count(actor: Actor, scope: Scope) -> int:
    return actor.session.scalar(_within(scope, allowed(actor, May.READ_TOPIC)).with_only_columns(func.count(Topic.pk))) or 0


def _items(actor: Actor, scope: Scope) -> Iterator[Item]:
    found = _within(scope, allowed(actor, May.READ_TOPIC))
    listed = ((topic, _author(scope, topic)) for step in in_steps(actor.session, found, Topic.pk) for topic in step)
    yield Page("discussions.html", "copies/discussions.html", {"topics": listed})
    for step in in_steps(actor.session, found, Topic.pk):
        for topic in step:
            yield Page(f"discussions/{topic.id}.html", "copies/topic.html", {"topic": topic, "messages": _messages(actor, scope, topic)})


def _data(scope: Scope) -> Iterator[Data]:
    yield Data("data/discussions.jsonl", May.READ_TOPIC, lambda asked: _within(scope, asked), _topics_json)
    yield Data("data/messages.jsonl", May.READ_WORDS, lambda asked: _posts_within(scope, asked), posts_json)


def _messages(actor: Actor, scope: Scope, topic: Topic) -> Iterator[dict[str, Any]]:
    """The messages of one discussion; of what was taken away only that it was there."""
    found = _posts_within(scope, allowed(actor, May.READ_POST)).where(Post.topic_pk == topic.pk).options(*loading())
    for step in in_steps(actor.session, found, Post.pk):
        words = allowed(actor, May.READ_WORDS).where(Post.pk.in_([post.pk for post in step])).with_only_columns(Post.pk)
        says = set(actor.session.scalars(words))
        companies = _companies(actor, step)
        files = PORT.of_posts(actor, [post for post in step if post.pk in says])
        for post in step:
            if post.taken_back:
                continue
            shown = post.pk in says and (post.stands or not actor.system)
            attached = files.get(post.pk, []) if shown else []
            yield {
                "post": post,
                "says": shown,
                "company": companies.get(post.author_pk),
                "answers": _answered(scope, post),
                "files": [(file["name"], file_path(file["id"], file["version"], file["name"]), file["size"]) for file in attached],
            }


def _author(scope: Scope, topic: Topic) -> str:
    """Who began it; in an account's copy nobody of another company is named."""
    foreign = scope.account is not None and topic.account_pk != scope.account.pk and not topic.author.is_staff
    return _("Somebody of another company") if foreign else topic.author.name


def _answered(scope: Scope, post: Post) -> Post | None:
    """The message that it answers, where that is in the copy."""
    answered = post.reply_to
    if answered is None or not post.answers_here or (scope.account is not None and answered.account_pk != scope.account.pk):
        return None
    return answered


def _companies(actor: Actor, posts: list[Post]) -> dict[int, str]:
    """Of which companies the authors are, by pk; of a community's those whom the reader sees."""
    if not posts:
        return {}
    found = select(Person.pk, Account.name).join(Account, Account.pk == Person.account_pk)
    found = found.where(seen(actor, Person.pk, posts[0].workspace_pk))
    return dict(actor.session.execute(found.where(Person.pk.in_({post.author_pk for post in posts}))).all())


def _topics_json(actor: Actor, topics: list[Topic]) -> list[dict[str, Any]]:
    """What of a topic does not change by being talked in."""
    return [
        {
            "id": topic.id,
            "forum": topic.forum.id,
            "title": topic.title,
            "kind": topic.kind,
            "tags": topic.tags,
            "author": named(topic.author),
            "at": rfc3339(topic.created_at),
        }
        for topic in topics
    ]


chapter(Chapter("discussions", 20, lambda: _("Discussions"), "discussions.html", _count, _items, data=_data))
