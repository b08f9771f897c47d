"""/workspaces/{id}/introductions and /introductions/{id}"""

from flask import Response

from portal.kernel.actor import Actor
from portal.web.api import answer, body, resource
from portal.web.described import described
from portal.web.endpoint import guarded
from workspaces.communities import actions, queries
from workspaces.communities.models import Introduction
from workspaces.communities.policy import May
from workspaces.communities.schemas import Answer, Introducing, Making, Speaking
from workspaces.communities.shapes import IntroductionJson, introduction_json
from workspaces.forums.models import Post
from workspaces.forums.queries import forum_named
from workspaces.forums.shapes import PostJson, TopicJson, posts_json, topic_json
from workspaces.rooms.models import Workspace
from workspaces.rooms.policy import May as Rooms

api = resource("introductions")


@api.get("/workspaces/<workspace>/introductions")
@described("Introductions that the caller may know of, the latest first", lists=IntroductionJson, paged=False)
@guarded(workspace=Rooms.READ_WORKSPACE)
def list_introductions(actor: Actor, workspace: Workspace) -> Response:
    return answer({"items": [introduction_json(actor, row) for row in queries.introductions(actor, workspace)], "next": None})


@api.post("/workspaces/<workspace>/introductions")
@described("Ask how a member is to be introduced, or whether two would like to meet", takes=Introducing, makes=IntroductionJson)
@guarded(workspace=May.FACILITATE)
def ask(actor: Actor, workspace: Workspace) -> Response:
    told = body(Introducing)
    one = queries.client_named(actor, workspace, told.person, "person")
    if told.other:
        other = queries.client_named(actor, workspace, told.other, "other")
        return answer(introduction_json(actor, actions.ask_two(actor, workspace, one=one, other=other, words=told.words)), 201)
    return answer(introduction_json(actor, actions.propose_introduction(actor, workspace, person=one, words=told.words)), 201)


@api.post("/workspaces/<workspace>/introductions/mine")
@described("Introduce oneself, in one's own words", takes=Speaking, makes=PostJson)
@guarded(workspace=May.INTRODUCE_ONESELF)
def introduce_oneself(actor: Actor, workspace: Workspace) -> Response:
    post: Post = actions.introduce_oneself(actor, workspace, words=body(Speaking).words)
    return answer(posts_json(actor, [post])[0], 201)


@api.get("/introductions/<introduction>")
@described("One of them, for whom it is about and for who runs the community", gives=IntroductionJson)
@guarded(introduction=May.READ_INTRODUCTION)
def show_introduction(actor: Actor, introduction: Introduction) -> Response:
    return answer(introduction_json(actor, introduction))


@api.post("/introductions/<introduction>/answer")
@described("Say yes or no to it", takes=Answer, gives=IntroductionJson)
@guarded(introduction=May.ANSWER_INTRODUCTION)
def answer_introduction(actor: Actor, introduction: Introduction) -> Response:
    return answer(introduction_json(actor, actions.answer_introduction(actor, introduction, agrees=body(Answer).agrees)))


@api.post("/introductions/<introduction>/make")
@described("Introduce two who both said yes: a discussion with both of them begins", takes=Making, makes=TopicJson)
@guarded(introduction=May.MAKE_INTRODUCTION)
def make(actor: Actor, introduction: Introduction) -> Response:
    forum = forum_named(actor, introduction.workspace, body(Making).forum)
    return answer(topic_json(actions.make_introduction(actor, introduction, forum=forum)), 201)


@api.delete("/introductions/<introduction>")
@described("Take it back while it is not made")
@guarded(introduction=May.WITHDRAW_INTRODUCTION)
def withdraw(actor: Actor, introduction: Introduction) -> Response:
    actions.withdraw_introduction(actor, introduction)
    return Response(status=204)
