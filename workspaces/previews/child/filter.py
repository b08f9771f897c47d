"""A filter of system calls (seccomp), written in the kernel's small language: four numbers a line, each refusal beside its question."""

import ctypes
import errno
import platform
import struct

MACHINES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}  # the numbers that the kernel knows them by
NUMBERS = {  # of system calls, on x86_64 and aarch64; those that only one has are None on the other
    "socket": (41, 198),
    "connect": (42, 203),
    "execve": (59, 221),
    "execveat": (322, 281),
    "io_uring_setup": (425, 425),  # it does what others are refused, unseen by a filter
    "fork": (57, None),
    "vfork": (58, None),
    "clone": (56, 220),
    "clone3": (435, 435),
    "ptrace": (101, 117),
    "process_vm_writev": (311, 271),
    "process_vm_readv": (310, 270),
    "kill": (62, 129),
    "unshare": (272, 97),
    "setns": (308, 268),
    "mount": (165, 40),
    "bpf": (321, 280),
    "userfaultfd": (323, 282),
    "perf_event_open": (298, 241),
    "truncate": (76, 45),
    "chmod": (90, None),
    "fchmodat": (268, 53),
    "fchmodat2": (452, 452),
    "chown": (92, None),
    "lchown": (94, None),
    "fchownat": (260, 54),
    "setxattr": (188, 5),
    "lsetxattr": (189, 6),
    "shmget": (29, 194),
    "shmat": (30, 196),
    "msgget": (68, 186),
    "access": (21, None),
    "faccessat": (269, 48),
}
LOAD, EQUAL, AT_LEAST, ANY_BIT, ANSWER = 0x20, 0x15, 0x35, 0x45, 0x06
CALL, MACHINE, ARGUMENTS = 0, 4, 16  # where they lie in what the filter is shown
ALLOW, REFUSE = 0x7FFF0000, 0x00050000
OTHER_NUMBERS = 0x40000000  # on x86_64 the same calls by other numbers begin here
THREAD = 0x10000  # of clone: a thread, no process
WRITING = 2  # of access
HERE, STREAM = 1, 1  # of socket: by a name in a folder; nothing leaves by it before it is connected
SECCOMP, NO_NEW_RIGHTS = 22, 38

REACHING = ("socket", "connect", "execve", "execveat", "io_uring_setup")
HARMING = (
    *("fork", "vfork", "ptrace", "process_vm_readv", "process_vm_writev", "kill", "unshare", "setns", "mount", "bpf", "userfaultfd"),
    *("perf_event_open", "truncate", "chmod", "fchmodat", "fchmodat2", "chown", "lchown", "fchownat", "setxattr", "lsetxattr"),
    *("shmget", "shmat", "msgget"),
)
Line = tuple[int, int, int, int]


def known() -> bool:
    """Whether we know the numbers of this machine's system calls."""
    return platform.machine() in MACHINES


def refuse(names: tuple[str, ...], *, alone: bool = False) -> bool:
    """Have the kernel refuse these calls from here on, to whatever code runs here; with `alone` also every new process, threads aside,
    every socket but one of this machine that nobody is reached by, and the word that something may be written. False where it cannot
    be had."""
    machine = MACHINES.get(platform.machine())
    if machine is None:
        return False
    lines: list[Line] = [(LOAD, 0, 0, MACHINE), (EQUAL, 1, 0, machine), _answer(errno.EPERM), (LOAD, 0, 0, CALL)]
    if platform.machine() == "x86_64":
        lines += [(AT_LEAST, 0, 1, OTHER_NUMBERS), _answer(errno.EPERM)]
    for name in names:
        lines += _if_called(name, [_answer(errno.EPERM)])
    if alone:
        lines += _if_called("clone", _unless(0, ANY_BIT, THREAD, errno.EPERM))
        lines += _if_called("clone3", [_answer(errno.ENOSYS)])  # its flags are out of sight: the C library asks by clone then
        lines += _if_called("socket", [*_unless(0, EQUAL, HERE, errno.EPERM), *_unless(1, EQUAL, STREAM, errno.EPERM)])
        for name, at in (("access", 1), ("faccessat", 2)):
            asked = [(LOAD, 0, 0, ARGUMENTS + 8 * at), (EQUAL, 0, 1, WRITING), _answer(errno.EACCES), (LOAD, 0, 0, CALL)]
            lines += _if_called(name, asked)
    return _install([*lines, (ANSWER, 0, 0, ALLOW)])


def _answer(number: int) -> Line:
    return (ANSWER, 0, 0, REFUSE | number)


def _unless(at: int, question: int, value: int, number: int) -> list[Line]:
    """Answer with that error unless an argument is so."""
    return [(LOAD, 0, 0, ARGUMENTS + 8 * at), (question, 1, 0, value), _answer(number), (LOAD, 0, 0, CALL)]


def _if_called(name: str, then: list[Line]) -> list[Line]:
    number = NUMBERS[name][0 if platform.machine() == "x86_64" else 1]
    return [] if number is None else [(EQUAL, 0, len(then), number), *then]


def _install(lines: list[Line]) -> bool:
    libc = ctypes.CDLL(None, use_errno=True)
    held = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *line) for line in lines))
    program = ctypes.create_string_buffer(struct.pack("HxxxxxxP", len(lines), ctypes.addressof(held)))
    return bool(libc.prctl(NO_NEW_RIGHTS, 1, 0, 0, 0) == 0 and libc.prctl(SECCOMP, 2, ctypes.byref(program), 0, 0) == 0)
