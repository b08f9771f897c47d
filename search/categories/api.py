"""/posts/{id}/categories"""

from flask import Response

from portal.kernel.actor import Actor
from portal.web.api import answer, body, resource
from portal.web.described import described
from portal.web.endpoint import guarded
from search.categories import actions, queries
from search.categories.policy import May
from search.categories.schemas import Categorising
from search.categories.shapes import CategoriesJson, categories_json
from workspaces.forums.models import Post

api = resource("categories")


@api.get("/posts/<post>/categories")
@described("What a message is taken to be, for staff", gives=CategoriesJson)
@guarded(post=May.SEE_CATEGORIES)
def show_categories(actor: Actor, post: Post) -> Response:
    return answer(categories_json(queries.of_post(actor, post)))


@api.put("/posts/<post>/categories")
@described("Say what a message is; that wins over the machine", takes=Categorising, gives=CategoriesJson)
@guarded(post=May.CATEGORISE_POST)
def categorise_post(actor: Actor, post: Post) -> Response:
    actions.categorise_post(actor, post, categories=body(Categorising).categories)
    return answer(categories_json(queries.of_post(actor, post)))
