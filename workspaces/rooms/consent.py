"""Who of a community is seen by whom: asked wherever somebody would be named, listed, offered or told of.

In the workspace of one company everybody sees everybody. In a community, where companies meet, the people of the others see that
somebody is there, what they do and for whom only once that person has agreed to it. Ours are seen by all, and colleagues see each
other. Who writes says so themselves: beside their words stands their name, and no more than that.
"""

from typing import Any

from sqlalchemy import case, exists, or_, select, true
from sqlalchemy.orm import aliased

from portal.accounts.models import Account
from portal.kernel.actor import Actor
from portal.kernel.history import current
from portal.kernel.policy import Condition
from portal.people.models import Person
from workspaces.rooms.models import ACCOUNT, Membership, Workspace

_theirs, _mine = aliased(Membership), aliased(Membership)
_person, _workspace = aliased(Person), aliased(Workspace)


def seen(actor: Actor, person_pk: Any, workspace_pk: Any) -> Condition:
    """The condition that this person is seen in this workspace by the actor."""
    if actor.is_staff or actor.system:
        return true()
    my_companies = select(_mine.account_pk).where(_mine.workspace_pk == workspace_pk, _mine.person_pk == actor.pk, current(_mine))
    colleague = _there(person_pk, workspace_pk).where(_theirs.account_pk.in_(my_companies))
    return or_(person_pk == actor.pk, seen_by_all(person_pk, workspace_pk), colleague.exists())


def seen_by_all(person_pk: Any, workspace_pk: Any) -> Condition:
    """The condition that everybody in this workspace sees this person: for what is made for nobody in particular."""
    return or_(
        exists().where(_workspace.pk == workspace_pk, _workspace.kind == ACCOUNT),
        exists().where(_person.pk == person_pk, _person.is_staff.is_(True)),
        _there(person_pk, workspace_pk).where(_theirs.shown.is_(True)).exists(),
    )


def company_seen(actor: Actor, workspace_pk: Any) -> Any:
    """The name of the joined Account where the joined Person is seen in this workspace, else null."""
    visible = seen_by_all(Person.pk, workspace_pk) if actor.system else seen(actor, Person.pk, workspace_pk)
    return case((visible, Account.name))


def _there(person_pk: Any, workspace_pk: Any) -> Any:
    return select(_theirs.pk).where(_theirs.workspace_pk == workspace_pk, _theirs.person_pk == person_pk, current(_theirs))
