"""What messages are taken to be, beside the talk: of a discussion, of one message, and of all of a category. For staff alone."""

from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, render_template, request

from portal.kernel.actor import Actor
from portal.kernel.errors import Invalid, NotFound
from portal.kernel.markdown import plain
from portal.kernel.schemas import read_form
from portal.kernel.words import gettext as _
from portal.kernel.words import ngettext
from portal.web.endpoint import guarded
from portal.web.pages import back_to
from search.categories import actions, queries
from search.categories.labels import NAMES, Category, name_of
from search.categories.policy import May
from search.categories.queries import Said
from search.categories.schemas import Categorising, OfSeveral
from search.categories.wording import reason
from workspaces.forums.models import Post, Topic
from workspaces.forums.policy import May as Forums
from workspaces.forums.views.frame import framed
from workspaces.rooms.models import Workspace
from workspaces.rooms.policy import May as Rooms

pages = Blueprint("categories", __name__)
ALL = "/noticed"
POST = "/w/<ref:workspace>/discussions/<ref:topic>/posts/<ref:post>/categories"


@pages.get("/w/<ref:workspace>/discussions/<ref:topic>/noticed")
@guarded(workspace=Rooms.READ_WORKSPACE, topic=May.SEE_NOTICED)
def show_noticed(actor: Actor, workspace: Workspace, topic: Topic) -> str:
    return render_template("categories/noticed.html", groups=_by_category(queries.in_topic(actor, topic)), **framed(actor, topic))


@pages.get(POST)
@guarded(workspace=Rooms.READ_WORKSPACE, topic=Forums.READ_TOPIC, post=May.SEE_CATEGORIES)
def show_post(actor: Actor, workspace: Workspace, topic: Topic, post: Post) -> Any:
    if post.topic_pk != topic.pk:
        raise NotFound
    return _page(actor, topic, post)


@pages.post(POST)
@guarded(workspace=Rooms.READ_WORKSPACE, topic=Forums.READ_TOPIC, post=May.CATEGORISE_POST)
def categorise_post(actor: Actor, workspace: Workspace, topic: Topic, post: Post) -> Any:
    """The boxes of the page; or, in one press beside the talk, that it is not `no`, and in one more that it is."""
    if post.topic_pk != topic.pk:
        raise NotFound
    are = {said.category for said in queries.of_post(actor, post) if not said.label.denied}
    one = request.form.get("no") or request.form.get("yes")
    told = sorted(are - {one} if "no" in request.form else are | {one}) if one else request.form.getlist("categories")
    try:
        wanted = read_form(Categorising, {"categories": told})
    except Invalid as wrong:
        return _page(actor, topic, post, wrong), 422
    actions.categorise_post(actor, post, categories=wanted.categories)
    here = f"{topic.path}/noticed"
    if "no" in request.form:
        return back_to(here, _("Taken away."), undo=request.path, fields={"yes": request.form["no"]})
    return back_to(here, _("Saved. What reads the same is taken so from now on."))


@pages.get(ALL)
@guarded(May.SEE_ALL_NOTICED)
def show_all(actor: Actor) -> str:
    return _all(actor, request.args.get("category", ""), before=request.args.get("before", ""))


@pages.post(ALL)
@guarded(May.SEE_ALL_NOTICED)
def categorise_several(actor: Actor) -> Any:
    """What is chosen in the list is of a category, or is not: said once. Undo says the opposite of those for which it was news."""
    listed = request.form.get("of", "")
    ids = [id for each in request.form.getlist("posts") for id in each.split(",") if id]
    try:
        told = read_form(OfSeveral, {"category": request.form.get("category"), "say": request.form.get("say"), "posts": ids})
    except Invalid:
        return _all(actor, listed, errors=[{"field": "posts", "message": _("Choose at least one message.")}]), 422
    is_one = told.say == "yes"
    changed = actions.categorise_several(actor, queries.correctable(actor, told.posts), category=told.category, is_one=is_one)
    here = f"{ALL}?{urlencode({'category': listed or told.category.value})}"
    if not changed:
        return back_to(here, _("Nothing changed: they are so already, or not yours to correct."))
    said = ngettext("%(num)d message corrected.", "%(num)d messages corrected.", len(changed))
    undone = {
        "posts": ",".join(post.id for post in changed),
        "category": told.category.value,
        "say": "no" if is_one else "yes",
        "of": listed,
    }
    return back_to(here, said, undo=ALL, fields=undone)


def _all(actor: Actor, category: str, *, before: str = "", errors: list[dict[str, str]] | None = None) -> str:
    category = category if category in NAMES else Category.QUESTION.value
    found, older = queries.of_one_category(actor, category, before=before)
    return render_template(
        "categories/all.html",
        category=category,
        found=found,
        older=f"{ALL}?{urlencode({'category': category, 'before': older})}" if older else None,
        newest=f"{ALL}?{urlencode({'category': category})}" if before else None,
        categories=[(each.value, name_of(each)) for each in Category],
        errors=errors or [],
    )


def _by_category(found: list[Said]) -> list[tuple[str, list[Said]]]:
    groups = [(each.value, [said for said in found if said.category == each.value]) for each in Category]
    return [(category, of) for category, of in groups if of]


def _page(actor: Actor, topic: Topic, post: Post, wrong: Invalid | None = None) -> str:
    found = queries.of_post(actor, post)
    return render_template(
        "categories/post.html",
        post=post,
        passage=plain(post.body, 600),
        found={said.category: said for said in found if not said.label.denied},
        denied={said.category: said for said in found if said.label.denied},
        categories=list(Category),
        errors=wrong.errors if wrong else [],
        **{name: value for name, value in framed(actor, topic).items() if name != "errors"},
    )


pages.add_app_template_filter(name_of, "category")
pages.add_app_template_filter(reason)
