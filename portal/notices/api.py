"""`/api/v1/notifications` and `/api/v1/subscriptions`."""

from typing import Any

from flask import Response

from portal.kernel.actor import Actor
from portal.kernel.clock import rfc3339
from portal.kernel.schemas import Schema
from portal.kernel.sources import cite
from portal.notices import actions, queries
from portal.notices.models import Notice
from portal.notices.policy import May
from portal.web.api import answer, body, listed, resource
from portal.web.endpoint import guarded, own

api = resource("notices")


class NoticeChange(Schema):
    """What may be changed of a notice."""

    read: bool | None = None
    done: bool | None = None


@api.get("/notifications")
@own("notices")
def notifications(actor: Actor) -> Response:
    found = queries.visible(actor)
    return listed(actor, found, [Notice.created_at, Notice.id], lambda rows: shapes(actor, rows), descending=True)


@api.get("/notifications/<notice>")
@guarded(notice=May.READ_NOTICE)
def notification(actor: Actor, notice: Notice) -> Response:
    return answer(shapes(actor, [notice])[0])


@api.patch("/notifications/<notice>")
@guarded(notice=May.READ_NOTICE)
def change(actor: Actor, notice: Notice) -> Response:
    told = body(NoticeChange)
    return answer(shapes(actor, [actions.change_notice(actor, notice, read=told.read, done=told.done)])[0])


def shapes(actor: Actor, notices: list[Notice]) -> list[dict[str, Any]]:
    """Notices as JSON; title and url only of what the person may still read."""
    cited = cite(actor, ((notice.source_kind, notice.source_id) for notice in notices))
    shown = []
    for notice in notices:
        citation = cited.get((notice.source_kind, notice.source_id))
        shown.append(
            {
                "id": notice.id,
                "at": rfc3339(notice.created_at),
                "why": notice.why,
                "title": citation.title if citation else None,
                "url": citation.url if citation else None,
                "source": {"kind": notice.source_kind, "id": notice.source_id} if citation else None,
                "read": notice.read_at is not None,
                "done": notice.done_at is not None,
            }
        )
    return shown
