"""Landlock, asked of the kernel itself: which files a process may open from here on, and all that it starts, whatever they are told."""

import ctypes
import os
import struct
from collections.abc import Iterable

CREATE, ADD, RESTRICT = 444, 445, 446  # system calls, the same on every machine
VERSION, BENEATH = 1, 1
WRITE_FILE, READ_FILE, READ_DIR = 2, 4, 8
REFER, TRUNCATE, IOCTL = 1 << 13, 1 << 14, 1 << 15  # since the kernels' second, third and fifth Landlock
MAKE = 1 << 4 | 1 << 5 | 1 << 7 | 1 << 8 | 1 << 9  # take folders and files away, make them, and sockets; no devices, pipes, links
OF_FILES = WRITE_FILE | READ_FILE | TRUNCATE | IOCTL  # what may be said of a path that is no folder
NETWORK, SCOPE = 3, 3  # bind and connect by TCP; sockets without a name in a folder, and signals, to who is outside


def version() -> int:
    """Which Landlock this kernel has; 0 where it has none, or it is switched off."""
    try:
        libc = ctypes.CDLL(None, use_errno=True)
        return max(0, int(libc.syscall(CREATE, None, ctypes.c_size_t(0), VERSION)))
    except (OSError, AttributeError):
        return 0


def shut(*, read: Iterable[str], write: Iterable[str]) -> None:
    """From here on this thread, and what it starts, opens nothing but these and what is beneath them, and runs no program at all. What
    is not there is left out. Raises OSError where it cannot be had; the caller has given up new privileges (PR_SET_NO_NEW_PRIVS)."""
    known = version()
    if known == 0:
        raise OSError("this kernel has no Landlock")
    handled = (1 << 13) - 1
    for since, right in ((2, REFER), (3, TRUNCATE), (5, IOCTL)):
        handled |= right if known >= since else 0
    rules = struct.pack("QQQ", handled, NETWORK if known >= 4 else 0, SCOPE if known >= 6 else 0)
    libc = ctypes.CDLL(None, use_errno=True)
    ruleset = _asked(libc.syscall(CREATE, rules, ctypes.c_size_t(8 * (1 + (known >= 4) + (known >= 6))), 0))
    try:
        changed = READ_FILE | READ_DIR | WRITE_FILE | MAKE | REFER | TRUNCATE
        for paths, rights in ((read, READ_FILE | READ_DIR), (write, changed)):
            for path in paths:
                _allow(libc, ruleset, path, rights & handled)
        _asked(libc.syscall(RESTRICT, ruleset, 0))
    finally:
        os.close(ruleset)


def _allow(libc: ctypes.CDLL, ruleset: int, path: str, rights: int) -> None:
    try:
        opened = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    try:
        rights &= -1 if os.path.isdir(path) else OF_FILES
        _asked(libc.syscall(ADD, ruleset, BENEATH, struct.pack("=Qi", rights, opened), 0))
    finally:
        os.close(opened)


def _asked(answer: int) -> int:
    if answer < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return answer
