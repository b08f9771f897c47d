"""No webhook is in a copy."""

from portal.kernel.copying import left_out

left_out("where a person has news sent is theirs and not the account's", "webhook", "webhook_delivery")
