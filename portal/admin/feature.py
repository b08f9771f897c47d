"""What the administration brings: its pages."""

from portal.admin import views
from portal.kernel.feature import Feature

ADMIN = Feature(pages=(views.pages,))
