"""How a notice finds a webhook: for its owner alone."""

from portal.hooks.models import Webhook
from portal.hooks.policy import May
from portal.kernel.sources import Source, source

source(
    Source(
        "webhook",
        Webhook,
        May.CHANGE_WEBHOOK,
        url=lambda webhook: f"/me/settings/webhooks/{webhook.id}",
        title=lambda webhook: webhook.name,
    )
)
