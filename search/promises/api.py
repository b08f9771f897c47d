"""/accounts/{id}/promises and /questions, /promises/{id}, /questions/{id}"""

from typing import Any, cast

from flask import Response, request
from sqlalchemy import func

from portal.accounts.models import Account
from portal.accounts.policy import May as Accounts
from portal.kernel.actor import Actor
from portal.kernel.errors import Invalid, NotFound
from portal.kernel.policy import require
from portal.kernel.words import gettext as _
from portal.people.queries import today_of
from portal.web.api import answer, body, listed, resource
from portal.web.described import described
from portal.web.endpoint import guarded
from search.categories.policy import May as Categories
from search.promises import actions, queries
from search.promises.models import Promise
from search.promises.policy import May
from search.promises.queries.promises import NEVER, TOLD, shown
from search.promises.schemas import PromisePatch, PromisesAsked, QuestionPatch, QuestionsAsked
from search.promises.shapes import PromiseJson, QuestionJson, promises_json, question_json
from workspaces.forums.models import Post

api = resource("promises", "Promises and questions")


@api.get("/accounts/<ref:account>/promises")
@described("What was promised in an account: to clients, what was promised to them", asks=PromisesAsked, lists=PromiseJson)
@guarded(account=May.SEE_PROMISES)
def list_promises(actor: Actor, account: Account) -> Response:
    state, side = _one_of("state", TOLD), _one_of("side", ("ours", "theirs"))
    person = request.args.get("person", "")[:22]
    found = queries.found(actor, today_of(actor), account=account, state=state, side=side, person=person)
    order = [func.coalesce(Promise.due, NEVER), Promise.said_at, Promise.pk]
    return listed(actor, shown(found), order, lambda rows: cast(list[Any], promises_json(actor, rows)))


@api.get("/promises/<promise>")
@described("A promise", gives=PromiseJson)
@guarded(promise=May.READ_PROMISE)
def show_promise(actor: Actor, promise: Promise) -> Response:
    return answer(promises_json(actor, [promise])[0])


@api.patch("/promises/<promise>")
@described(
    "Say how a promise stands, until when, and what it is; a client: that it was kept, or not", takes=PromisePatch, gives=PromiseJson
)
@guarded(promise=May.READ_PROMISE)
def change_promise(actor: Actor, promise: Promise) -> Response:
    told = body(PromisePatch)
    mends = {"due", "about"} & told.model_fields_set
    require(actor, May.SETTLE_PROMISE if actor.is_staff or mends else May.JUDGE_PROMISE, promise)
    if mends:
        due = told.due if "due" in mends else promise.due
        actions.mend_promise(actor, promise, due=due, about=promise.about if told.about is None else told.about)
    if told.state is not None:
        act = actions.settle_promise if actor.is_staff else actions.judge_promise
        act(actor, promise, state=told.state, reason=told.reason)
    return answer(promises_json(actor, [promise])[0])


@api.get("/accounts/<ref:account>/questions")
@described(
    "What clients asked, those that wait first and the longest first; at most 200", asks=QuestionsAsked, lists=QuestionJson, paged=False
)
@guarded(account=Accounts.READ_ACCOUNT)
def list_questions(actor: Actor, account: Account) -> Response:
    state, person = _one_of("state", ("open", "answered")), request.args.get("person", "")[:22]
    found, _number = queries.asked_in(actor, account=account, state=state, person=person)
    return answer({"items": [question_json(each) for each in found], "next": None})


@api.patch("/questions/<post>")
@described("Say of a question that it is answered, or is not; that wins", takes=QuestionPatch, gives=QuestionJson)
@guarded(post=Categories.CATEGORISE_POST)
def answer_question(actor: Actor, post: Post) -> Response:
    told = body(QuestionPatch)
    actions.say_answered(actor, post, answered=None if told.state is None else told.state == "answered")
    found = queries.question(actor, post)
    if found is None:
        raise NotFound
    return answer(question_json(found))


def _one_of(name: str, known: tuple[str, ...]) -> str:
    told = request.args.get(name, "")
    if told and told not in known:
        raise Invalid((name, _("Choose one of %(expected)s.", expected=", ".join(known))))
    return told
