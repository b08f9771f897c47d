"""/handovers and /handovers/{id}"""

from flask import Response

from portal.accounts import actions as accounts
from portal.kernel.actor import Actor
from portal.web.api import answer, body, listed, resource
from portal.web.described import described
from portal.web.endpoint import guarded
from search.handover import actions, queries
from search.handover.models import PROPOSED, Handover
from search.handover.policy import May
from search.handover.queries.first import by_weight
from search.handover.queries.holdings import holdings
from search.handover.schemas import HandingOver
from search.handover.shapes import AccountFirstJson, HandoverJson, first_json, handover_json, would_json

api = resource("handovers", "Handovers")


@api.get("/handovers")
@described("Handovers that the caller may know of, the latest first", lists=HandoverJson)
@guarded(May.LIST_HANDOVERS)
def list_handovers(actor: Actor) -> Response:
    return listed(actor, queries.known(actor), [Handover.pk], lambda rows: [handover_json(actor, row) for row in rows], descending=True)


@api.post("/handovers")
@described(
    "Hand over what somebody holds, or with `dry_run` say what would move",
    takes=HandingOver,
    makes=HandoverJson,
    holds=HandoverJson,
    gives=HandoverJson,
    also=(404,),
)
@guarded(May.LIST_HANDOVERS, limits=("address 60/hour",))
def hand_over(actor: Actor) -> Response:
    """By an admin or a manager above both it has happened when the answer comes; what others propose waits (202) for one of those.
    Nobody else can say of somebody that they hand over: 404."""
    told = body(HandingOver)
    leaver = queries.leaver_named(actor, told.from_)
    to = accounts.staff_named(actor, told.to, "to")
    chosen = queries.accounts_named(actor, leaver, told.accounts)
    if told.dry_run:
        actions.refuse(actor, leaver, to, chosen)
        return answer(would_json(holdings(actor, leaver), to, chosen, announce=told.announce, leaves=told.leaves))
    handover = actions.hand_over(actor, leaver, to=to, accounts=chosen, announce=told.announce, leaves=told.leaves)
    return answer(handover_json(actor, handover), 202 if handover.state == PROPOSED else 201)


@api.get("/handovers/<handover>")
@described("A handover", gives=HandoverJson)
@guarded(handover=May.READ_HANDOVER)
def show_handover(actor: Actor, handover: Handover) -> Response:
    return answer(handover_json(actor, handover))


@api.get("/handovers/<handover>/first")
@described("Its accounts that the caller may read, the one first that presses most", lists=AccountFirstJson, paged=False)
@guarded(handover=May.READ_HANDOVER)
def list_first(actor: Actor, handover: Handover) -> Response:
    found = by_weight(actor, queries.accounts_of(handover.items))
    return answer({"items": [first_json(each) for each in found], "next": None})


@api.post("/handovers/<handover>/approve")
@described("Have a proposed handover done", gives=HandoverJson)
@guarded(handover=May.DECIDE_HANDOVER)
def approve(actor: Actor, handover: Handover) -> Response:
    return answer(handover_json(actor, actions.approve(actor, handover)))


@api.post("/handovers/<handover>/decline")
@described("Do not have it done", gives=HandoverJson)
@guarded(handover=May.DECIDE_HANDOVER)
def decline(actor: Actor, handover: Handover) -> Response:
    return answer(handover_json(actor, actions.decline(actor, handover)))


@api.post("/handovers/<handover>/reverse")
@described("Take it back, within 30 days; what has changed since is left and named", gives=HandoverJson)
@guarded(handover=May.REVERSE_HANDOVER)
def reverse(actor: Actor, handover: Handover) -> Response:
    return answer(handover_json(actor, actions.take_back(actor, handover)))
