"""What the administration brings: its pages."""

from portal.admin import copies, views, watchman
from portal.kernel.feature import Feature

ADMIN = Feature(declares=(copies, watchman), pages=(views.pages,))
