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
COPY_ASKED = kind(
    "copy.asked", "Somebody asked for a copy of a workspace", "%(actor)s asked for a copy of “%(title)s”", group="account", icon="download"
)
COPY_MADE = kind(
    "copy.made", "A copy of a workspace was made", "A copy of “%(title)s” was made for %(name)s", group="account", icon="download"
)
COPY_TAKEN = kind(
    "copy.taken", "A copy of a workspace was downloaded", "%(actor)s took a copy of “%(title)s” away", group="account", icon="download"
)
