"""What Today brings: its page."""

from portal.kernel.feature import Feature
from search.today import policy, views

TODAY = Feature(declares=(policy,), pages=(views.pages,))
