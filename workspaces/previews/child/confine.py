"""What the child may not do, from before it looks at a byte: use much, write files, start programs, reach a network."""

import contextlib
import ctypes
import os
import resource
import sys

from workspaces.previews.child import filter, landlock

MEMORY = 512 << 20  # bytes of address space
SECONDS = 20  # of CPU
PRINTING, PRINTING_SECONDS, LONGEST = 1 << 30, 40, 64 << 20  # the same of who prints, and bytes of a file that it writes
NEW_NETWORK, NEW_USER, NEW_IPC = 0x40000000, 0x10000000, 0x08000000
DIE_WITH_PARENT, NO_NEW_RIGHTS = 1, 38


def confine() -> list[str]:
    """Give up what reading needs not; which walls stand: the namespace and the filter where the kernel has them, the limits always."""
    _limit(MEMORY, SECONDS, written=0, files=32)
    sys.addaudithook(_refuse)
    walls = ["limits"]
    with contextlib.suppress(OSError, AttributeError):
        if _without_network():
            walls.append("namespace")
        if filter.refuse(filter.REACHING):
            walls.append("filter")
    return walls


def confine_to(scratch: str, libraries: list[str]) -> None:
    """For who prints: of all files there are only these to be read, and the scratch folder to be written. No program is started, no
    process, nobody is reached. OSError where one of these walls cannot be had: then nothing is printed."""
    _limit(PRINTING, PRINTING_SECONDS, written=LONGEST, files=256)
    _without_network()
    ctypes.CDLL(None).prctl(NO_NEW_RIGHTS, 1, 0, 0, 0)
    landlock.shut(read=libraries, write=[scratch])
    if not filter.refuse(tuple(name for name in filter.REACHING if name != "socket") + filter.HARMING, alone=True):
        raise OSError("this kernel filters no system calls")


def _limit(memory: int, seconds: int, *, written: int, files: int) -> None:
    os.nice(10)
    for what, most in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_FSIZE, written),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, files),
    ):
        resource.setrlimit(what, (most, most))


def _without_network() -> bool:
    """Die with the parent, in a network of our own where the kernel lets us."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(DIE_WITH_PARENT, 9, 0, 0, 0)
    return libc.unshare(NEW_USER | NEW_NETWORK | NEW_IPC) == 0 or libc.unshare(NEW_NETWORK) == 0


def _refuse(event: str, args: object) -> None:
    if event.startswith(("socket.", "subprocess.", "os.exec", "os.posix_spawn", "os.system", "os.fork")):
        raise PermissionError(event)
