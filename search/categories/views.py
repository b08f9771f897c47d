"""What messages are taken to be, beside the talk: of a discussion, and of one message. For staff alone."""

from typing import Any

from flask import Blueprint, render_template, request

from portal.kernel.actor import Actor
from portal.kernel.errors import Invalid, NotFound
from portal.kernel.markdown import plain
from portal.kernel.schemas import read_form
from portal.kernel.words import gettext as _
from portal.web.endpoint import guarded
from portal.web.pages import back_to
from search.categories import actions, queries
from search.categories.labels import Category, name_of
from search.categories.policy import May
from search.categories.queries import Said
from search.categories.schemas import Categorising
from search.categories.wording import reason
from workspaces.forums.models import Post, Topic
from workspaces.forums.policy import May as Forums
from workspaces.forums.views.frame import framed
from workspaces.rooms.models import Workspace
from workspaces.rooms.policy import May as Rooms

pages = Blueprint("categories", __name__)
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
