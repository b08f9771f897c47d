"""What links bring: what messages speak of, on their pages and on those of what they speak of."""

from portal.kernel.feature import Feature
from portal.web.slots import fill
from search.categories.actions import AFTERWARDS
from search.links import actions, api, copies, events, policy, slots, views


def _fill() -> None:
    AFTERWARDS["links"] = actions.follow_words
    fill("message.noticed", slots.of_message, "links/_message.html")
    fill("topic.noticed", slots.of_topic, "links/_topic.html")
    fill("account.beside", slots.of_account, "links/_beside_account.html")
    fill("contact.beside", slots.of_contact, "links/_spoken.html")
    fill("name.spoken", slots.of_name, "links/_spoken.html")


LINKS = Feature(declares=(copies, events, policy), pages=(views.pages, api.api), fills=_fill)
