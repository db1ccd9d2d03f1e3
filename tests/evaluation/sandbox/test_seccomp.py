from __future__ import annotations

import re
from pathlib import Path

import pytest

from codekiln.evaluation.sandbox import seccomp
from codekiln.evaluation.sandbox.seccomp import _ALLOW, _ARGUMENTS, _AUDIT_ARCH, _ERRNO, _KILL, _assemble
from codekiln.evaluation.sandbox.syscalls import ALL, ALLOWED, COLUMNS, DEADLY, number, numbers

HEADERS = {"x86_64": "/usr/include/x86_64-linux-gnu/asm/unistd_64.h", "aarch64": "/usr/include/asm-generic/unistd.h"}


def run_filter(machine: str, call: int, arguments: tuple[int, ...] = (), arch: int | None = None) -> int:
    """What the kernel would do: BPF as seccomp uses it, interpreted."""
    data = {0: call, 4: _AUDIT_ARCH[machine] if arch is None else arch}
    for i, argument in enumerate([*arguments, *[0] * (6 - len(arguments))]):
        data[_ARGUMENTS + 8 * i] = argument & 0xFFFFFFFF
        data[_ARGUMENTS + 8 * i + 4] = argument >> 32
    code, at, value = _assemble(machine), 0, 0
    while True:
        operation, if_true, if_false, k = code[at]
        at += 1
        if operation == seccomp._LOAD:
            value = data[k]
        elif operation == seccomp._JUMP_EQUAL:
            at += if_true if value == k else if_false
        elif operation == seccomp._JUMP_FROM:
            at += if_true if value >= k else if_false
        else:
            return k


@pytest.mark.parametrize("machine", COLUMNS)
def test_every_call_of_the_tables_is_treated_as_its_table_says(machine: str) -> None:
    for call in numbers(ALLOWED, machine):
        assert run_filter(machine, call) == _ALLOW
    for call in numbers(DEADLY, machine):
        assert run_filter(machine, call) == _KILL


@pytest.mark.parametrize("machine", COLUMNS)
def test_every_other_call_fails(machine: str) -> None:
    known = {row[COLUMNS[machine]] for row in ALL.values()}
    for call in set(range(600)) - known:
        assert run_filter(machine, call) == _ERRNO | 1
    assert run_filter(machine, 0xFFFFFFF) == _ERRNO | 1


def test_the_other_calling_conventions_of_the_machine_kill() -> None:
    assert run_filter("x86_64", 0x40000000 + 39) == _KILL
    assert run_filter("x86_64", 0xFFFFFFFF) == _KILL
    assert run_filter("x86_64", 39, arch=0x40000003) == _KILL  # 32-bit


@pytest.mark.parametrize("machine", COLUMNS)
def test_calls_that_are_partly_allowed_are_so_by_their_arguments(machine: str) -> None:
    def action(name: str, *arguments: int) -> int:
        return run_filter(machine, number(name, machine), arguments)

    assert action("clone", 0x01200011) == _ALLOW
    for flags in (0x3D0F00, 0x01200011 | 0x10000000, 0x4111, 0):
        assert action("clone", flags) == _KILL
    assert action("socket", 1, 1) == _ERRNO | 1
    assert action("socket", 2, 1) == action("socket", 16, 3) == action("socket", 17, 3) == _KILL
    assert action("prctl", 1, 9) == action("prctl", 22, 2) == _ALLOW
    for arguments in ((1, 0), (1, 15), (1, 2), (22, 1), (22, 9), (38, 0), (4, 1)):
        assert action("prctl", *arguments) == _ERRNO | 1
    assert action("fcntl", 5, 3) == _ALLOW
    assert action("fcntl", 0, 8) == _ERRNO | 1  # F_SETOWN
    assert action("ioctl", 0, 0x5412) == _ERRNO | 25  # TIOCSTI
    assert action("prlimit64", 0, 0, 1) == _ALLOW
    assert action("prlimit64", 1, 0, 1) == _ERRNO | 1


@pytest.mark.parametrize("machine", COLUMNS)
def test_the_program_is_one_that_the_kernel_takes(machine: str) -> None:
    code = _assemble(machine)
    assert len(code) < 4096
    for at, (operation, if_true, if_false, _) in enumerate(code):
        assert max(if_true, if_false) <= 255
        if operation != seccomp._RETURN:
            assert at + 1 + max(if_true, if_false) < len(code)


@pytest.mark.parametrize("machine", COLUMNS)
def test_numbers_are_those_of_the_kernel_headers(machine: str) -> None:
    path = Path(HEADERS[machine])
    if not path.exists():
        pytest.skip(f"there is no {path} here: install the kernel's headers")
    known = {name: int(n) for name, n in re.findall(r"#define __NR(?:3264)?_(\w+) (\d+)", path.read_text())}
    known.setdefault("newfstatat", known.get("fstatat", 0))
    for name, row in ALL.items():
        if name in known:
            assert row[COLUMNS[machine]] == known[name], name
