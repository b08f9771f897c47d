"""Shape and bounds of what is told about communities."""

from portal.kernel.schemas import Schema, text
from workspaces.rooms.schemas import Id

WORDS = 2000


class Introducing(Schema):
    """Words that introduce: of oneself, of a member whom one proposes (`person`), or why two should meet (`other` too)."""

    words: text(WORDS, 1)
    person: Id = ""
    other: Id = ""


class Speaking(Schema):
    """One's own words."""

    words: text(WORDS, 1)


class Answer(Schema):
    """Yes or no."""

    agrees: bool


class Making(Schema):
    """The forum in which two are introduced to one another."""

    forum: Id


class Choosing(Schema):
    """The discussion in which newcomers are introduced."""

    topic: Id
