"""What the child may not do, from before it looks at a byte: use much, write files, start programs, reach a network."""

import contextlib
import ctypes
import os
import platform
import resource
import struct
import sys

MEMORY = 512 << 20  # bytes of address space
SECONDS = 20  # of CPU
NEW_NETWORK, NEW_USER = 0x40000000, 0x10000000
DIE_WITH_PARENT, NO_NEW_RIGHTS, SECCOMP = 1, 38, 22
REFUSED = {  # system calls by machine: socket, connect, execve, execveat, and the number that the machine is known by
    "x86_64": ((41, 42, 59, 322), 0xC000003E),
    "aarch64": ((198, 203, 221, 281), 0xC00000B7),
}


def confine() -> list[str]:
    """Give up what reading needs not; which walls stand: the namespace and the filter where the kernel has them, the limits always."""
    os.nice(10)
    for what, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 32),
    ):
        resource.setrlimit(what, (most, most))
    sys.addaudithook(_refuse)
    walls = ["limits"]
    with contextlib.suppress(OSError, AttributeError):
        libc = ctypes.CDLL(None, use_errno=True)
        libc.prctl(DIE_WITH_PARENT, 9, 0, 0, 0)
        if libc.unshare(NEW_NETWORK) == 0 or libc.unshare(NEW_USER | NEW_NETWORK) == 0:
            walls.append("namespace")
        if libc.prctl(NO_NEW_RIGHTS, 1, 0, 0, 0) == 0 and _filter(libc):
            walls.append("filter")
    return walls


def _refuse(event: str, args: object) -> None:
    if event.startswith(("socket.", "subprocess.", "os.exec", "os.posix_spawn", "os.system", "os.fork")):
        raise PermissionError(event)


def _filter(libc: ctypes.CDLL) -> bool:
    """Have the kernel refuse sockets and new programs, to whatever code runs here. A program of its own small language, four numbers
    a line: load the machine, let others pass; load the call's number; refuse each of ours; allow."""
    calls, machine = REFUSED.get(platform.machine(), ((), 0))
    if not calls:
        return False
    lines = [(0x20, 0, 0, 4), (0x15, 0, len(calls) + 1, machine), (0x20, 0, 0, 0)]
    lines += [(0x15, len(calls) - n, 0, call) for n, call in enumerate(calls)]
    lines += [(0x06, 0, 0, 0x7FFF0000), (0x06, 0, 0, 0x00050001)]  # allow; answer EPERM
    code = b"".join(struct.pack("HBBI", *line) for line in lines)
    held = ctypes.create_string_buffer(code)
    program = struct.pack("HxxxxxxP" if ctypes.sizeof(ctypes.c_void_p) == 8 else "HxxP", len(lines), ctypes.addressof(held))
    told = ctypes.create_string_buffer(program)
    return bool(libc.prctl(SECCOMP, 2, ctypes.byref(told), 0, 0) == 0)
