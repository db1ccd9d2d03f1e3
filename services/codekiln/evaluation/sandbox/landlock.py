"""Landlock: what a jailed process may open (landlock(7)), and that it may neither connect nor signal outwards.

ABI 4 (Linux 6.7) is the least: it has truncation (3) and TCP (4). From 6 on, signals and abstract sockets are scoped.
"""

from __future__ import annotations

import os
import stat
import struct
from collections.abc import Iterable

from codekiln.evaluation.sandbox.linux import syscall

LEAST_ABI = 4

_WRITE_FILE, _READ_FILE, _READ_DIR, _REMOVE_FILE, _MAKE_REG, _TRUNCATE = 1 << 1, 1 << 2, 1 << 3, 1 << 5, 1 << 8, 1 << 14
_FILE_RIGHTS = {4: (1 << 15) - 1, 5: (1 << 16) - 1}
"""All rights on files that an ABI knows; 5 added ioctl on devices."""
_NETWORK = 0b11  # bind and connect of TCP
_SCOPE = 0b11  # abstract unix sockets, signals
_RULE_PATH_BENEATH = 1

READ = _READ_FILE | _READ_DIR
SCRATCH = READ | _WRITE_FILE | _MAKE_REG | _REMOVE_FILE | _TRUNCATE
"""Plain files, flat: no directories, links, devices or pipes."""
_FOR_FILES = _READ_FILE | _WRITE_FILE | _TRUNCATE


def abi() -> int:
    """The kernel's version of Landlock; 0 where it has none or it is switched off."""
    try:
        return syscall("landlock_create_ruleset", None, 0, 1)  # LANDLOCK_CREATE_RULESET_VERSION
    except (OSError, KeyError):
        return 0


def restrict_self(readable: Iterable[str], scratch: str | None) -> None:
    """For the calling process, its children, and for good: `readable` may be read, `scratch` be used for plain files,
    all else not be opened at all. Needs no_new_privs. Raises OSError."""
    version = abi()
    rights = _FILE_RIGHTS[min(version, 5)]
    attributes = struct.pack("QQQ", rights, _NETWORK, _SCOPE) if version >= 6 else struct.pack("QQ", rights, _NETWORK)
    ruleset = syscall("landlock_create_ruleset", attributes, len(attributes), 0)
    try:
        for path in readable:
            _allow(ruleset, path, READ)
        if scratch is not None:
            _allow(ruleset, scratch, SCRATCH)
        syscall("landlock_restrict_self", ruleset, 0)
    finally:
        os.close(ruleset)


def _allow(ruleset: int, path: str, rights: int) -> None:
    descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        if not stat.S_ISDIR(os.fstat(descriptor).st_mode):
            rights &= _FOR_FILES
        syscall("landlock_add_rule", ruleset, _RULE_PATH_BENEATH, struct.pack("=Qi", rights, descriptor), 0)
    finally:
        os.close(descriptor)
