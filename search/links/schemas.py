"""What a person says of a link."""

from portal.kernel.schemas import Schema


class LinkPatch(Schema):
    """Whether it is cut: the message does not speak of that."""

    cut: bool
