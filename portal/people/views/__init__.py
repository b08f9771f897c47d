"""Pages about people: signing in and out, the first start, one's own settings."""

from portal.people.views import settings, signing_in, start
from portal.people.views.blueprint import pages as pages

__all__ = ["pages", "settings", "signing_in", "start"]
