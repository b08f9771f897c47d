"""Imported messages become topics and posts, many at once, with the times they had. Nobody is told: it was news long ago."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select, tuple_

from portal.imports.registry import Row
from portal.imports.work import Work
from portal.kernel import markdown
from portal.kernel.actor import Actor
from portal.kernel.clock import now
from portal.kernel.errors import Invalid
from portal.kernel.words import gettext as _
from portal.people.models import Person
from workspaces.forums.actions.posts import edit_post
from workspaces.forums.attachments import PORT
from workspaces.forums.events import POST_WRITTEN, TOPIC_STARTED
from workspaces.forums.importing.authors import address_of, authors, company_of
from workspaces.forums.importing.places import Place
from workspaces.forums.models import Post, PostRevision, ReadMark, Topic

LONGEST = 200_000  # characters of one message
TITLE = 160
SAME_TALK = timedelta(days=90)  # mails of one subject that lie further apart are not one conversation


@dataclass
class Message:
    """One message on its way in. `key` is what it is called where it comes from, `refs` what it answers, the nearest first."""

    row: Row
    place: Place
    key: str
    refs: tuple[str, ...]
    title: str
    named_topic: bool  # the file says which topic; else `replies` and the subject do
    email: str
    name: str
    when: str
    body: str
    replies: bool = False
    files: tuple[dict[str, Any], ...] = ()
    team: bool = False  # a team note beside what others wrote, which answers nobody

    @property
    def at(self) -> datetime:
        return datetime.fromisoformat(self.when)

    @property
    def address(self) -> str:
        return address_of(self.email, self.name, self.place)


def checked(message: Message) -> Message:
    """The same, if it can be a post. Raises Invalid."""
    message.body = message.body.strip()
    message.title = " ".join(message.title.split())[:TITLE]
    message.name = " ".join(message.name.split())[:120]
    if not message.body and not message.files:
        raise Invalid(("body", _("There are no words in it.")))
    if len(message.body) > LONGEST:
        raise Invalid(("body", _("Write at most %(n)s characters.", n=LONGEST)))
    if message.email and ("@" not in message.email or len(message.email) > 254 or any(c.isspace() for c in message.email)):
        raise Invalid(("author_email", _("“%(what)s” is no address.", what=message.email[:60])))
    if not message.email and not message.name:
        raise Invalid(("author_name", _("Nothing says who wrote it.")))
    if message.at > now() + timedelta(days=1):
        raise Invalid(("at", _("This is yet to come.")))
    return message


def write_messages(work: Work, messages: list[Message]) -> None:
    """One batch, in the order given."""
    there = Known(work, messages)
    new, claimed = list[Message](), set[str]()
    for each in messages:
        if each.key in there.posts:
            _change(work, there.posts[each.key], each)
        elif each.key in claimed or work.would_be_there("post", each.key):
            work.unchanged(each.row)
        else:
            new.append(each)
            claimed.add(each.key)
    if new:
        _write(work, there, new)


class Known:
    """What of these messages, and of the topics that they belong to, is there already."""

    def __init__(self, work: Work, messages: list[Message]) -> None:
        keys = {key for each in messages for key in (each.key, *each.refs)}
        ids = work.known("post", keys)
        rows = {row.id: row for row in work.session.scalars(select(Post).where(Post.id.in_(set(ids.values())), Post.removed_at.is_(None)))}
        self.posts = {key: rows[id] for key, id in ids.items() if id in rows}
        self.topics = dict.fromkeys({post.topic_pk for post in self.posts.values()})
        wanted = [(each.place.forum.pk, base(each).lower()) for each in messages]
        which = tuple_(Topic.forum_pk, func.lower(Topic.title)).in_(wanted) | Topic.pk.in_(self.topics)
        found = work.session.scalars(select(Topic).where(which, Topic.removed_at.is_(None)).order_by(Topic.pk))
        self.by_pk: dict[int, Topic] = {}
        self.by_title: dict[tuple[int, str], Topic] = {}
        for topic in found.unique():
            self.by_pk[topic.pk] = topic
            self.by_title[topic.forum_pk, topic.title.lower()] = topic
        last = select(Post.topic_pk, Post.audience_pk, func.max(Post.seq)).where(Post.topic_pk.in_(self.by_pk))
        found_last = work.session.execute(last.group_by(Post.topic_pk, Post.audience_pk))
        self.before: dict[tuple[int, int], int] = {(topic_pk, audience_pk): seq for topic_pk, audience_pk, seq in found_last}
        self.begun: set[int] = set()  # pks of topics that are there for the first time


def base(message: Message) -> str:
    return message.title or _("(no subject)")


def _write(work: Work, there: Known, new: list[Message]) -> None:
    people = authors(work, ((each.address, each.name, each.place) for each in new))
    topic_of = _topics(work, there, new, people)
    seqs = dict(there.before)
    posts = [_post(each, topic_of[each.key], people[each.address], seqs) for each in new]
    by_key = dict(zip((each.key for each in new), posts, strict=True))
    work.bulk.add(posts)
    for each, post in zip(new, posts, strict=True):
        answered = next((found for ref in each.refs if (found := by_key.get(ref) or there.posts.get(ref)) is not None), None)
        if answered is not None and answered.topic_pk == post.topic_pk:
            post.reply_to_pk = answered.pk
    _record(work, there, new, posts, topic_of, people)
    work.remember("post", ((each.key, post.id) for each, post in zip(new, posts, strict=True)))
    _read_by_all(work, there, topic_of, new, seqs)
    work.bulk.settle()
    for each, post in zip(new, posts, strict=True):
        if each.files:
            for file in PORT.attach_past(Actor(work.session, people[each.address], system=True), post, list(each.files)):
                work.beside_rows("file", file)


def _topics(work: Work, there: Known, new: list[Message], people: dict[str, Person]) -> dict[str, Topic]:
    """Message's key -> its topic; those that are begun here are added."""
    topic_of: dict[str, Topic] = {}
    begun: list[Topic] = []
    for each in new:
        topic = _answered(there, topic_of, each) or _of_title(there, each)
        if topic is None:
            topic = _begin(each, people[each.address])
            begun.append(topic)
            there.by_title[topic.forum_pk, topic.title.lower()] = topic
        topic_of[each.key] = topic
        if not each.team:
            topic.last_post_at = max(topic.last_post_at, each.at)
    work.bulk.add(begun)
    for topic in begun:
        there.begun.add(topic.pk)
        work.beside_rows("topic", topic)
    return topic_of


def _answered(there: Known, topic_of: dict[str, Topic], each: Message) -> Topic | None:
    """The topic of what it answers, in the same forum."""
    if each.named_topic:
        return None
    for ref in each.refs:
        post = there.posts.get(ref)
        topic = topic_of.get(ref) or (there.by_pk.get(post.topic_pk) if post is not None else None)
        if topic is not None and topic.forum_pk == each.place.forum.pk:
            return topic
    return None


def _of_title(there: Known, each: Message) -> Topic | None:
    """The topic that is named, or the one of the same subject not long before, where it says that it answers."""
    topic = there.by_title.get((each.place.forum.pk, base(each).lower()))
    if topic is None or each.named_topic:
        return topic
    return topic if each.replies and abs(each.at - topic.last_post_at) < SAME_TALK else None


def _begin(each: Message, author: Person) -> Topic:
    forum, account = each.place.forum, company_of(author, each.place)
    return Topic(
        forum_pk=forum.pk,
        workspace_pk=forum.workspace_pk,
        account_pk=account.pk if account else None,
        audience_pk=forum.open_audience_pk,
        team_audience_pk=forum.team_audience_pk,
        author_pk=author.pk,
        title=base(each),
        tags=[],
        post_count=0,
        created_at=each.at,
        last_post_at=each.at,
        last_author_pk=author.pk,
    )


def _post(each: Message, topic: Topic, author: Person, seqs: dict[tuple[int, int], int]) -> Post:
    audience_pk = topic.team_audience_pk if each.team else topic.audience_pk
    seqs[topic.pk, audience_pk] = seqs.get((topic.pk, audience_pk), 0) + 1
    account = company_of(author, each.place)
    topic.post_count += not each.team
    if each.at >= topic.last_post_at and not each.team:
        topic.last_author_pk = author.pk
    return Post(
        topic_pk=topic.pk,
        workspace_pk=topic.workspace_pk,
        account_pk=account.pk if account else topic.account_pk,
        audience_pk=audience_pk,
        author_pk=author.pk,
        seq=seqs[topic.pk, audience_pk],
        team=each.team,
        body=each.body,
        html=markdown.render(each.body),
        created_at=each.at,
    )


def _record(work: Work, there: Known, new: list[Message], posts: list[Post], topic_of: dict[str, Topic], people: dict[str, Person]) -> None:
    begun: set[int] = set()
    revisions = []
    for each, post in zip(new, posts, strict=True):
        topic, actor = topic_of[each.key], Actor(work.session, people[each.address])
        about: dict[str, Any] = {
            "audience_pk": post.audience_pk,
            "account": each.place.accounts.get(post.account_pk or 0),
            "workspace_pk": post.workspace_pk,
            "facts": {"title": topic.title, "imported": True},
            "at": each.at,
            "by": actor,
        }
        if topic.pk in there.begun and topic.pk not in begun:
            begun.add(topic.pk)
            work.bulk.record(TOPIC_STARTED, topic, words=topic.title, **about)
        event_id = work.bulk.record(POST_WRITTEN, post, words=post.body, **about)
        revisions.append({"post_pk": post.pk, "event_id": event_id, "at": each.at, "by_pk": post.author_pk, "body": post.body})
        work.made(each.row, "post", post, each.key)
    work.bulk.insert(PostRevision, revisions)


def _read_by_all(work: Work, there: Known, topic_of: dict[str, Topic], new: list[Message], seqs: dict[tuple[int, int], int]) -> None:
    """For who reads here now it is nothing new; who had not read up to it before still has that before them."""
    places = {topic_of[each.key].pk: each.place for each in new}
    marks = select(ReadMark).where(ReadMark.topic_pk.in_(places))
    held = {(mark.topic_pk, mark.person_pk, mark.audience_pk): mark for mark in work.session.scalars(marks)}
    rows = []
    for topic_pk, place in places.items():
        for audience_pk in {place.forum.open_audience_pk, place.forum.team_audience_pk}:
            before, last = there.before.get((topic_pk, audience_pk), 0), seqs.get((topic_pk, audience_pk), 0)
            for person_pk in place.readers:
                mark = held.get((topic_pk, person_pk, audience_pk))
                if mark is not None and mark.seq == before:
                    mark.seq = last
                elif mark is None and not before and last:
                    rows.append({"person_pk": person_pk, "topic_pk": topic_pk, "audience_pk": audience_pk, "seq": last, "at": now()})
    work.bulk.insert(ReadMark, rows)


def _change(work: Work, post: Post, each: Message) -> None:
    """Other words than the last time are an edit of the author's; what it said before stays in its history."""
    if post.body == each.body or not each.body:
        work.unchanged(each.row)
        return
    was = post.body
    edit_post(Actor(work.session, post.author, system=True), post, body=each.body)
    work.changed(each.row, "post", post, {"body": was}, {"body": each.body})
