"""What finding brings: the search page, who answered about something, what we answered to others."""

from portal.kernel.feature import Feature
from portal.web.slots import fill
from search.finding import api, policy, slots, views


def _fill() -> None:
    fill("topic.beside", slots.beside_topic, "finding/_beside.html")


FINDING = Feature(declares=(policy,), pages=(views.pages, api.api), fills=_fill)
