"""/accounts/{id}/references, /contacts/{id}/reference, /me/reference and /reference-requests/{id}"""

from flask import Response, request

from portal.accounts.models import Account, Contact
from portal.accounts.policy import May as Accounts
from portal.kernel.actor import Actor
from portal.kernel.errors import NotFound
from portal.notices.actions import read_thing
from portal.web.api import answer, body, resource
from portal.web.described import described
from portal.web.endpoint import guarded
from workspaces.references import actions, queries
from workspaces.references.models import ReferenceRequest
from workspaces.references.policy import May
from workspaces.references.schemas import Answer, Inviting, ReferencesAsked, Saying, Seeking
from workspaces.references.shapes import (
    FoundReferenceJson,
    ReferenceJson,
    ReferenceRequestJson,
    found_json,
    reference_json,
    request_json,
)

api = resource("references")


@api.get("/accounts/<account>/references")
@described("People of other accounts who would talk with somebody of this one", lists=FoundReferenceJson, paged=False, asks=ReferencesAsked)
@guarded(account=Accounts.READ_ACCOUNT)
def find_references(actor: Actor, account: Account) -> Response:
    asked = request.args
    lines = queries.found(actor, account, industry=asked.get("industry", ""), tag=asked.get("tag", ""))
    return answer({"items": [found_json(actor, line) for line in lines], "next": None})


@api.get("/accounts/<account>/reference-requests")
@described("Talks with references that were asked for somebody of this account", lists=ReferenceRequestJson, paged=False)
@guarded(account=Accounts.READ_ACCOUNT)
def list_requests(actor: Actor, account: Account) -> Response:
    return answer({"items": [request_json(actor, row) for row in queries.requests(actor, account)], "next": None})


@api.post("/accounts/<account>/reference-requests")
@described("Ask a reference for a talk with somebody of this account", takes=Seeking, makes=ReferenceRequestJson)
@guarded(account=May.SEEK_REFERENCE)
def seek(actor: Actor, account: Account) -> Response:
    told = body(Seeking)
    row = actions.seek_reference(
        actor,
        account,
        reference=queries.reference_named(actor, told.reference),
        contact=queries.contact_named(actor, account, told.contact),
        words=told.words,
        agreed=told.agreed,
    )
    return answer(request_json(actor, row), 201)


@api.get("/contacts/<contact>/reference")
@described("What a contact said to being a reference", gives=ReferenceJson)
@guarded(contact=Accounts.READ_CONTACT)
def show_reference(actor: Actor, contact: Contact) -> Response:
    row = queries.of_contact(actor, contact)
    if row is None:
        raise NotFound
    return answer(reference_json(actor, row))


@api.post("/contacts/<contact>/reference")
@described("Ask a contact to be a reference", takes=Inviting, makes=ReferenceJson)
@guarded(contact=May.INVITE_REFERENCE)
def invite(actor: Actor, contact: Contact) -> Response:
    return answer(reference_json(actor, actions.invite_reference(actor, contact, words=body(Inviting).words)), 201)


@api.get("/me/reference")
@described("What one said to being a reference oneself; 404 before", gives=ReferenceJson, also=(404,))
@guarded(May.BE_REFERENCE)
def show_own(actor: Actor) -> Response:
    row = queries.of_oneself(actor)
    if row is None:
        raise NotFound
    return answer(reference_json(actor, row))


@api.put("/me/reference")
@described("Say whether one is a reference for one's company", takes=Saying, gives=ReferenceJson, also=(404,))
@guarded(May.BE_REFERENCE)
def say(actor: Actor) -> Response:
    told = body(Saying)
    row = actions.say(actor, terms=told.terms, most=told.most, words=told.words)
    read_thing(actor, thing=f"reference:{row.id}")
    return answer(reference_json(actor, row))


@api.get("/reference-requests/<reference_request>")
@described("One of them, for the reference and for staff who see both accounts", gives=ReferenceRequestJson)
@guarded(reference_request=May.READ_REFERENCE_REQUEST)
def show_request(actor: Actor, reference_request: ReferenceRequest) -> Response:
    return answer(request_json(actor, reference_request))


@api.post("/reference-requests/<reference_request>/answer")
@described("Say yes or no to a talk, as the reference", takes=Answer, gives=ReferenceRequestJson)
@guarded(reference_request=May.ANSWER_REFERENCE_REQUEST)
def answer_request(actor: Actor, reference_request: ReferenceRequest) -> Response:
    row = actions.answer_request(actor, reference_request, agrees=body(Answer).agrees)
    read_thing(actor, thing=f"reference_request:{row.id}")
    return answer(request_json(actor, row))


@api.post("/reference-requests/<reference_request>/introduce")
@described("Introduce the two, once the reference said yes: each gets a letter with the other's address", gives=ReferenceRequestJson)
@guarded(reference_request=May.MAKE_REFERENCE)
def introduce(actor: Actor, reference_request: ReferenceRequest) -> Response:
    return answer(request_json(actor, actions.make_reference(actor, reference_request)))


@api.delete("/reference-requests/<reference_request>")
@described("Take it back before the two are introduced")
@guarded(reference_request=May.WITHDRAW_REFERENCE_REQUEST)
def withdraw(actor: Actor, reference_request: ReferenceRequest) -> Response:
    actions.withdraw_request(actor, reference_request)
    return Response(status=204)
