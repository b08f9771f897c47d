"""Where others' pages lead to the queue: the inbox, and the team's part of a workspace's home."""

from typing import Any

from flask import g, render_template

from portal.kernel.actor import Actor
from workspaces.forums.models import Topic
from workspaces.moderation import queries
from workspaces.moderation.models import Held
from workspaces.rooms.models import Workspace


def beside_inbox(actor: Actor, **context: Any) -> dict[str, Any] | None:
    """For `inbox.beside`: whoever moderates a room finds the queue there."""
    return {"waits": queries.count_waiting(actor)} if queries.rooms_moderated(actor) else None


def at_home(actor: Actor, workspace: Workspace, **context: Any) -> dict[str, Any] | None:
    """For `home.team`: messages that wait for a look, counted with what else is new here (see COUNTS)."""
    waits = context["new"].get("moderation", 0)
    return {"waits": waits, "workspace": workspace} if waits else None


def held_in_topic(actor: Actor, topic: Topic, **context: Any) -> dict[str, Any] | None:
    """For `topic.held`: what the reader wrote here that waits."""
    mine = queries.mine_in(actor, topic.workspace, topic)
    return {"mine": mine} if mine else None


def held_in_list(actor: Actor, workspace: Workspace, **context: Any) -> dict[str, Any] | None:
    """For `discussions.held`: the discussions that the reader started and that wait."""
    mine = queries.mine_in(actor, workspace)
    return {"mine": mine} if mine else None


def part_of(held: Held) -> str:
    """The same as a part of the page from which it was sent."""
    mine = queries.mine_in(g.actor, held.workspace, held.topic)
    return render_template("moderation/_held_sent.html", mine=mine)
