"""Who is told of a post: those it names, answers, who follow the topic or want to hear all, as far as they may read it when told."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.kernel import blobs
from portal.kernel.audiences import people_in
from portal.kernel.events import Event
from portal.kernel.history import current
from portal.kernel.outbox import on
from portal.notices.actions import tell
from portal.notices.models import MUTED
from portal.notices.wishes import admits, levels_of
from workspaces.forums.models import DraftFile, Following, Mention, Post
from workspaces.rooms.models import OWNER, Membership

blobs.holds("files of drafts", select(DraftFile.sha256, DraftFile.size))


@on("post.created", topic="tell of posts", meaning="Posts that people are to be told of")
def tell_of_post(house: Any, event_id: str) -> None:
    """Put a new post into the inboxes of those it concerns, and have it mailed."""
    with house.db.writing() as session:
        tell_people(session, session.scalars(select(Event).where(Event.id == event_id)).one())


def tell_people(session: Session, event: Event) -> None:
    """The same in a transaction that is open already, of the event of a post."""
    post = session.scalar(select(Post).where(Post.id == event.subject_id))
    if post is None or post.removed_at or post.hidden_at:
        return
    meant = people_in(session, post.audience_pk) - {post.author_pk}
    thing = f"topic:{post.topic.id}"
    followers, muted = _followers(session, post)
    levels = levels_of(session, meant, [thing, f"workspace:{post.workspace.id}"]) | dict.fromkeys(muted, MUTED)
    why = _concerned(session, post, followers)
    people = {pk: why.get(pk, "news") for pk in meant if admits(levels[pk], why.get(pk, "news"))}
    tell(session, event, people, thing=thing, mail="talk")


def _concerned(session: Session, post: Post, followers: list[int]) -> dict[int, str]:
    """Whom it concerns, and the strongest reason why."""
    concerned = dict.fromkeys(followers, "follow")
    if post.opens and not post.author.is_staff:
        concerned |= dict.fromkeys(_who_run(session, post), "asked")
    if post.reply_to is not None:
        concerned[post.reply_to.author_pk] = "reply"
    elif post.topic.author_pk in concerned:
        concerned[post.topic.author_pk] = "reply"
    return concerned | dict.fromkeys(session.scalars(select(Mention.person_pk).where(Mention.post_pk == post.pk)), "mention")


def _followers(session: Session, post: Post) -> tuple[list[int], list[int]]:
    """Who follows the topic, and who muted it."""
    rows = session.execute(select(Following.person_pk, Following.muted).where(Following.topic_pk == post.topic_pk)).all()
    return [pk for pk, muted in rows if not muted], [pk for pk, muted in rows if muted]


def _who_run(session: Session, post: Post) -> list[int]:
    """Whoever runs the workspace hears of a client's new discussion without following anything."""
    here = select(Membership.person_pk).where(Membership.workspace_pk == post.workspace_pk, Membership.role == OWNER, current(Membership))
    return list(session.scalars(here))
