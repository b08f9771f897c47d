"""Shape and bounds of what is told by who asks to be let in, and of the answer."""

from typing import Literal

from portal.kernel.schemas import Schema, line, mailbox, text
from workspaces.rooms.schemas import Id

WORDS = 1000


class Asking(Schema):
    """From outside: who they are, which address they were given, and by whom."""

    name: line(120, 1)
    email: mailbox()
    at: line(500) = ""
    told_by: line(120) = ""
    words: text(WORDS) = ""


class Proposing(Schema):
    """From inside: a colleague, and why."""

    name: line(120, 1)
    email: mailbox()
    words: text(WORDS) = ""


class Accepting(Schema):
    """As what they are invited; `account` is needed only where a community has none with the domain of the address."""

    role: Literal["member", "reader"] = "member"
    account: Id = ""


class Declining(Schema):
    """A word why, which a colleague who proposed them reads; `never`: nothing from this address is shown here again."""

    answer: text(WORDS) = ""
    never: bool = False
