"""What categories bring: what a message is taken to be, beside the talk and in the API."""

from portal.kernel.feature import Feature
from portal.web.slots import fill
from search.categories import api, cli, copies, events, policy, queries, slots, views
from workspaces.references.queries import PRAISES


def _fill() -> None:
    PRAISES["categories"] = queries.praised
    fill("topic.beside", slots.beside_topic, "categories/_beside.html")
    fill("message.menu", slots.beside_topic, "categories/_menu.html")
    fill("message.acts", slots.of_message, "categories/_act.html")


CATEGORIES = Feature(declares=(copies, events, policy), pages=(views.pages, api.api), commands=(cli.categories,), fills=_fill)
