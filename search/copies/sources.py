"""How a notice finds a copy."""

from sqlalchemy.orm import joinedload

from portal.kernel.sources import Source, source
from portal.kernel.words import gettext as _
from search.copies.models import WorkspaceCopy
from search.copies.policy import May

source(
    Source(
        "copy",
        WorkspaceCopy,
        May.READ_COPY,
        url=lambda copy: f"{copy.workspace.path}export",
        title=lambda copy: _("Your copy of “%(title)s” is ready", title=copy.workspace.title),
        options=lambda: (joinedload(WorkspaceCopy.workspace),),
    )
)
