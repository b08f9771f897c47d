"""What moderation brings: reports, first messages that wait, their queue, who is told, and the ways to it."""

from portal.kernel.feature import Feature
from portal.notices.queries import BY_SOURCE
from portal.web.slots import fill
from workspaces.forums.holding import HOLD
from workspaces.moderation import actions, api, copies, erasing, jobs, mails, policy, queries, shapes, slots, sources, views
from workspaces.rooms.queries.shell import COUNTS


def _fill() -> None:
    COUNTS["moderation"] = queries.waits_here
    BY_SOURCE.update(("flag", "held", "ruling"))
    HOLD.due, HOLD.message, HOLD.topic = queries.due, actions.hold_message, actions.hold_topic
    HOLD.shown, HOLD.part = shapes.held_json, slots.part_of
    fill("topic.held", slots.held_in_topic, "moderation/_held_mine.html")
    fill("discussions.held", slots.held_in_list, "moderation/_held_mine.html")
    fill("inbox.beside", slots.beside_inbox, "moderation/_beside_inbox.html")
    fill("home.team", slots.at_home, "moderation/_at_home.html")


MODERATION = Feature(
    declares=(copies, erasing, jobs, mails, policy, sources),
    pages=(views.pages, api.api),
    fills=_fill,
)
