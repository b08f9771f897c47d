"""Who may see a page of a file: who may see the file."""

from sqlalchemy import select

from portal.kernel.actor import Actor
from portal.kernel.policy import Condition, Verbs, rule
from workspaces.library.models import File
from workspaces.library.policy import read_file
from workspaces.previews.models import FilePage


class May(Verbs):
    """Verbs of previews."""

    READ_PAGE = "See and find a page of a file: who may read the file"


@rule(May.READ_PAGE, FilePage, reads=True)
def read_page(actor: Actor) -> Condition:
    return FilePage.file_pk.in_(select(File.pk).where(read_file(actor)))
