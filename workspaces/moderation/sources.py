"""How an entry of the inbox finds a report or what was decided: the report for who sent it, the decision for who wrote the message."""

from sqlalchemy.orm import joinedload

from portal.kernel.sources import Source, source
from portal.kernel.words import gettext as _
from workspaces.forums.models import Post
from workspaces.moderation import wording
from workspaces.moderation.models import Flag, Held, Ruling
from workspaces.moderation.policy import May

source(
    Source(
        "flag",
        Flag,
        May.READ_FLAG,
        url=lambda flag: flag.path,
        title=lambda flag: flag.post.topic.title,
        excerpt=lambda flag: _("A message was reported.") if flag.ruling is None else wording.to_reporter(flag),
        options=lambda: (joinedload(Flag.post).joinedload(Post.topic), joinedload(Flag.ruling)),
    )
)
source(
    Source(
        "ruling",
        Ruling,
        May.READ_RULING,
        url=lambda ruling: ruling.path,
        title=lambda ruling: ruling.post.topic.title,
        excerpt=wording.to_author,
        options=lambda: (joinedload(Ruling.post).joinedload(Post.topic),),
    )
)
source(
    Source(
        "held",
        Held,
        May.READ_HELD,
        url=lambda held: held.path,
        title=lambda held: held.called,
        excerpt=wording.of_held,
        options=lambda: (joinedload(Held.topic),),
    )
)
