"""What happens to promises and questions by people's word: events of the message or note that they stand in, for the team's eyes."""

from portal.kernel.events import EventKind, kind
from search.promises.models import CONTESTED, KEPT, OPEN, WITHDRAWN


def _kind(name: str, meaning: str, reads: str, icon: str, noted: str = "") -> EventKind:
    """`noted` is how it reads of a note, which has no title."""
    return kind(name, meaning, reads, icon=icon, ours=True, without={"title": noted} if noted else {})


STATED = {
    KEPT: _kind(
        "promise.kept",
        "Somebody said that a promise was kept",
        "%(actor)s says that a promise in “%(title)s” was kept",
        "check",
        "%(actor)s says that a promise in a note was kept",
    ),
    WITHDRAWN: _kind(
        "promise.withdrawn",
        "A promise was withdrawn",
        "%(actor)s withdrew a promise in “%(title)s”",
        "close",
        "%(actor)s withdrew a promise in a note",
    ),
    OPEN: _kind(
        "promise.reopened",
        "A promise stands again",
        "%(actor)s says that a promise in “%(title)s” is still to be kept",
        "undo",
        "%(actor)s says that a promise in a note is still to be kept",
    ),
    CONTESTED: _kind(
        "promise.contested",
        "A client says that it was not kept",
        "%(actor)s says that a promise in “%(title)s” was not kept",
        "flag",
        "%(actor)s says that a promise in a note was not kept",
    ),
}
TAKEN_BACK = _kind(
    "promise.taken_back",
    "Somebody took back what they had said of a promise",
    "%(actor)s took back what they had said of a promise in “%(title)s”",
    "undo",
    "%(actor)s took back what they had said of a promise in a note",
)
MENDED = _kind(
    "promise.changed",
    "A promise has another day or wording",
    "%(actor)s changed what stands of a promise in “%(title)s”",
    "edit",
    "%(actor)s changed what stands of a promise in a note",
)
ANSWERED = _kind(
    "question.answered",
    "Somebody said that a question is answered",
    "%(actor)s says that a question in “%(title)s” is answered",
    "check",
)
UNANSWERED = _kind(
    "question.reopened",
    "Somebody said that a question is not answered",
    "%(actor)s says that a question in “%(title)s” is not answered",
    "undo",
)
ANSWER_TAKEN_BACK = _kind(
    "question.taken_back",
    "Somebody took back what was said of a question",
    "%(actor)s took back what was said of a question in “%(title)s”",
    "undo",
)
