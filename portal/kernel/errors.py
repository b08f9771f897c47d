"""What can be wrong with a wish, in the product's terms. portal/web turns each into a page or a problem+json."""


class Refused(Exception):
    """The wish is not carried out; the words say why and are shown to the person."""

    def __init__(self, words: str = "") -> None:
        super().__init__(words)
        self.words = words


class NotSignedIn(Refused):
    """401, or a way to the sign-in page."""


class NotFound(Refused):
    """404: it does not exist, or this person may not know that it does."""


class Forbidden(Refused):
    """403: they may read it but not do this to it; the words name who can."""


class Misplaced(Refused):
    """409: it does not go on from where the thing stands."""


class Gone(Refused):
    """410: it was there, and no longer is."""


class Stale(Refused):
    """412: somebody else changed it meanwhile."""


class TooLarge(Refused):
    """413: over a limit that the words name."""


class Held(Refused):
    """423: somebody else is at it this moment."""


class Damaged(Refused):
    """460: the bytes are not those of which the checksum was made (tus)."""


class TooMany(Refused):
    """429: again after `seconds`."""

    def __init__(self, words: str, seconds: int) -> None:
        super().__init__(words)
        self.seconds = seconds


class Busy(Refused):
    """503: cannot be stored or answered at the moment; nothing was acknowledged."""


class Unsure(Refused):
    """503: the connection went away while the answer to a commit was awaited, so nobody knows whether it was stored. Asking again
    with the same Idempotency-Key finds out."""


class Invalid(Refused):
    """422: one or more fields are wrong; `errors` is a list of (field, words)."""

    def __init__(self, *errors: tuple[str, str]) -> None:
        super().__init__("; ".join(words for _, words in errors))
        self.errors = list(errors)
