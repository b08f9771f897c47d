"""What a reader keeps for themselves: how far they have read, what they follow, what they have begun to write."""

from sqlalchemy import delete, func, select

from portal.kernel.actions import action
from portal.kernel.actor import Actor
from portal.kernel.audiences import held
from portal.kernel.bus import announce
from portal.kernel.clock import now
from portal.kernel.errors import Invalid
from portal.kernel.policy import fetch
from portal.kernel.words import gettext as _
from portal.notices.actions import set_level
from portal.notices.models import ALL, MENTIONS, MUTED
from workspaces.forums.models import Draft, DraftFile, Following, Post, ReadMark, Receipt, Topic
from workspaces.forums.policy import May
from workspaces.rooms.policy import May as Rooms

FOLLOW, MUTE, NEITHER = "follow", "mute", "neither"
LEVELS = {FOLLOW: ALL, MUTE: MUTED, NEITHER: MENTIONS}
MOST_DRAFTS = 100
PLACES = {"topic": May.READ_TOPIC, "workspace": Rooms.READ_WORKSPACE}


@action(May.READ_TOPIC)
def follow_topic(actor: Actor, topic: Topic, *, how: str) -> None:
    """Be told of every message (follow), of none (mute), or of mentions and answers to oneself only (neither)."""
    set_level(actor, thing=f"topic:{topic.id}", level=LEVELS[how])
    mine = actor.session.get(Following, (topic.pk, actor.pk))
    if how == NEITHER:
        if mine is not None:
            actor.session.delete(mine)
        return
    if mine is None:
        mine = Following(topic_pk=topic.pk, person_pk=actor.pk)
        actor.session.add(mine)
    mine.muted = how == MUTE


@action(May.READ_TOPIC)
def mark_read(actor: Actor, topic: Topic, *, post: Post | None = None) -> None:
    """Remember that everything up to this post, or all of the topic, was seen. A mark never goes back."""
    last = select(Post.audience_pk, func.max(Post.seq)).where(Post.topic_pk == topic.pk, held(actor, Post.audience_pk))
    if post is not None:
        last = last.where(Post.pk <= post.pk)
    for audience_pk, seq in actor.session.execute(last.group_by(Post.audience_pk)).all():
        mark = actor.session.get(ReadMark, (actor.pk, topic.pk, audience_pk))
        if mark is None:
            mark = ReadMark(person_pk=actor.pk, topic_pk=topic.pk, audience_pk=audience_pk, seq=0, at=now())
            actor.session.add(mark)
        if seq > mark.seq:
            mark.seq, mark.at = seq, now()
            announce(actor.session, {"counts": actor.pk})
    note_receipt(actor, topic)


def note_receipt(actor: Actor, topic: Topic) -> None:
    """Of an announcement that asks for it, that they have read it; its author has anyway."""
    asked = topic.receipts and topic.author_pk != actor.pk
    if asked and actor.session.get(Receipt, (topic.pk, actor.pk)) is None:
        actor.session.add(Receipt(topic_pk=topic.pk, person_pk=actor.pk, at=now()))


@action(open="one's own draft, in a place that one may read")
def keep_draft(actor: Actor, *, place: str, body: str, title: str = "", team: bool = False) -> Draft | None:
    """What somebody has begun to write in `place` ('topic:ID', 'workspace:ID'); nothing written means no draft.

    Raises NotFound where they may not read the place, Invalid for no place at all and for more than 100 drafts.
    """
    kind, _colon, id = place.partition(":")
    if kind not in PLACES:
        raise Invalid(("place", _("There is no such place.")))
    fetch(actor, PLACES[kind], id)
    draft = actor.session.scalar(select(Draft).where(Draft.person_pk == actor.pk, Draft.place == place))
    if not (body or title or (draft and draft.file_count)):
        if draft is not None:
            actor.session.delete(draft)
        return None
    draft = draft or begun(actor, place)
    if (draft.title, draft.body) != (title, body):
        draft.begun_by_pk = None  # it is their own by now
    draft.title, draft.body, draft.team, draft.saved_at = title, body, team and actor.is_staff, now()
    actor.session.flush()
    return draft


def begun(actor: Actor, place: str) -> Draft:
    """The actor's draft in a place, made where there is none. Raises Invalid for more than 100."""
    draft = actor.session.scalar(select(Draft).where(Draft.person_pk == actor.pk, Draft.place == place))
    if draft is None:
        if (actor.session.scalar(select(func.count()).where(Draft.person_pk == actor.pk)) or 0) >= MOST_DRAFTS:
            raise Invalid(("place", _("That are too many drafts. Remove one first.")))
        draft = Draft(person_pk=actor.pk, place=place, file_count=0, saved_at=now())
        actor.session.add(draft)
        actor.session.flush()
    return draft


@action(open="one's own draft")
def drop_draft(actor: Actor, *, place: str) -> None:
    """Forget a draft, and what was picked for it and not sent."""
    mine = Draft.person_pk == actor.pk, Draft.place == place
    actor.session.execute(delete(DraftFile).where(DraftFile.draft_pk.in_(select(Draft.pk).where(*mine))))
    actor.session.execute(delete(Draft).where(*mine))
