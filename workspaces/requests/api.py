"""/workspaces/{id}/requests and /requests/{id}"""

from flask import Response

from portal.kernel.actor import Actor
from portal.web.api import answer, body, resource
from portal.web.described import described
from portal.web.endpoint import guarded
from workspaces.requests import actions, queries
from workspaces.requests.models import EntryRequest
from workspaces.requests.policy import May
from workspaces.requests.schemas import Accepting, Declining, Proposing
from workspaces.requests.shapes import EntryRequestJson, request_json
from workspaces.rooms.models import Workspace
from workspaces.rooms.policy import May as Rooms

api = resource("requests")


@api.get("/workspaces/<workspace>/requests")
@described("Requests to be let in that the caller may know of, the latest first", lists=EntryRequestJson, paged=False)
@guarded(workspace=Rooms.READ_WORKSPACE)
def list_requests(actor: Actor, workspace: Workspace) -> Response:
    return answer({"items": [request_json(row) for row in queries.listed(actor, workspace)], "next": None})


@api.post("/workspaces/<workspace>/requests")
@described("Ask that a colleague is let in", takes=Proposing, makes=EntryRequestJson)
@guarded(workspace=May.PROPOSE_COLLEAGUE, limits=("address 30/hour",))
def propose(actor: Actor, workspace: Workspace) -> Response:
    return answer(request_json(actions.propose_colleague(actor, workspace, **body(Proposing).model_dump())), 201)


@api.get("/requests/<entry_request>")
@described("A request to be let in", gives=EntryRequestJson)
@guarded(entry_request=May.READ_REQUEST)
def show_request(actor: Actor, entry_request: EntryRequest) -> Response:
    return answer(request_json(entry_request))


@api.post("/requests/<entry_request>/accept")
@described("Let them in: they are invited, by the rules of any invitation", takes=Accepting, gives=EntryRequestJson)
@guarded(entry_request=May.ANSWER_REQUEST)
def accept(actor: Actor, entry_request: EntryRequest) -> Response:
    told = body(Accepting)
    account = entry_request.workspace.account_named(told.account)
    actions.accept_request(actor, entry_request, role=told.role, account=account)
    return answer(request_json(entry_request))


@api.post("/requests/<entry_request>/decline")
@described("Do not let them in; `never`: nothing from this address is shown again", takes=Declining, gives=EntryRequestJson)
@guarded(entry_request=May.ANSWER_REQUEST)
def decline(actor: Actor, entry_request: EntryRequest) -> Response:
    told = body(Declining)
    actions.decline_request(actor, entry_request, answer=told.answer, never=told.never)
    return answer(request_json(entry_request))


@api.post("/requests/<entry_request>/allow-again")
@described("Let somebody ask again who was refused for good", gives=EntryRequestJson)
@guarded(entry_request=May.ALLOW_AGAIN)
def allow_again(actor: Actor, entry_request: EntryRequest) -> Response:
    actions.allow_again(actor, entry_request)
    return answer(request_json(entry_request))
