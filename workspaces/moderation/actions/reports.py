"""Messages are reported and decided about. What is decided is done by the actions of forums and rooms, by their rules."""

from datetime import date

from sqlalchemy import select

from portal.accounts.models import Account
from portal.kernel.actions import action
from portal.kernel.actor import Actor, the_system
from portal.kernel.clock import now
from portal.kernel.errors import Invalid
from portal.kernel.events import EventKind, record
from portal.kernel.policy import fetch
from portal.kernel.words import gettext as _
from portal.kernel.words import kept
from portal.notices.actions import take_back
from workspaces.forums import actions as forums
from workspaces.forums.models import Post
from workspaces.forums.policy import May as Forums
from workspaces.moderation.events import POST_REPORTED, POST_RULED, RULING_UNDONE
from workspaces.moderation.models import ASK, HIDE, KEEP, PAUSE, REMOVE, Flag, Ruling
from workspaces.moderation.policy import May
from workspaces.moderation.wording import done
from workspaces.rooms import actions as rooms


@action(May.REPORT_POST)
def report_post(actor: Actor, post: Post, *, reason: str) -> Flag:
    """Ask the moderators to look at a message. Who has reported it already and waits is not heard twice."""
    waiting = select(Flag).where(Flag.post_pk == post.pk, Flag.reporter_pk == actor.pk, Flag.ruling_pk.is_(None))
    if (flag := actor.session.scalar(waiting)) is not None:
        return flag
    flag = Flag(workspace_pk=post.workspace_pk, post_pk=post.pk, reporter_pk=actor.pk, reason=reason)
    actor.session.add(flag)
    actor.session.flush()
    # Its author may be of our side and read the trail: the event says that it was reported, and not by whom.
    _note(the_system(actor.session), POST_REPORTED, post)
    return flag


@action(May.RESOLVE_FLAG)
def resolve_flag(actor: Actor, flag: Flag, *, action: str, reason: str = "", until: date | None = None) -> Ruling:
    """Decide about the message of a report, and so about all that wait for it. Raises Invalid where somebody has decided already,
    the message is gone, words for the author are missing, or somebody cannot be paused."""
    post = flag.post
    _refuse_late(flag)
    if action != KEEP and not reason:
        raise Invalid(("reason", _("Write why. Its author reads this.")))
    if action == ASK and post.hidden_at is not None:
        raise Invalid(("action", _("This message is hidden. Keep it first, or remove it.")))
    hides = action in (HIDE, PAUSE) and post.hidden_at is None
    ruling = Ruling(workspace_pk=post.workspace_pk, post_pk=post.pk, by_pk=actor.pk, action=action, reason=reason, hid=hides)
    actor.session.add(ruling)
    actor.session.flush()
    waiting = select(Flag).where(Flag.post_pk == post.pk, Flag.ruling_pk.is_(None))
    for each in actor.session.scalars(waiting).all():
        each.ruling_pk = ruling.pk
    _carry_out(actor, ruling, post, until)
    _note(actor, POST_RULED, post, what=kept(done, action), reason=reason, ruling=ruling.id)
    actor.session.flush()
    return ruling


@action(May.UNDO_RULING)
def undo_ruling(actor: Actor, ruling: Ruling) -> None:
    """As if it had not been decided: the message as it was before, and the reports wait again."""
    post = ruling.post
    if ruling.hid:
        forums.show_post(actor, post)
    if ruling.action == REMOVE:
        forums.restore_post(actor, fetch(actor, Forums.RESTORE_POST, post.id))
    if ruling.action == PAUSE:
        rooms.end_pause(actor, ruling.workspace, person=post.author)
    ruling.undone_at, ruling.undone_by_pk = now(), actor.pk or None
    for flag in actor.session.scalars(select(Flag).where(Flag.ruling_pk == ruling.pk)).all():
        take_back(actor.session, flag)
        if not _waits_again(actor, flag):
            flag.ruling_pk = None
    take_back(actor.session, ruling)
    _note(actor, RULING_UNDONE, post, what=kept(done, ruling.action))
    actor.session.flush()


def _carry_out(actor: Actor, ruling: Ruling, post: Post, until: date | None) -> None:
    if ruling.action == KEEP and post.hidden_at is not None:
        forums.show_post(actor, post)
    if ruling.action in (HIDE, PAUSE):
        forums.hide_post(actor, post, reason=ruling.reason)
    if ruling.action == REMOVE:
        forums.remove_post(actor, post)
    if ruling.action == PAUSE:
        if until is None:
            raise Invalid(("until", _("Choose a day from tomorrow on, within a year.")))
        pause = rooms.pause_person(actor, ruling.workspace, person=post.author, until=until, reason=ruling.reason, ruling=ruling.id)
        ruling.until = pause.until


def _refuse_late(flag: Flag) -> None:
    if flag.ruling is not None:
        raise Invalid(("action", _("%(name)s has decided this already.", name=flag.ruling.by.name)))
    if flag.post.removed_at is not None:
        raise Invalid(("action", _("This message was removed meanwhile.")))


def _waits_again(actor: Actor, flag: Flag) -> bool:
    """Whether the same person has reported the same message once more meanwhile."""
    again = select(Flag.pk).where(Flag.post_pk == flag.post_pk, Flag.reporter_pk == flag.reporter_pk, Flag.ruling_pk.is_(None))
    return actor.session.scalar(again) is not None


def _note(actor: Actor, of: EventKind, post: Post, **facts: str) -> None:
    account = actor.session.get(Account, post.account_pk) if post.account_pk else None
    about = {"title": post.topic.title, **facts}
    # For our own eyes: clients who may read events learn of it only what they are told.
    record(actor, of, post, audience_pk=post.topic.team_audience_pk, account=account, workspace_pk=post.workspace_pk, facts=about)
