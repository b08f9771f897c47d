"""/posts/{id}/flags, /flags/{id} and /workspaces/{id}/moderation"""

from flask import Response

from portal.kernel.actor import Actor
from portal.web.api import answer, body, resource
from portal.web.described import described
from portal.web.endpoint import guarded
from workspaces.forums.models import Post
from workspaces.moderation import actions, queries
from workspaces.moderation.models import Flag
from workspaces.moderation.policy import May
from workspaces.moderation.schemas import Deciding, Report
from workspaces.moderation.shapes import CaseJson, FlagJson, case_json, flag_json
from workspaces.rooms.models import Workspace
from workspaces.rooms.policy import May as Rooms

api = resource("moderation")


@api.post("/posts/<post>/flags")
@described("Report a message to the moderators", takes=Report, makes=FlagJson)
@guarded(post=May.REPORT_POST)
def report_post(actor: Actor, post: Post) -> Response:
    return answer(flag_json(actor, actions.report_post(actor, post, reason=body(Report).reason)), 201)


@api.get("/flags/<flag>")
@described("A report, for who sent it and for moderators", gives=FlagJson)
@guarded(flag=May.READ_FLAG)
def show_flag(actor: Actor, flag: Flag) -> Response:
    return answer(flag_json(actor, flag))


@api.post("/flags/<flag>/resolve")
@described("Decide about a reported message, and so about all reports of it", takes=Deciding, gives=FlagJson)
@guarded(flag=May.RESOLVE_FLAG)
def resolve_flag(actor: Actor, flag: Flag) -> Response:
    told = body(Deciding)
    actions.resolve_flag(actor, flag, action=told.action, reason=told.reason, until=told.until)
    actor.session.refresh(flag)
    return answer(flag_json(actor, flag))


@api.get("/workspaces/<workspace>/moderation")
@described("Messages that wait for a look, longest first", lists=CaseJson, paged=False)
@guarded(workspace=Rooms.MODERATE)
def list_waiting(actor: Actor, workspace: Workspace) -> Response:
    return answer({"items": [case_json(actor, case) for case in queries.waiting(actor, workspace)], "next": None})
