"""/posts/{id}/flags, /flags/{id}, /held/{id}, /workspaces/{id}/moderation and /workspaces/{id}/held"""

from flask import Response

from portal.kernel.actor import Actor
from portal.web.api import answer, body, resource
from portal.web.described import described
from portal.web.endpoint import guarded
from workspaces.forums.attachments import PORT
from workspaces.forums.holding import HeldJson
from workspaces.forums.models import Post
from workspaces.moderation import actions, queries
from workspaces.moderation.models import Flag, Held, HeldFile
from workspaces.moderation.policy import May
from workspaces.moderation.schemas import Deciding, DecidingHeld, HeldPatch, Report
from workspaces.moderation.shapes import CaseJson, FlagJson, case_json, flag_json, held_json
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


@api.get("/workspaces/<workspace>/held")
@described("First messages that wait: all of them for moderators, the caller's own for everybody else", lists=HeldJson, paged=False)
@guarded(workspace=Rooms.READ_WORKSPACE)
def list_held(actor: Actor, workspace: Workspace) -> Response:
    return answer({"items": [held_json(held) for held in queries.held_seen(actor, workspace)], "next": None})


@api.get("/held/<held>")
@described("A first message that waits, or what became of it", gives=HeldJson)
@guarded(held=May.READ_HELD)
def show_held(actor: Actor, held: Held) -> Response:
    return answer(held_json(held))


@api.get("/held/files/<held_file>/content")
@described("The bytes of a file that came with it", gives=bytes)
@guarded(held_file=May.READ_HELD_FILE)
def send_held_file(actor: Actor, held_file: HeldFile) -> Response:
    sent: Response = PORT.serve(actor, held_file)
    return sent


@api.patch("/held/<held>")
@described("Change it while it waits", takes=HeldPatch, gives=HeldJson)
@guarded(held=May.CHANGE_HELD)
def change_held(actor: Actor, held: Held) -> Response:
    told = body(HeldPatch)
    return answer(held_json(actions.change_held(actor, held, title=told.title, body=told.body)))


@api.delete("/held/<held>")
@described("Withdraw it while it waits")
@guarded(held=May.CHANGE_HELD)
def withdraw_held(actor: Actor, held: Held) -> Response:
    actions.withdraw_held(actor, held)
    return Response(status=204)


@api.post("/held/<held>/resolve")
@described("Let it through, or refuse it", takes=DecidingHeld, gives=HeldJson)
@guarded(held=May.DECIDE_HELD)
def decide_held(actor: Actor, held: Held) -> Response:
    told = body(DecidingHeld)
    actions.decide_held(actor, held, approve=told.action == "approve", version=told.version, reason=told.reason)
    actor.session.refresh(held)
    return answer(held_json(held))


@api.post("/held/<held>/undo")
@described("Take back what was decided: it waits again, and the message that it became is removed", gives=HeldJson)
@guarded(held=May.UNDO_HELD)
def undo_held(actor: Actor, held: Held) -> Response:
    actions.undo_held(actor, held)
    actor.session.refresh(held)
    return answer(held_json(held))
