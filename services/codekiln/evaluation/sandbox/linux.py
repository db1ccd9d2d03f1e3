"""The few kernel calls that Python has no function for, by ctypes. Linux on x86-64 and arm64."""

from __future__ import annotations

import contextlib
import ctypes
import os
import struct

from codekiln.evaluation.sandbox.syscalls import number

PR_SET_PDEATHSIG = 1
PR_SET_DUMPABLE = 4
PR_GET_SECCOMP = 21
PR_SET_SECCOMP = 22
PR_SET_CHILD_SUBREAPER = 36
PR_SET_NO_NEW_PRIVS = 38

_NOBODY = 65534
MACHINE = os.uname().machine
_SIGKILL = 9
_libc = ctypes.CDLL(None, use_errno=True)
_prctl = ctypes.CDLL(None).prctl
_prctl.argtypes = (ctypes.c_int, ctypes.c_ulong)
"""For every child: what a call touches after a fork is copied, and `prctl` below touches five times as much."""


def prctl(option: int, *arguments: object) -> None:
    """prctl(2). Raises OSError."""
    words = [argument if isinstance(argument, int) else ctypes.addressof(argument) for argument in arguments]  # type: ignore[arg-type]
    words += [0] * (4 - len(words))
    if _libc.prctl(option, *[ctypes.c_ulong(word) for word in words]) == -1:
        raise _error(f"prctl({option})")


def syscall(name: str, *arguments: int | bytes | None) -> int:
    """The system call of that name. Raises OSError."""
    words = [ctypes.c_long(a) if isinstance(a, int) else a for a in arguments]
    result: int = _libc.syscall(ctypes.c_long(number(name, MACHINE)), *words)
    if result == -1:
        raise _error(name)
    return result


def die_with_parent(parent: int) -> None:
    """Has the kernel kill this process when `parent`, which forked it, dies."""
    _prctl(PR_SET_PDEATHSIG, _SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def give_up_privileges() -> None:
    """For good: no capability remains and no exec brings one back. Root keeps its files but becomes nobody by its real
    id, since limits on the number of processes do not bind user 0."""
    if os.getuid() == 0:
        with contextlib.suppress(OSError):  # not among its capabilities: jail.py then forbids forks by a filter
            os.setresuid(_NOBODY, -1, -1)
    header = struct.pack("Ii", 0x20080522, 0)  # _LINUX_CAPABILITY_VERSION_3, this process
    syscall("capset", header, bytes(24))
    prctl(PR_SET_NO_NEW_PRIVS, 1)
    prctl(PR_SET_DUMPABLE, 0)  # no core, and nobody else may look into this process


def _error(what: str) -> OSError:
    code = ctypes.get_errno()
    return OSError(code, f"{what}: {os.strerror(code)}")
