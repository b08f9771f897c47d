"""The blueprint that the resources of workspaces share."""

from portal.web.api import resource

api = resource("rooms", "Workspaces")
