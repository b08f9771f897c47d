"""When people are in a workspace: what is new since then, and who has been here lately."""

from collections.abc import Callable

from portal.kernel.actions import action
from portal.kernel.actor import Actor
from portal.kernel.clock import now
from portal.notices.actions import set_level
from workspaces.rooms.models import ONE_VISIT, Visit, Workspace
from workspaces.rooms.policy import May

# What else is read once somebody says so (the topics): `read(actor, workspace)`, by feature.
MARK_READ: dict[str, Callable[[Actor, Workspace], object]] = {}


@action(May.READ_WORKSPACE)
def note_visit(actor: Actor, workspace: Workspace) -> Visit:
    """The actor is here now; after half an hour away this is another visit."""
    visit = _visit(actor, workspace)
    if now() - visit.last > ONE_VISIT:
        visit.before = visit.last
    visit.last = max(visit.last, now())
    return visit


@action(May.READ_WORKSPACE)
def mark_all_read(actor: Actor, workspace: Workspace) -> None:
    """Nothing here is new to the actor any more."""
    visit = _visit(actor, workspace)
    visit.before = visit.last = now()
    for read in MARK_READ.values():
        read(actor, workspace)


@action(May.READ_WORKSPACE)
def hear(actor: Actor, workspace: Workspace, *, how: str | None) -> None:
    """How much they want to hear of it: everything, mentions, nothing; None: as of everything else."""
    set_level(actor, thing=f"workspace:{workspace.id}", level=how)


def _visit(actor: Actor, workspace: Workspace) -> Visit:
    visit = actor.session.get(Visit, (workspace.pk, actor.pk))
    if visit is None:
        visit = Visit(workspace_pk=workspace.pk, person_pk=actor.pk, before=None, last=now())
        actor.session.add(visit)
        actor.session.flush()
    return visit
