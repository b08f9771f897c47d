"""Messages and mail from elsewhere, as topics and posts."""

from workspaces.forums.importing import mail as mail
from workspaces.forums.importing import messages as messages
