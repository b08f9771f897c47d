"""What a successor takes over in forums: the conversations that the predecessor followed, and what they had begun to write."""

from collections.abc import Sequence

from sqlalchemy import delete, or_, select, update

from portal.accounts.models import Account
from portal.kernel.actor import Actor
from portal.kernel.words import gettext as _
from portal.people.models import Person
from workspaces.forums.models import Draft, DraftFile, Following, Topic
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


def stop_following(actor: Actor, topics: Sequence[str], person: Person) -> None:
    """They follow these no longer, by their ids. For `search.handover`, which takes back what it had them follow."""
    pks = select(Topic.pk).where(Topic.id.in_(topics))
    actor.session.execute(
        delete(Following).where(Following.person_pk == person.pk, Following.topic_pk.in_(pks), Following.muted.is_(False))
    )


def pass_on_drafts(actor: Actor, workspaces: Sequence[Workspace], before: Person, after: Person) -> list[Draft]:
    """What `before` had begun to write in these workspaces is their successor's, marked as begun by whom. Where the successor has begun
    something in the same place, it stands below their own words.

    For `search.handover`, which has found it to be right.
    """
    session = actor.session
    passed = []
    for draft in session.scalars(_begun_in(workspaces, before)).all():
        own = session.scalar(select(Draft).where(Draft.person_pk == after.pk, Draft.place == draft.place))
        if own is None:
            draft.person_pk, draft.begun_by_pk = after.pk, draft.begun_by_pk or before.pk
            passed.append(draft)
            continue
        own.body = "\n\n".join(filter(None, (own.body, _("Begun by %(name)s:", name=before.name), draft.body)))
        session.execute(update(DraftFile).where(DraftFile.draft_pk == draft.pk).values(draft_pk=own.pk))
        own.file_count += draft.file_count
        session.delete(draft)
    session.flush()
    return passed


def give_back_drafts(actor: Actor, ids: Sequence[str], before: Person, after: Person) -> list[str]:
    """Drafts that `after` still has as they got them are `before`'s again. The ids of those that went back; the others were changed or
    sent meanwhile. For `search.handover`, which has found it to be right."""
    passed = actor.session.scalars(select(Draft).where(Draft.id.in_(ids), Draft.person_pk == after.pk).order_by(Draft.pk)).all()
    back = []
    for draft in passed:
        there = select(Draft.pk).where(Draft.person_pk == before.pk, Draft.place == draft.place)
        if draft.begun_by_pk is None or actor.session.scalar(there) is not None:
            continue
        draft.person_pk, draft.begun_by_pk = before.pk, None if draft.begun_by_pk == before.pk else draft.begun_by_pk
        back.append(draft.id)
    actor.session.flush()
    return back


def _begun_in(workspaces: Sequence[Workspace], person: Person):  # type: ignore[no-untyped-def]
    topics = select("topic:" + Topic.id).where(Topic.workspace_pk.in_([each.pk for each in workspaces]))
    places = [f"workspace:{each.id}" for each in workspaces]
    return select(Draft).where(Draft.person_pk == person.pk, or_(Draft.place.in_(topics), Draft.place.in_(places))).order_by(Draft.pk)
