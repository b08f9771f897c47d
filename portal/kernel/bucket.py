"""Storage in an S3 bucket. Bytes come into the scratch folder first, so that they are hashed before they have a name; one put, whole
or not at all, gives them theirs. Keys are those of the directory: what was in one can be copied to the other as it is.
"""

import contextlib
import hashlib
import io
import os
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO
from urllib.parse import parse_qsl, urlsplit

from portal.kernel.storage import Receiving, Stored, adopted, forget_scratch

if TYPE_CHECKING:
    from obstore.store import S3Store

PART = 8 * 2**20  # bytes of one request, up and down
FIRST = 256 * 2**10  # of the first read; each further one twice that, up to PART
AT_ONCE = 2  # parts on their way up at a time, so that memory stays bounded
ASIDE = "aside"  # folder of what was swept, for a day: the same bytes may have come again while it was
CLIENT = {"connect_timeout": "5s", "read_timeout": "10s", "timeout": "60s"}
RETRIES = {"max_retries": 2, "retry_timeout": timedelta(seconds=10)}


class Bucket:
    """Blobs as objects two folders deep below the prefix of the URL."""

    def __init__(self, url: str, scratch: Path) -> None:
        self.name, self.scratch = urlsplit(url).netloc, scratch
        self.store = _store(url)

    def intake(self, limit: int) -> Receiving:
        return Receiving(self, limit)

    def put(self, chunks: Iterable[bytes], limit: int) -> Stored:
        with contextlib.closing(self.intake(limit)) as coming:
            for chunk in chunks:
                coming.write(chunk)
            return coming.settle()

    def open(self, sha256: str) -> BinaryIO:
        size = self._size(sha256)
        return io.BufferedReader(Fetched(self, sha256, size), FIRST)

    def names(self) -> Iterable[str]:
        with self._plainly():
            for page in self.store.list(chunk_size=1000):
                keys = (each["path"].split("/") for each in page)
                yield from (key[1] for key in keys if len(key) == 2 and len(key[1]) == 64 and key[0] == key[1][:2])

    def remove(self, sha256: str, older_than: float = 0) -> bool:
        """Between the look at its age and its end the same bytes may come again, to be named in a row: they are laid aside, where
        `open` finds them, and go with the next sweep but one."""
        with self._plainly():
            try:
                if older_than and _age(self.store.head(_key(sha256))) < older_than:
                    return False
                if older_than:
                    self.store.copy(_key(sha256), f"{ASIDE}/{sha256}")
                else:
                    self.store.head(_key(sha256))
                self.store.delete(_key(sha256))
            except FileNotFoundError:
                return False
        return True

    def forget_cut_off(self, older_than: float) -> int:
        left = 0
        with self._plainly():
            for page in self.store.list(ASIDE, chunk_size=1000):
                if old := [each["path"] for each in page if _age(each) > older_than]:
                    self.store.delete(old)
                    left += len(old)
        return left + forget_scratch(self.scratch, older_than)

    def adopt(self, whole: Path, sha256: str = "") -> Stored:
        return adopted(self, whole, sha256)

    def keep(self, written: Path, sha256: str) -> None:
        """Have a local file's bytes in the bucket, and no longer here. Raises OSError; then nothing has this name that had not."""
        size = written.stat().st_size
        with self._plainly():
            self.store.put(_key(sha256), written, chunk_size=PART, max_concurrency=AT_ONCE)
            if (there := self.store.head(_key(sha256))["size"]) != size:
                raise OSError(f"the bucket {self.name} kept {there} bytes of {size}")
        written.unlink()

    def piece(self, sha256: str, start: int, length: int) -> bytes:
        with self._plainly():
            return bytes(self.store.get_range(_key(sha256), start=start, length=length))

    def _size(self, sha256: str) -> int:
        with self._plainly():
            try:
                return int(self.store.head(_key(sha256))["size"])
            except FileNotFoundError:
                self.store.copy(f"{ASIDE}/{sha256}", _key(sha256))  # swept while it came again
                return int(self.store.head(_key(sha256))["size"])

    @contextlib.contextmanager
    def _plainly(self) -> Iterator[None]:
        """What the library raises as an OSError in words."""
        from obstore.exceptions import BaseError

        try:
            yield
        except FileNotFoundError as error:
            if "NoSuchBucket" in str(error):
                raise OSError(_in_words(self.name, error)) from error
            raise
        except BaseError as error:
            raise OSError(_in_words(self.name, error)) from error


class Fetched(io.RawIOBase):
    """An object, read piece by piece. Who reads it from its first byte to its last is given the last only if all of them are those that
    were stored."""

    def __init__(self, bucket: Bucket, sha256: str, size: int) -> None:
        self.bucket, self.sha256, self.size = bucket, sha256, size
        self._at, self._piece, self._start, self._next = 0, b"", 0, FIRST
        self._digest, self._hashed = hashlib.sha256(), 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self._at = max(0, offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self.size}[whence])
        return self._at

    def readinto(self, buffer: Any) -> int:
        if self._at >= self.size:
            return 0
        if not self._start <= self._at < self._start + len(self._piece):
            self._fetch()
        there = self._piece[self._at - self._start :][: len(buffer)]
        buffer[: len(there)] = there
        self._at += len(there)
        return len(there)

    def _fetch(self) -> None:
        self._start = self._at
        self._piece = self.bucket.piece(self.sha256, self._at, min(self._next, self.size - self._at))
        self._next = min(2 * self._next, PART)
        if self._start == self._hashed:
            self._digest.update(self._piece)
            self._hashed += len(self._piece)
            if self._hashed == self.size and self._digest.hexdigest() != self.sha256:
                raise OSError(f"the bytes of {self.sha256} in the bucket {self.bucket.name} were altered")


def _store(url: str) -> "S3Store":
    from obstore.store import S3Store

    parts = urlsplit(url)
    told = dict(parse_qsl(parts.query))
    endpoint = told.get("endpoint") or os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL", "")
    region = told.get("region") or os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION", "us-east-1")
    config: Any = {"region": region, "checksum_algorithm": "SHA256"} | ({"endpoint": endpoint} if endpoint else {})
    client: Any = CLIENT | {"allow_http": endpoint.startswith("http://")}
    retries: Any = RETRIES
    return S3Store(parts.netloc, prefix=parts.path.strip("/") or None, config=config, client_options=client, retry_config=retries)


def _in_words(bucket: str, error: Exception) -> str:
    from obstore.exceptions import PermissionDeniedError, UnauthenticatedError

    if "NoSuchBucket" in str(error):
        return f"there is no bucket {bucket}"
    if isinstance(error, PermissionDeniedError | UnauthenticatedError):
        return f"these credentials have no right to do this in the bucket {bucket}"
    return f"the bucket {bucket} cannot be reached: {str(error).splitlines()[0][:300]}"


def _key(sha256: str) -> str:
    return f"{sha256[:2]}/{sha256}"


def _age(meta: Any) -> float:
    return (datetime.now(UTC) - meta["last_modified"]).total_seconds()
