"""Somebody asks for a copy of a workspace, and takes it away; both are on the record, for the team."""

from portal.accounts.models import Account
from portal.kernel.actions import action
from portal.kernel.actor import Actor
from portal.kernel.clock import now
from portal.kernel.errors import Invalid, TooMany
from portal.kernel.events import EventKind, record
from portal.kernel.words import gettext as _
from search.copies.events import COPY_ASKED, COPY_TAKEN
from search.copies.models import WorkspaceCopy
from search.copies.policy import May
from search.copies.queries import asked_lately, contents, copies_of
from workspaces.rooms.actions.members import account_of
from workspaces.rooms.models import Workspace

A_DAY = 5  # copies of one workspace for one person
LARGEST = 20 * 10**9  # bytes of files


@action(May.TAKE_COPY)
def ask_copy(actor: Actor, workspace: Workspace) -> WorkspaceCopy:
    """Have a copy made of what the actor may read; where one is being made already, that one. Raises TooMany, and Invalid where
    the files are too many for one archive."""
    waiting = next((copy for copy in copies_of(actor, workspace) if copy.state == "making"), None)
    if waiting is not None:
        return waiting
    if asked_lately(actor, workspace) >= A_DAY:
        raise TooMany(_("You have asked for %(n)s copies of this workspace within a day. Try again tomorrow.", n=A_DAY), 86400)
    if contents(actor, workspace).size > LARGEST:
        raise Invalid(("copy", _("The files here are more than one copy can hold. Ask the people who run this workspace.")))
    copy = WorkspaceCopy(workspace=workspace, person=actor.person)
    actor.session.add(copy)
    actor.session.flush()
    _note(actor, COPY_ASKED, copy)
    return copy


@action(May.READ_COPY)
def note_taken(actor: Actor, copy: WorkspaceCopy) -> None:
    """It was downloaded for the first time."""
    if copy.taken_at is None:
        copy.taken_at = now()
        _note(actor, COPY_TAKEN, copy)


def _note(actor: Actor, of: EventKind, copy: WorkspaceCopy) -> None:
    workspace, account_pk = copy.workspace, account_of(actor, copy.workspace)
    account = actor.session.get(Account, account_pk) if account_pk else None
    record(
        actor,
        of,
        copy,
        audience_pk=workspace.team_audience_pk,
        account=account,
        workspace_pk=workspace.pk,
        facts={"title": workspace.title},
    )
