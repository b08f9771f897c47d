"""What happens to webhooks: told to their owner and to the admins."""

from portal.kernel.events import kind

MADE = kind("webhook.made", "A webhook was made", "%(actor)s made the webhook “%(name)s” to %(host)s", group="people", icon="send")
CHANGED = kind(
    "webhook.changed", "A webhook was changed", "%(actor)s changed the webhook “%(name)s”: %(fields)s", group="people", icon="send"
)
ROTATED = kind(
    "webhook.rotated", "A webhook has a new secret", "%(actor)s gave the webhook “%(name)s” a new secret", group="people", icon="key"
)
SWITCHED_OFF = kind(
    "webhook.disabled",
    "A webhook was switched off",
    "%(actor)s switched off the webhook “%(name)s” to %(host)s",
    group="people",
    icon="send",
)
SWITCHED_ON = kind(
    "webhook.enabled", "A webhook was switched on again", "%(actor)s switched on the webhook “%(name)s”", group="people", icon="send"
)
REMOVED = kind(
    "webhook.removed", "A webhook was removed", "%(actor)s removed the webhook “%(name)s” to %(host)s", group="people", icon="remove"
)
