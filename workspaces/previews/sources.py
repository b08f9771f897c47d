"""How a hit finds a page: in the version that was searched."""

from sqlalchemy.orm import joinedload

from portal.kernel.sources import Source, source
from portal.kernel.words import gettext as _
from workspaces.library.models import File
from workspaces.previews.models import FilePage
from workspaces.previews.policy import May

source(
    Source(
        "page",
        FilePage,
        May.READ_PAGE,
        url=lambda row: row.path,
        title=lambda row: _("%(name)s, page %(number)s", name=row.file.name, number=row.number),
        options=lambda: (joinedload(FilePage.file).joinedload(File.workspace), joinedload(FilePage.version)),
    )
)
