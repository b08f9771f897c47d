"""File names: what a browser or a person says, made harmless wherever it is shown, stored or sent."""

import re
import unicodedata

from portal.kernel.schemas import clean
from portal.kernel.words import gettext as _

LONGEST = 255  # bytes of UTF-8, what file systems take
RESERVED = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³])(\..*)?", re.IGNORECASE)  # names of devices on Windows
UNUSABLE = re.compile(r'[<>:"|?*]')
JOINERS = "\u200c\u200d"  # needed by scripts and emoji; other invisible characters only disguise


def clean_name(told: str) -> str:
    """A usable file name, never empty: one path segment, NFC, without what cannot be seen, at most 255 bytes."""
    name = clean(told).replace("\n", " ").replace("\t", " ")
    name = name.replace("\\", "/").rstrip("/ ").rsplit("/", 1)[-1]
    name = "".join(c for c in name if c in JOINERS or unicodedata.category(c) not in ("Cf", "Co", "Cn", "Zl", "Zp"))
    name = " ".join(UNUSABLE.sub("_", name).split())
    name = name.lstrip(". ").rstrip(". ")
    if not name.strip(JOINERS):
        return _("Unnamed file")
    if RESERVED.fullmatch(name) or name.startswith("-"):
        name = "_" + name
    return _shortened(name, "")


def numbered(name: str, n: int) -> str:
    """The same name for another file: 'Survey (2).pdf'."""
    return _shortened(name, f" ({n})")


def _shortened(name: str, tail: str) -> str:
    """Cut in the middle, so that the ending stays."""
    stem, dot, ending = name.rpartition(".")
    if not stem or len(ending.encode()) > 32:
        stem, dot, ending = name, "", ""
    room = LONGEST - len((tail + dot + ending).encode())
    return stem.encode()[:room].decode(errors="ignore").rstrip() + tail + dot + ending
