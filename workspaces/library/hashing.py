"""What pieces of an upload hash to so far, so that the last is not answered only when all of it was read once more."""

import hashlib
import threading
from typing import Any

MOST = 1000  # uploads of which it is known


class Hashes:
    """Of uploads of which this process took every piece. Of others nothing is known: they are hashed when they are whole."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[int, Any]] = {}  # upload -> (bytes, their hash)
        self._turn = threading.Lock()

    def of(self, upload: str, received: int) -> Any:
        """The hash of so many first bytes, to be gone on with; None where it is not known."""
        if received == 0:
            return hashlib.sha256()
        with self._turn:
            known, digest = self._known.get(upload, (0, None))
            return digest.copy() if known == received else None

    def keep(self, upload: str, received: int, digest: Any) -> None:
        """These bytes count now. None forgets what was known."""
        with self._turn:
            self._known.pop(upload, None)
            if digest is not None:
                self._known[upload] = (received, digest)
            while len(self._known) > MOST:
                self._known.pop(next(iter(self._known)))


HASHES = Hashes()
