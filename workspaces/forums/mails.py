"""Letters about talk: what was written since the last one, in one letter a conversation, decided when it is sent."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from portal.kernel.actor import Actor
from portal.kernel.clock import now
from portal.kernel.errors import NotFound
from portal.kernel.policy import allowed, fetch
from portal.kernel.words import gettext as _
from portal.mail.queue import composes, queue
from portal.mail.transport import Letter
from portal.notices.mails import telling
from portal.notices.models import APART, NOW, UNDO, Notice
from portal.notices.queries import wants_mail
from portal.notices.wishes import admits, levels_of, where_to, wishes_of
from portal.people.models import Person
from workspaces.forums.models import Post, Topic
from workspaces.forums.policy import May
from workspaces.rooms.consent import seen

BEFORE = 2  # earlier messages shown small


@composes("talk")
def talk(house: Any, system: Actor, *, person: int, thing: str) -> Letter | None:
    """One letter to one person about one topic; None where nothing unread is left, they may not read it, or want no mail."""
    session = system.session
    reader = session.scalar(select(Person).where(Person.pk == person, Person.suspended_at.is_(None)))
    if reader is None:
        return None
    actor = Actor(session, reader)
    try:
        topic: Topic = fetch(actor, May.READ_TOPIC, thing.removeprefix("topic:"))
    except NotFound:
        return None
    wanted = [thing, f"workspace:{topic.workspace.id}"]
    notices = _settled(session, _unmailed(actor, thing, wanted), person=person, thing=thing)
    posts = _posts(actor, [notice.source_id for notice in notices])
    if not posts or not session.scalar(select(wants_mail(person, wanted))):
        return None
    newest = posts[-1]
    return telling(
        house,
        "talk",
        reader,
        notices,
        silences=thing,
        subject=topic.title if topic.post_count <= 1 else _("Re: %(title)s", title=topic.title),
        key=f"talk-{newest.id}-{reader.id}",
        from_name=newest.author.name,
        headers=dict.fromkeys(("References", "In-Reply-To"), f"<topic-{topic.id}@mainstay>"),
        topic=topic,
        posts=posts,
        titles=_titles(actor, posts),
        earlier=_earlier(actor, topic, posts[0]),
        mentioned=any(notice.why == "mention" for notice in notices),
        path=f"{topic.path}#p-{newest.id}",
    )


def _unmailed(actor: Actor, thing: str, places: list[str]) -> list[Notice]:
    """What they have neither read here nor been mailed, and want mailed at once as things stand."""
    found = select(Notice).where(Notice.person_pk == actor.pk, Notice.thing == thing, Notice.mailed_at.is_(None), Notice.read_at.is_(None))
    wishes, level = wishes_of(actor.session, actor.pk), levels_of(actor.session, [actor.pk], places)[actor.pk]
    notices = actor.session.scalars(found.order_by(Notice.pk))
    return [notice for notice in notices if where_to(wishes, notice.why) == NOW and admits(level, notice.why)]


def _settled(session: Session, notices: list[Notice], *, person: int, thing: str) -> list[Notice]:
    """Those of which the cause can no longer be undone. What is newer is waited for, that one letter may tell of all; but the first of
    them waits for APART at most, and then there will be another letter for the rest."""
    settled = [notice for notice in notices if notice.created_at <= now() - UNDO]
    if len(settled) == len(notices):
        return settled
    waits = not settled or settled[0].created_at > now() - APART
    queue(session, "talk", key=f"talk:{person}:{thing}", delay=UNDO if waits else APART, person=person, thing=thing)
    return [] if waits else settled


def _posts(actor: Actor, ids: list[str]) -> list[Post]:
    standing = (Post.id.in_(ids), Post.removed_at.is_(None), Post.hidden_at.is_(None))
    found = allowed(actor, May.READ_POST).where(*standing).order_by(Post.pk).options(joinedload(Post.author))
    return list(actor.session.scalars(found))


def _titles(actor: Actor, posts: list[Post]) -> dict[int, str]:
    """What the authors do, by pk; in a community of those whom the reader sees."""
    authors = select(Person.pk, Person.title).where(Person.pk.in_({post.author_pk for post in posts}))
    return dict(actor.session.execute(authors.where(seen(actor, Person.pk, posts[0].workspace_pk))).all())


def _earlier(actor: Actor, topic: Topic, first: Post) -> list[Post]:
    before = (Post.topic_pk == topic.pk, Post.pk < first.pk, Post.removed_at.is_(None), Post.hidden_at.is_(None))
    found = allowed(actor, May.READ_POST).where(*before).order_by(Post.pk.desc()).limit(BEFORE).options(joinedload(Post.author))
    return list(actor.session.scalars(found))[::-1]
