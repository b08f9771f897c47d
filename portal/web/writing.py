"""Who is writing where: told to those who could read what is being written, kept nowhere."""

import time
from typing import Any

from portal.kernel.audiences import people_in
from portal.kernel.errors import Refused
from portal.kernel.policy import fetch
from portal.kernel.words import gettext as _
from portal.web.watching import WATCHABLE, named

EVERY = 1.0  # seconds: who says it more often is not told on


def typed(realtime: Any, sid: str, told: Any = None, *rest: Any) -> dict[str, Any]:
    """The socket event: {"topic": ID}, with "team": true for a team note."""
    socket = realtime.sockets.get(sid)
    team = told.pop("team", False) if isinstance(told, dict) else False
    try:
        kind, id = named(told, *rest)
    except ValueError:
        return {"ok": False, "title": _("Say where you write, such as a topic and its id.")}
    if socket is None or not isinstance(team, bool):
        return {"ok": False, "title": _("Say where you write, such as a topic and its id.")}
    if time.monotonic() - socket.typed < EVERY:
        return {"ok": True}
    with realtime.house.db.reading() as db:
        actor = realtime.actor(db, socket)
        try:
            row = fetch(actor, WATCHABLE[kind].verb, id)
        except Refused:
            return {"ok": False, "title": _("Page not found")}
        writes = WATCHABLE[kind].writes
        audience_pk = writes(actor, row, team) if writes else None
        if audience_pk is None:
            return {"ok": False, "title": _("You can read here, but not write.")}
        what = {"kind": kind, "pk": row.pk, "id": id, "audience": audience_pk, "person": socket.person_pk, "team": team}
    socket.typed = time.monotonic()
    hear(realtime, what)
    if realtime.house.bus.several_webs:
        realtime.house.bus.publish([{"writing": what}])
    return {"ok": True}


def hear(realtime: Any, what: dict[str, Any]) -> None:
    """Tell the sockets of this process, as long as the writer may still read there and lets it be seen."""
    with realtime.house.db.reading() as db:
        shown = realtime.identity.shown(db, {what["person"]} & people_in(db, what["audience"]))
        if shown:
            payload = {what["kind"]: what["id"], "team": what["team"], "person": shown[0]}
            realtime.tell_room(db, f"{what['kind']}:{what['pk']}", what["audience"], "typing", payload, but=what["person"])
