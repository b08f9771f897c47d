"""What happens to the shared plan, and how it reads on the trail."""

from portal.kernel.events import EventKind, kind


def _kind(name: str, meaning: str, reads: str, icon: str = "list", **without: str) -> EventKind:
    return kind(f"plan.{name}", meaning, reads, group="plan", icon=icon, without=without)


ADDED = _kind("added", "A step or milestone was added to the plan", "%(actor)s added “%(title)s” to the plan", "add")
DONE = _kind("done", "A step or milestone is done", "%(actor)s ticked “%(title)s” as done", "check")
STARTED = _kind("started", "A step is being done", "%(actor)s began with “%(title)s”", "play")
REOPENED = _kind("reopened", "A step is to be done after all", "%(actor)s put “%(title)s” back among what is to do", "circle")
DUE_CHANGED = _kind(
    "due_changed",
    "A step or milestone has another date",
    "%(actor)s moved “%(title)s” from %(due_was)s to %(due)s",
    "calendar",
    due_was="%(actor)s agreed on %(due)s for “%(title)s”",
    due="%(actor)s took the date %(due_was)s from “%(title)s”",
)
RENAMED = _kind("renamed", "A step or milestone has another name", "%(actor)s renamed “%(was)s” to “%(title)s”", "edit")
OWNERS_CHANGED = _kind(
    "owners_changed",
    "Others do a step",
    "“%(title)s” is now for %(owners)s, says %(actor)s",
    "person",
    owners="%(actor)s left open who does “%(title)s”",
)
GROUPED = _kind(
    "grouped",
    "A step leads to another milestone",
    "%(actor)s put “%(title)s” under “%(place)s”",
    "move",
    place="%(actor)s put “%(title)s” under no milestone",
)
REMOVED = _kind("removed", "A step or milestone was removed", "%(actor)s removed “%(title)s” from the plan", "remove")
RESTORED = _kind("restored", "A removed step or milestone came back", "%(actor)s brought back “%(title)s” to the plan", "undo")

CHANGES = (ADDED, DONE, STARTED, REOPENED, DUE_CHANGED, RENAMED, OWNERS_CHANGED, GROUPED, REMOVED, RESTORED)
