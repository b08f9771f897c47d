"""What is done with webhooks and deliveries."""

from portal.hooks.actions.deliveries import note_answer, postpone, redeliver, replay, send_test, withhold
from portal.hooks.actions.webhooks import change_webhook, make_webhook, remove_webhook, rotate_secret, switch_off, switch_on

__all__ = [
    "change_webhook",
    "make_webhook",
    "note_answer",
    "postpone",
    "redeliver",
    "remove_webhook",
    "replay",
    "rotate_secret",
    "send_test",
    "switch_off",
    "switch_on",
    "withhold",
]
