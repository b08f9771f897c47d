"""What happens with copies, and how it reads."""

from portal.kernel.events import kind

ACCOUNT_COPIED = kind(
    "account.copied",
    "Everything of an account was written out as a copy",
    "%(actor)s took a copy of the account",
    group="account",
    icon="download",
)
ACCOUNT_BROUGHT = kind(
    "account.brought",
    "An account came in from another installation's copy",
    "%(actor)s brought in the account “%(name)s” from a copy of %(vendor)s",
    group="account",
    icon="upload",
)
