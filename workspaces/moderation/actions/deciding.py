"""First messages let through, as if their authors sent them now, or refused."""

from sqlalchemy import select

from portal.kernel.actions import action
from portal.kernel.actor import Actor
from portal.kernel.clock import now
from portal.kernel.errors import Forbidden, Invalid, NotFound
from portal.kernel.words import gettext as _
from portal.kernel.words import kept
from portal.notices.actions import take_back
from workspaces.forums import actions as forums
from workspaces.forums.actions.picking import with_files
from workspaces.forums.models import Post
from workspaces.forums.queries import where_now
from workspaces.moderation.actions.holding import note
from workspaces.moderation.events import HELD_DECIDED, HELD_UNDONE
from workspaces.moderation.models import APPROVED, REFUSED, Held
from workspaces.moderation.policy import May
from workspaces.moderation.wording import ended


@action(May.DECIDE_HELD)
def decide_held(actor: Actor, held: Held, *, approve: bool, version: int, reason: str = "") -> Held:
    """Let it through, in the version that was read, or refuse it with a reason. Raises Invalid where it was decided, withdrawn or
    changed meanwhile, where the reason is missing, or where its author could not write it there now."""
    _refuse_late(held, version)
    if not approve and not reason:
        raise Invalid(("reason", _("Write why. Its author reads this.")))
    held.outcome, held.by_pk, held.ended_at = APPROVED if approve else REFUSED, actor.pk or None, now()
    held.reason = "" if approve else reason
    actor.session.flush()  # from here on what they write need not wait
    if approve:
        held.post_pk = _written(actor, held).pk
    note(actor, HELD_DECIDED, held, name=held.author.name, what=kept(ended, held.outcome), reason=held.reason)
    return held


@action(May.UNDO_HELD)
def undo_held(actor: Actor, held: Held) -> None:
    """As if it had not been decided: the message is removed, the discussion too where nobody has answered, and it waits again."""
    was, post = held.outcome, held.post
    if post is not None and post.removed_at is None and post.topic.removed_at is None:
        if held.topic_pk is None and post.opens and post.topic.post_count <= 1:
            forums.remove_topic(actor, post.topic)
        else:
            forums.remove_post(actor, post)
    held.outcome, held.reason, held.by_pk, held.ended_at, held.post_pk = "", "", None, None, None
    take_back(actor.session, held)
    note(actor, HELD_UNDONE, held, name=held.author.name, what=kept(ended, was))


def _refuse_late(held: Held, version: int) -> None:
    if held.outcome in (APPROVED, REFUSED):
        raise Invalid(("action", _("%(name)s has decided this already.", name=held.by.name if held.by else "Mainstay")))
    if held.outcome:
        raise Invalid(("action", _("%(name)s has withdrawn this.", name=held.author.name)))
    if version != held.version:
        raise Invalid(("action", _("%(name)s has changed this meanwhile. Read it again.", name=held.author.name)))


def _written(actor: Actor, held: Held) -> Post:
    """The message, by its author's own right at this moment."""
    author = Actor(actor.session, held.author)
    body, files = with_files(held.workspace, held.files, held.body)
    try:
        if held.author.suspended_at is not None:
            raise Forbidden
        if held.topic is None:
            topic = forums.start_topic(
                author,
                held.forum,
                title=held.title,
                body=body,
                kind=held.kind,
                tags=tuple(held.tags),
                received=files,
                waited=True,
                about=held.about,
            )
            return actor.session.scalars(select(Post).where(Post.topic_pk == topic.pk)).one()
        topic = where_now(author, held.topic)
        answered = held.reply_to if held.reply_to is not None and held.reply_to.topic_pk == topic.pk else None
        return forums.post_message(author, topic, body=body, reply_to=answered, received=files, waited=True)
    except (NotFound, Forbidden):
        raise Invalid(("action", _why_not(held))) from None


def _why_not(held: Held) -> str:
    if held.topic is not None and held.topic.locked_at is not None:
        return _("This discussion was closed meanwhile. Open it again first, or refuse this with a reason.")
    return _("%(name)s cannot write there any more. Refuse this with a reason.", name=held.author.name)
