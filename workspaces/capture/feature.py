"""What capturing brings: the door for letters, its pages, and what the team sees of it on other pages."""

from portal.kernel.feature import Feature
from portal.web.slots import fill
from workspaces.capture import checks, copies, erasing, jobs, lmtp, policy, slots, sources, views


def _fill() -> None:
    fill("account.beside", slots.beside_account, "capture/_beside.html")
    fill("note.beside", slots.beside_note, "capture/_originals.html")
    fill("topic.beside", slots.beside_topic, "capture/_originals.html")
    fill("workspace.space", slots.in_settings, "capture/_settings.html")


CAPTURE = Feature(declares=(checks, copies, erasing, jobs, lmtp, policy, sources), pages=(views.pages,), fills=_fill)
