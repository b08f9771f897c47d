"""What is done in moderation: messages reported and decided about, first messages held, changed, let through and refused."""

from workspaces.moderation.actions.deciding import decide_held, undo_held
from workspaces.moderation.actions.holding import change_held, hold_message, hold_topic, withdraw_held
from workspaces.moderation.actions.reports import report_post, resolve_flag, undo_ruling

__all__ = [
    "change_held",
    "decide_held",
    "hold_message",
    "hold_topic",
    "report_post",
    "resolve_flag",
    "undo_held",
    "undo_ruling",
    "withdraw_held",
]
