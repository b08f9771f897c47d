"""Opaque identifiers: what leaves the server in place of a primary key."""

import re
import secrets
from functools import lru_cache

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
LENGTH = 22  # 62**22 > 2**128
PATTERN = re.compile(r"[0-9A-Za-z]{22}")


def new_id() -> str:
    """A random identifier of 128 bits, base62, 22 characters."""
    return _base62(secrets.randbits(128))


def is_id(text: object) -> bool:
    """Whether a value could be one of our ids; says nothing of whether it exists."""
    return isinstance(text, str) and PATTERN.fullmatch(text) is not None


@lru_cache(maxsize=5000)
def words(title: str) -> str:
    """The readable tail of a URL: at most eight lower-case words of a title, joined by hyphens; may be empty."""
    return "-".join(re.findall(r"[a-z0-9]+", title.lower())[:8])


def _base62(number: int) -> str:
    digits = []
    for _ in range(LENGTH):
        number, digit = divmod(number, 62)
        digits.append(ALPHABET[digit])
    return "".join(reversed(digits))
