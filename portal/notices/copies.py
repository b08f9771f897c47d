"""Nobody's inbox is in a copy."""

from portal.kernel.copying import left_out

left_out(
    "what a person was told of, and wants mail about, is theirs and not the account's",
    "notice",
    "mail_choice",
    "notice_level",
    "notice_wishes",
    "digest",
)
