"""Secrets of webhooks, and signatures by the Standard Webhooks specification.

A secret is derived from the installation's key and the webhook's nonce, so that the database alone, or a backup of it, signs nothing.
"""

import base64
import hashlib
import hmac
import secrets
from datetime import datetime

from standardwebhooks import Webhook as Signer

from portal.hooks.models import Webhook


def new_nonce() -> str:
    return secrets.token_urlsafe(32)


def secret_of(key: str, webhook: Webhook, nonce: str | None = None) -> str:
    """The secret as its owner is told it: `whsec_` and 32 bytes in base64."""
    derived = hmac.new(key.encode(), f"webhook:{webhook.id}:{nonce or webhook.nonce}".encode(), hashlib.sha256).digest()
    return "whsec_" + base64.b64encode(derived).decode()


def signed(key: str, webhook: Webhook, *, id: str, at: datetime, body: bytes) -> dict[str, str]:
    """The headers of a message; two signatures while the secret before still counts."""
    nonces = [webhook.nonce]
    if webhook.old_nonce and webhook.old_until and at < webhook.old_until:
        nonces.append(webhook.old_nonce)
    return {
        "webhook-id": id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(Signer(secret_of(key, webhook, nonce)).sign(id, at, body.decode()) for nonce in nonces),
    }
