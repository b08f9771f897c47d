"""Reactions: a few signs instead of an answer of one word. Nobody is notified of one."""

from sqlalchemy import delete, select

from portal.kernel.actions import action
from portal.kernel.actor import Actor
from portal.kernel.clock import now
from portal.kernel.errors import Invalid
from portal.kernel.words import gettext as _
from workspaces.forums.actions.recording import record_about
from workspaces.forums.events import POST_REACTED, POST_UNREACTED
from workspaces.forums.models import Post, Reaction
from workspaces.forums.policy import May
from workspaces.forums.reactions import EMOJI


@action(May.REACT)
def react(actor: Actor, post: Post, *, emoji: str) -> None:
    """Put the actor's sign on the post; once more changes nothing. Raises Invalid for a sign that is not offered."""
    if emoji not in EMOJI:
        raise Invalid(("emoji", _("Choose one of %(these)s.", these=", ".join(EMOJI))))
    if actor.session.get(Reaction, (post.pk, actor.pk, emoji)) is None:
        actor.session.add(Reaction(post_pk=post.pk, person_pk=actor.pk, emoji=emoji, at=now()))
        record_about(actor, POST_REACTED, post.topic, post, emoji=emoji)


@action(May.REACT)
def take_back(actor: Actor, post: Post, *, emoji: str) -> None:
    """Take the actor's own sign away; one that is not there may be taken away too."""
    mine = (Reaction.post_pk == post.pk, Reaction.person_pk == actor.pk, Reaction.emoji == emoji)
    if actor.session.scalar(select(Reaction.post_pk).where(*mine)) is None:
        return
    actor.session.execute(delete(Reaction).where(*mine))
    record_about(actor, POST_UNREACTED, post.topic, post, emoji=emoji)


@action(May.REACT)
def toggle(actor: Actor, post: Post, *, emoji: str) -> None:
    """What one press does: put it there, or take it away."""
    if actor.session.get(Reaction, (post.pk, actor.pk, emoji)) is None:
        react(actor, post, emoji=emoji)
    else:
        take_back(actor, post, emoji=emoji)
