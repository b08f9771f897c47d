"""Who sees who would like to come in, and who decides."""

from sqlalchemy import and_, false, or_, select

from portal.kernel.actor import Actor
from portal.kernel.policy import Condition, Verbs, rule
from portal.kernel.prepared import present
from workspaces.requests.models import EntryRequest
from workspaces.rooms.models import Workspace
from workspaces.rooms.policy import open_for_writing, read_workspace, run_by, taken_part_in_by


class May(Verbs):
    """Verbs of requests to be let in."""

    PROPOSE_COLLEAGUE = "Ask that a colleague is let in: clients who take part"
    READ_REQUEST = "See a request to be let in: those who run the workspace, and who proposed it"
    ANSWER_REQUEST = "Let somebody in who asked, or not: those who run the workspace, once"
    ALLOW_AGAIN = "Let somebody ask again who was refused for good: those who run the workspace"


@rule(May.PROPOSE_COLLEAGUE, Workspace, refusal="Clients who take part here can ask that a colleague is let in.")
def propose_colleague(actor: Actor) -> Condition | bool:
    takes_part = and_(taken_part_in_by(actor, Workspace.pk), Workspace.archived_at.is_(None), read_workspace(actor))
    return takes_part if not actor.is_staff else False


@rule(May.READ_REQUEST, EntryRequest, reads=True)
def read_request(actor: Actor) -> Condition:
    in_reach = EntryRequest.workspace_pk.in_(select(Workspace.pk).where(read_workspace(actor)))
    mine = EntryRequest.proposed_by_pk == actor.pk if actor.person is not None else false()
    return and_(in_reach, or_(run_by(actor, EntryRequest.workspace_pk), mine), _lasts())


@rule(May.ANSWER_REQUEST, EntryRequest, refusal="Those who run this workspace decide, once.")
def answer_request(actor: Actor) -> Condition:
    waits = and_(EntryRequest.accepted_at.is_(None), EntryRequest.declined_at.is_(None))
    return and_(waits, _run(actor))


@rule(May.ALLOW_AGAIN, EntryRequest, refusal="Those who run this workspace decide who may ask again.")
def allow_again(actor: Actor) -> Condition:
    return and_(EntryRequest.never.is_(True), _run(actor))


def _run(actor: Actor) -> Condition:
    return and_(run_by(actor, EntryRequest.workspace_pk), open_for_writing(EntryRequest.workspace_pk), read_request(actor))


def _lasts() -> Condition:
    """Until its time is over; a refusal for good stays."""
    return or_(EntryRequest.never.is_(True), EntryRequest.expires_at > present())
