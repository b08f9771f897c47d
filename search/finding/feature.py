"""What finding brings: the search page."""

from portal.kernel.feature import Feature
from search.finding import api, policy, views

FINDING = Feature(declares=(policy,), pages=(views.pages, api.api))
