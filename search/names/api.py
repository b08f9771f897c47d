"""/names, /names/{id}"""

from flask import Response, request

from portal.kernel.actor import Actor
from portal.kernel.errors import Invalid
from portal.kernel.words import gettext as _
from portal.web.api import answer, body, listed, resource
from portal.web.described import described
from portal.web.endpoint import guarded
from search.names import actions, queries
from search.names.models import KINDS, Name
from search.names.policy import May
from search.names.schemas import NamePatch, NamesAsked, NewName
from search.names.shapes import NameJson, name_json

api = resource("names", "Names and words")


@api.get("/names")
@described("The company's products, competitors and words, for staff", asks=NamesAsked, lists=NameJson)
@guarded(May.SEE_NAMES)
def list_names(actor: Actor) -> Response:
    kind = request.args.get("kind", "")
    if kind and kind not in KINDS:
        raise Invalid(("kind", _("Choose one of %(expected)s.", expected=", ".join(KINDS))))
    return listed(actor, queries.listed(actor, kind), [Name.pk], lambda rows: [name_json(row) for row in rows])


@api.post("/names")
@described("Write a product, competitor or word down; messages are looked at anew", takes=NewName, makes=NameJson)
@guarded(May.ADD_NAMES)
def add_name(actor: Actor) -> Response:
    told = body(NewName)
    made = actions.add_name(actor, name=told.name, aliases=told.aliases, kind=told.kind, category=told.category, exact=told.exact)
    return answer(name_json(made), 201)


@api.get("/names/<word>")
@described("A product, competitor or word", gives=NameJson)
@guarded(word=May.READ_NAME)
def show_name(actor: Actor, word: Name) -> Response:
    return answer(name_json(word))


@api.patch("/names/<word>")
@described("Change it; messages are looked at anew", takes=NamePatch, gives=NameJson)
@guarded(word=May.CHANGE_NAME)
def change_name(actor: Actor, word: Name) -> Response:
    told = body(NamePatch)
    actions.change_name(actor, word, **{field: value for field, value in told.model_dump().items() if value is not None})
    return answer(name_json(word))


@api.delete("/names/<word>")
@described("Remove it; messages are looked at anew")
@guarded(word=May.CHANGE_NAME)
def remove_name(actor: Actor, word: Name) -> Response:
    actions.remove_name(actor, word)
    return Response(status=204)
