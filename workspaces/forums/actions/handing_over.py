"""What a successor takes over in forums: the conversations that the predecessor followed."""

from sqlalchemy import select

from portal.accounts.models import Account
from portal.kernel.actor import Actor
from portal.people.models import Person
from workspaces.forums.models import Following, Topic
from workspaces.rooms.models import ACCOUNT, Workspace


def pass_on_followings(actor: Actor, account: Account, before: Person | None, after: Person) -> None:
    """Who takes over an account is told of what goes on in its topics from now on, unless they muted it themselves.

    For `portal.accounts.actions.ON_GIVEN`, so the change of owner was found to be right.
    """
    if before is None:
        return
    session = actor.session
    followed = (
        select(Following.topic_pk)
        .join(Topic, Topic.pk == Following.topic_pk)
        .join(Workspace, Workspace.pk == Topic.workspace_pk)
        .where(
            Following.person_pk == before.pk,
            Following.muted.is_(False),
            Topic.account_pk == account.pk,
            Workspace.kind == ACCOUNT,
        )
    )
    known = set(session.scalars(select(Following.topic_pk).where(Following.person_pk == after.pk)))
    session.add_all(Following(topic_pk=pk, person_pk=after.pk) for pk in session.scalars(followed).all() if pk not in known)
