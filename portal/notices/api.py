"""`/api/v1/notifications` and `/api/v1/subscriptions`."""

from flask import Response

from portal.kernel.actor import Actor
from portal.kernel.schemas import Schema
from portal.notices import actions, queries
from portal.notices.models import Notice
from portal.notices.policy import May
from portal.notices.schemas import WishesChange
from portal.notices.shapes import NoticeJson, WishesJson, notices_json, wishes_json
from portal.notices.wishes import wishes_of
from portal.web.api import answer, body, listed, resource
from portal.web.described import described
from portal.web.endpoint import guarded, own

api = resource("notices", "Inbox")


class NoticeChange(Schema):
    """What may be changed of a notice."""

    read: bool | None = None
    done: bool | None = None


@api.get("/notifications")
@described("The inbox, newest first", lists=NoticeJson)
@own("notices")
def notifications(actor: Actor) -> Response:
    found = queries.visible(actor)
    return listed(actor, found, [Notice.created_at, Notice.id], lambda rows: notices_json(actor, rows), descending=True)


@api.get("/notifications/<notice>")
@described("An entry of the inbox", gives=NoticeJson)
@guarded(notice=May.READ_NOTICE)
def notification(actor: Actor, notice: Notice) -> Response:
    return answer(notices_json(actor, [notice])[0])


@api.patch("/notifications/<notice>")
@described("Mark an entry as read or done", takes=NoticeChange, gives=NoticeJson)
@guarded(notice=May.READ_NOTICE)
def change(actor: Actor, notice: Notice) -> Response:
    told = body(NoticeChange)
    return answer(notices_json(actor, [actions.change_notice(actor, notice, read=told.read, done=told.done)])[0])


@api.get("/notification-settings")
@described("How much the caller wants to hear, where it goes and when", gives=WishesJson)
@own("one's own wishes")
def show_wishes(actor: Actor) -> Response:
    return answer(wishes_json(wishes_of(actor.session, actor.pk)))


@api.patch("/notification-settings")
@described("Change it; what is not sent stays", takes=WishesChange, gives=WishesJson)
@own("one's own wishes")
def change_wishes(actor: Actor) -> Response:
    told = body(WishesChange)
    return answer(wishes_json(actions.change_wishes(actor, **told.model_dump(exclude_unset=True))))
