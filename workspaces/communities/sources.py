"""How an entry of the inbox finds an introduction."""

from sqlalchemy.orm import joinedload

from portal.kernel.sources import Source, source
from workspaces.communities import wording
from workspaces.communities.models import Introduction
from workspaces.communities.policy import May

source(
    Source(
        "introduction",
        Introduction,
        May.READ_INTRODUCTION,
        url=lambda row: row.path,
        title=wording.title,
        excerpt=lambda row: row.words,
        options=lambda: tuple(
            joinedload(each) for each in (Introduction.one, Introduction.other, Introduction.asked_by, Introduction.workspace)
        ),
    )
)
