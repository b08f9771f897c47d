"""Topics moved, merged and split, and tags."""

from flask import Response, request

from portal.kernel.actor import Actor
from portal.kernel.errors import Invalid
from portal.kernel.words import gettext as _
from portal.web.api import answer, body
from portal.web.described import described
from portal.web.endpoint import guarded
from workspaces.forums import actions, queries
from workspaces.forums.api.frame import api
from workspaces.forums.models import Topic, Transfer
from workspaces.forums.policy import May
from workspaces.forums.schemas import Merging, SightAsked, Splitting, TagRename
from workspaces.forums.shapes import TagJson, TopicJson, TransferJson, topic_json, transfer_json
from workspaces.rooms.models import Workspace
from workspaces.rooms.policy import May as Rooms
from workspaces.rooms.shapes import ChangeJson, change_json


@api.get("/workspaces/<workspace>/tags")
@described("Tags of discussions that the caller may read, the most used first", lists=TagJson, paged=False)
@guarded(workspace=Rooms.READ_WORKSPACE)
def list_tags(actor: Actor, workspace: Workspace) -> Response:
    return answer({"items": [{"tag": tag, "topics": number} for tag, number in queries.tags_of(actor, workspace)], "next": None})


@api.post("/workspaces/<workspace>/tags/rename")
@described(
    "Give a tag another name; one that is there already makes the two one, none takes it away", takes=TagRename, lists=TagJson, paged=False
)
@guarded(workspace=Rooms.MODERATE)
def rename_tag(actor: Actor, workspace: Workspace) -> Response:
    told = body(TagRename)
    actions.rename_tag(actor, workspace, tag=told.tag, name=told.name)
    actor.session.flush()
    return answer({"items": [{"tag": tag, "topics": number} for tag, number in queries.tags_of(actor, workspace)], "next": None})


@api.get("/topics/<topic>/sight")
@described(
    "What it would mean to move a discussion to a forum, or merge it into another: who gains and who loses sight of it",
    asks=SightAsked,
    gives=ChangeJson,
    also=(422,),
)
@guarded(topic=May.MODERATE_TOPIC)
def show_sight(actor: Actor, topic: Topic) -> Response:
    forum, into = request.args.get("forum"), request.args.get("into")
    if (forum is None) == (into is None):
        raise Invalid(("forum", _("Name either a forum or a discussion.")))
    if forum is not None:
        audience_pk = queries.forum_named(actor, topic.workspace, forum).open_audience_pk
    else:
        audience_pk = queries.target(actor, topic, into or "").audience_pk
    return answer(change_json(queries.sight(actor, [topic], audience_pk)))


@api.post("/topics/<topic>/merge")
@described("Merge a discussion into another; its id leads there", takes=Merging, gives=TransferJson)
@guarded(topic=May.MODERATE_TOPIC)
def merge_topic(actor: Actor, topic: Topic) -> Response:
    transfer = actions.merge_topic(actor, topic, into=queries.target(actor, topic, body(Merging).into))
    return answer(transfer_json(transfer))


@api.post("/topics/<topic>/split")
@described("Make messages of a discussion one of their own", takes=Splitting, gives=TransferJson)
@guarded(topic=May.MODERATE_TOPIC)
def split_topic(actor: Actor, topic: Topic) -> Response:
    told = body(Splitting)
    _made, transfer = actions.split_topic(actor, topic, title=told.title, posts=queries.chosen(actor, topic, told.posts))
    return answer(transfer_json(transfer))


@api.post("/transfers/<transfer>/undo")
@described("Take back that messages were moved, merged or split", gives=TopicJson)
@guarded(transfer=May.UNDO_TRANSFER)
def undo_transfer(actor: Actor, transfer: Transfer) -> Response:
    topic = actions.undo_transfer(actor, transfer)
    actor.session.flush()
    actor.session.refresh(topic)
    return answer(topic_json(topic))
