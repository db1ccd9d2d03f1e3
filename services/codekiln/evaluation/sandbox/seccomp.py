"""The system call filter of jailed processes: a BPF program for seccomp(2), made from the tables of syscalls.py.

A zygote and its children share it, so it allows fork(3); children lose that by a limit or by `forbid_fork`. Signals to
anybody, even to oneself, fail with EPERM: who must kill is outside. The program is a binary search over call numbers:
some seven comparisons a call, and none for calls that are always allowed, which the kernel keeps in a bitmap.
"""

from __future__ import annotations

import ctypes
import errno
import signal
import struct

from codekiln.evaluation.sandbox.linux import MACHINE, PR_SET_PDEATHSIG, PR_SET_SECCOMP, prctl
from codekiln.evaluation.sandbox.syscalls import ALLOWED, DEADLY, PARTLY, number, numbers

_KILL, _ERRNO, _ALLOW = 0x80000000, 0x00050000, 0x7FFF0000  # SECCOMP_RET_KILL_PROCESS, _ERRNO, _ALLOW
_LOAD, _JUMP_EQUAL, _JUMP_FROM, _RETURN = 0x20, 0x15, 0x35, 0x06  # BPF_LD|W|ABS, JMP|JEQ|K, JMP|JGE|K, RET|K
_NR, _ARCH, _ARGUMENTS = 0, 4, 16  # offsets in struct seccomp_data
_AUDIT_ARCH = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_FILTER_MODE = 2
_AF_UNIX = 1
_X32 = 0x40000000

_FORK = (0x01200011, 0x11)
"""Flags of fork(3): CLONE_CHILD_CLEARTID, CLONE_CHILD_SETTID and SIGCHLD, or SIGCHLD alone. No thread, no namespace."""
_FCNTL = (0, 1, 2, 3, 4, 5, 6, 7, 1030, 1032)
"""F_DUPFD, F_GETFD, F_SETFD, F_GETFL, F_SETFL, F_GETLK, F_SETLK, F_SETLKW, F_DUPFD_CLOEXEC, F_GETPIPE_SZ. Not F_SETOWN:
it sends signals to others."""
_IOCTL = (0x5401, 0x541B, 0x5450, 0x5451)
"""TCGETS (isatty), FIONREAD, FIONCLEX, FIOCLEX."""

_Code = list[tuple[int, int, int, int]]


def install_filter() -> None:
    """For the calling process, its children, and for good. Needs no_new_privs. Raises OSError."""
    _install(_assemble(MACHINE))


def forbid_fork() -> None:
    """On top of the filter, the one call that a zygote needs and its children must not have. Fails like a limit."""
    refuse = _end(_ERRNO | errno.EAGAIN)
    clone = number("clone", MACHINE)
    _install([(_LOAD, 0, 0, _NR), (_JUMP_EQUAL, 0, 1, clone), *refuse, *_end(_ALLOW)])


def _install(code: _Code) -> None:
    packed = bytearray(b"".join(struct.pack("=HBBI", *instruction) for instruction in code))
    buffer = (ctypes.c_char * len(packed)).from_buffer(packed)
    prctl(PR_SET_SECCOMP, _FILTER_MODE, _Program(len(code), ctypes.addressof(buffer)))


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))


def _assemble(machine: str) -> _Code:
    head = [(_LOAD, 0, 0, _ARCH), (_JUMP_EQUAL, 1, 0, _AUDIT_ARCH[machine]), *_end(_KILL), (_LOAD, 0, 0, _NR)]
    return head + _search(_ranges(_leaves(machine), machine))


def _leaves(machine: str) -> dict[int, _Code]:
    """What happens at each call number: everything absent fails with EPERM."""
    partly = {
        "socket": _no_socket(),
        "clone": _only(0, _FORK, _KILL),
        "prctl": _tightening(),
        "fcntl": _only(1, _FCNTL, _ERRNO | errno.EPERM),
        "ioctl": _only(1, _IOCTL, _ERRNO | errno.ENOTTY),
        "prlimit64": _only(0, (0,), _ERRNO | errno.EPERM),  # of itself; it cannot raise what it finds
    }
    if partly.keys() != PARTLY.keys():
        raise AssertionError("a call of the table PARTLY has no rule")
    leaves = {n: _end(_ALLOW) for n in numbers(ALLOWED, machine)}
    leaves.update({n: _end(_KILL) for n in numbers(DEADLY, machine)})
    leaves.update({number(name, machine): code for name, code in partly.items()})
    return leaves


def _ranges(leaves: dict[int, _Code], machine: str) -> list[tuple[int, _Code]]:
    """Sorted starts; each range reaches to the next start. Neighbours that end the same way are one range."""
    refuse = _end(_ERRNO | errno.EPERM)
    points = {0: refuse, **{n + 1: refuse for n in leaves}, **leaves}
    if machine == "x86_64":
        points[_X32] = _end(_KILL)  # the other calling convention of the same machine, with numbers of its own
    ranges: list[tuple[int, _Code]] = []
    for n, code in sorted(points.items()):
        if not ranges or ranges[-1][1] != code:
            ranges.append((n, code))
    return ranges


def _search(ranges: list[tuple[int, _Code]]) -> _Code:
    if len(ranges) == 1:
        return ranges[0][1]
    middle = len(ranges) // 2
    below, above = _search(ranges[:middle]), _search(ranges[middle:])
    if len(below) > 255:
        raise AssertionError("a jump of the filter is too far for BPF")
    return [(_JUMP_FROM, len(below), 0, ranges[middle][0]), *below, *above]


def _end(action: int) -> _Code:
    return [(_RETURN, 0, 0, action)]


def _only(argument: int, values: tuple[int, ...], otherwise: int) -> _Code:
    """Allows the call where the low half of an argument (an int to the kernel) is one of the values."""
    checks = [(_JUMP_EQUAL, len(values) - i, 0, value) for i, value in enumerate(values)]
    return [(_LOAD, 0, 0, _ARGUMENTS + 8 * argument), *checks, *_end(otherwise), *_end(_ALLOW)]


def _no_socket() -> _Code:
    """socket(2): AF_UNIX fails, since looking up a user's home begins so; all else is an attempt at the network."""
    return [(_LOAD, 0, 0, _ARGUMENTS), (_JUMP_EQUAL, 0, 1, _AF_UNIX), *_end(_ERRNO | errno.EPERM), *_end(_KILL)]


def _tightening() -> _Code:
    """prctl that sets, and never unsets, death with the parent, or adds a filter."""
    return [
        *[(_LOAD, 0, 0, _ARGUMENTS), (_JUMP_EQUAL, 0, 2, PR_SET_PDEATHSIG)],
        *[(_LOAD, 0, 0, _ARGUMENTS + 8), (_JUMP_EQUAL, 3, 4, signal.SIGKILL)],
        *[(_JUMP_EQUAL, 0, 3, PR_SET_SECCOMP)],
        *[(_LOAD, 0, 0, _ARGUMENTS + 8), (_JUMP_EQUAL, 0, 1, _FILTER_MODE)],
        *_end(_ALLOW),
        *_end(_ERRNO | errno.EPERM),
    ]
