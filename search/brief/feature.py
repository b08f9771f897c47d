"""What the brief brings: its page and its place in the API. It writes nothing."""

from portal.kernel.feature import Feature
from search.brief import api, views

BRIEF = Feature(pages=(views.pages, api.api))
