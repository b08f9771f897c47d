"""Passwords: argon2id, and rules after NIST SP 800-63B: length, no well-known words, no names of the place or the person."""

import re
import threading
import unicodedata
from collections.abc import Iterable

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from portal.kernel.errors import Invalid
from portal.kernel.words import gettext as _

SHORTEST, LONGEST = 8, 200  # characters
HASHER = PasswordHash((Argon2Hasher(),))
# Of a password that nobody has: an unknown address costs the same time.
NOBODY = "$argon2id$v=19$m=65536,t=3,p=4$uims/ee+R3/M8DrhUX9Rcg$p9I08WB5uaoGRnfikcKwwsbktiHGLlE3UVOJtI0opJ4"
_at_once = threading.BoundedSemaphore(4)  # each takes 64 MB while it works

_COMMON = """
password passwort passwd motdepasse contrasena senha parola wachtwoord pass secret geheim hallo hello welcome willkommen bienvenue
letmein login logon access admin administrator root superuser user guest test testing demo default changeme changeit temp
master system server computer internet network office company business sales customer client portal support service
qwerty qwertz azerty qwertyuiop qwertzuiop asdfghjkl yxcvbnm zxcvbnm asdf qazwsx qweasd qweasdzxc zaqxsw abcdef abcdefgh abcabc
iloveyou loveyou lovely love babygirl princess prince sunshine flower butterfly rainbow chocolate cookie sweetheart darling angel
dragon monkey tiger panther eagle falcon phoenix shadow ninja samurai warrior killer hunter ranger wizard merlin gandalf
football baseball basketball soccer hockey golfer tennis cricket rugby superman batman spiderman starwars pokemon naruto
michael jennifer jordan michelle daniel jessica ashley thomas charlie andrew robert nicole joshua amanda matthew anthony william
summer winter spring autumn january february march april june july august september october november december monday friday
london paris berlin newyork america canada australia germany france england liverpool chelsea arsenal barcelona realmadrid
trustno whatever freedom forever blessed jesus heaven christ mustang corvette ferrari porsche mercedes toyota yamaha harley
google facebook samsung iphone microsoft windows apple android linkedin youtube correcthorsebatterystaple opensesame
"""
COMMON = frozenset(_COMMON.split())
LEET = str.maketrans("013457@$!", "oleastasi")
RUNS = ("abcdefghijklmnopqrstuvwxyz", "01234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm", "qwertzuiop", "yxcvbnm", "azertyuiop")


def check(password: str, names: Iterable[str], field: str = "password") -> None:
    """Raise Invalid where a password is too short, too long, well known, or little more than one of the names."""
    if len(password) < SHORTEST:
        raise Invalid((field, _("Use at least %(n)s characters. A few words in a row are easy to remember.", n=SHORTEST)))
    if len(password) > LONGEST:
        raise Invalid((field, _("Use at most %(n)s characters.", n=LONGEST)))
    if _is_common(password):
        raise Invalid((field, _("This is among the first that anybody would try. Use a few words that belong to nobody else.")))
    if any(_is_mostly(password, name) for name in names):
        raise Invalid((field, _("This is close to a name of yours or ours. Use something that has nothing to do with either.")))


def hashed(password: str) -> str:
    """The argon2id hash. Takes some 50 ms and 64 MB: never within a transaction."""
    with _at_once:
        return HASHER.hash(_normal(password))


def verified(password: str, kept: str | None) -> tuple[bool, str | None]:
    """Whether it is the password, and a better hash to keep if there is one. Takes as long where there is none to compare."""
    with _at_once:
        right, better = HASHER.verify_and_update(_normal(password), kept or NOBODY)
    return right and kept is not None, better if kept else None


def _normal(password: str) -> str:
    """The same characters however a keyboard composes them."""
    return unicodedata.normalize("NFKC", password)


def _letters(text: str) -> str:
    return re.sub(r"[^a-z]", "", text)


def _is_common(password: str) -> bool:
    low = password.lower()
    if len(set(low)) < 4 or _is_run(low):
        return True
    half = len(low) // 2
    if low[:half] == low[half:] and len(low) < 16:
        return True
    cores = {_letters(low), _letters(low.rstrip("0123456789!?.-_ ").translate(LEET)), _letters(low.translate(LEET))}
    return bool(cores & COMMON) or any(
        core[: len(core) // 2] == core[len(core) // 2 :] and core[: len(core) // 2] in COMMON for core in cores
    )


def _is_run(low: str) -> bool:
    """12345678, qwertyuiop, and the like, forwards or backwards; a few characters more make it no better."""
    covered = 0
    at = 0
    while at < len(low):
        length = max((n for n in range(3, len(low) - at + 1) if _in_run(low[at : at + n])), default=0)
        covered += length
        at += length or 1
    return covered >= len(low) - 2


def _in_run(part: str) -> bool:
    return any(part in run or part in run[::-1] for run in RUNS)


def _is_mostly(password: str, name: str) -> bool:
    """Whether little is left of it without the name's words."""
    rest = _letters(password.lower().translate(LEET))
    was = rest
    for word in [each for each in re.findall(r"[a-z]+", name.lower()) if len(each) > 2]:
        rest = rest.replace(word, "")
    return rest != was and len(rest) < 5
