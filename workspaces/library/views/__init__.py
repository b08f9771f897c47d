"""The pages of the library."""

from workspaces.library.views.accounts import pages as accounts
from workspaces.library.views.drafts import pages as drafts
from workspaces.library.views.files import pages as files
from workspaces.library.views.folders import pages as folders
from workspaces.library.views.several import pages as several
from workspaces.library.views.space import pages as space
from workspaces.library.views.space import settings as space_settings
from workspaces.library.views.versions import pages as versions

__all__ = ["accounts", "drafts", "files", "folders", "several", "space", "space_settings", "versions"]
