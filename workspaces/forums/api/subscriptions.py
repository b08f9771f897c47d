"""How much the caller wants to hear of discussions and workspaces."""

from flask import Response, request

from portal.kernel.actor import Actor
from portal.kernel.policy import allowed
from portal.notices.queries import levels_said
from portal.web.api import answer, body, limit_asked, page
from portal.web.described import described
from portal.web.endpoint import guarded, own
from workspaces.forums import actions, queries
from workspaces.forums.api.frame import api
from workspaces.forums.models import Topic
from workspaces.forums.policy import May
from workspaces.forums.schemas import Subscribing
from workspaces.forums.shapes import SubscriptionJson, subscriptions_json
from workspaces.rooms.models import Workspace
from workspaces.rooms.policy import May as Rooms


@api.get("/subscriptions")
@described("Workspaces and discussions of which the caller said how much they hear", lists=SubscriptionJson)
@own("what one follows")
def list_subscriptions(actor: Actor) -> Response:
    """Workspaces first, then discussions: the cursor is in the one or in the other."""
    limit, cursor = limit_asked(), request.args.get("cursor")
    rooms = _workspaces(actor)
    ids = [each["id"] for each in rooms]
    if cursor is not None and cursor not in ids:
        rows, following = page(actor, queries.followed(actor), [Topic.pk], descending=True)
        return answer({"items": subscriptions_json(actor, rows), "next": following})
    rest = rooms[ids.index(cursor) + 1 if cursor else 0 :]
    room = limit - len(rest[:limit])
    topics = list(actor.session.scalars(queries.followed(actor).order_by(Topic.pk.desc()).limit(room + 1)).unique())
    shown = [*rest[:limit], *subscriptions_json(actor, topics[:room])]
    more = len(rest) > limit or len(topics) > room
    return answer({"items": shown, "next": shown[-1]["id"] if more else None})


@api.get("/subscriptions/<topic>")
@described("Whether the caller is told of a discussion", gives=SubscriptionJson)
@guarded(topic=May.READ_TOPIC)
def show_subscription(actor: Actor, topic: Topic) -> Response:
    return answer(subscriptions_json(actor, [topic])[0])


@api.put("/subscriptions/<topic>")
@described("Follow a discussion, or mute it", takes=Subscribing, gives=SubscriptionJson)
@guarded(topic=May.READ_TOPIC)
def subscribe(actor: Actor, topic: Topic) -> Response:
    actions.follow_topic(actor, topic, how=body(Subscribing).how)
    actor.session.flush()
    return answer(subscriptions_json(actor, [topic])[0])


@api.delete("/subscriptions/<topic>")
@described("Be told only of mentions and answers to oneself")
@guarded(topic=May.READ_TOPIC)
def unsubscribe(actor: Actor, topic: Topic) -> Response:
    actions.follow_topic(actor, topic, how="neither")
    return Response(status=204)


def _workspaces(actor: Actor) -> list[SubscriptionJson]:
    """Those of which something was said and that the caller may read; nobody is in so many that they need a cursor in the database."""
    said = {each.thing.partition(":")[2]: each.level for each in levels_said(actor) if each.thing.startswith("workspace:")}
    found = allowed(actor, Rooms.READ_WORKSPACE).where(Workspace.id.in_(said)).order_by(Workspace.pk.desc()) if said else None
    rows = actor.session.scalars(found) if found is not None else ()
    return [{"kind": "workspace", "id": each.id, "title": each.title, "url": each.path, "how": said[each.id]} for each in rows]
