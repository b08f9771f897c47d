"""/posts/{id}/categories, /categories"""

from flask import Response

from portal.kernel.actor import Actor
from portal.web.api import answer, body, resource
from portal.web.described import described
from portal.web.endpoint import guarded
from search.categories import actions, queries
from search.categories.policy import May
from search.categories.schemas import Categorising, OfSeveral
from search.categories.shapes import CategoriesJson, CorrectedJson, categories_json
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


@api.post("/categories")
@described("Say of several messages at once that they are of a category, or are not", takes=OfSeveral, gives=CorrectedJson)
@guarded(May.SEE_ALL_NOTICED)
def categorise_several(actor: Actor) -> Response:
    told = body(OfSeveral)
    posts = queries.correctable(actor, told.posts)
    changed = actions.categorise_several(actor, posts, category=told.category, is_one=told.say == "yes")
    return answer({"changed": [post.id for post in changed]})
