"""Where the routes of forums are gathered."""

from portal.web.api import resource

api = resource("forums", "Talk")
