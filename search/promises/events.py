"""What happens to promises and questions by people's word. For the team's eyes."""

from portal.kernel.events import EventKind, kind
from search.promises.models import CONTESTED, KEPT, OPEN, WITHDRAWN


def _kind(name: str, meaning: str, reads: str, icon: str) -> EventKind:
    return kind(name, meaning, reads, icon=icon, ours=True)


STATED = {
    KEPT: _kind("promise.kept", "Somebody said that a promise was kept", "%(actor)s says that this was kept: “%(title)s”", "check"),
    WITHDRAWN: _kind("promise.withdrawn", "A promise was withdrawn", "%(actor)s withdrew a promise: “%(title)s”", "close"),
    OPEN: _kind("promise.reopened", "A promise stands again", "%(actor)s says that this is still to be kept: “%(title)s”", "undo"),
    CONTESTED: _kind(
        "promise.contested", "A client says that it was not kept", "%(actor)s says that this was not kept: “%(title)s”", "flag"
    ),
}
MENDED = _kind("promise.changed", "A promise has another day or wording", "%(actor)s changed what stands of a promise: “%(title)s”", "edit")
ANSWERED = _kind(
    "question.answered", "Somebody said that a question is answered", "%(actor)s says that this is answered: “%(title)s”", "check"
)
UNANSWERED = _kind(
    "question.reopened", "Somebody said that a question is not answered", "%(actor)s says that this is not answered: “%(title)s”", "undo"
)
