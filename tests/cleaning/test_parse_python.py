"""Python of all versions is read as each of them reads it, long files a piece at a time."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codekiln.cleaning.steps.parse import python
from tests.cleaning.parse_examples import GOOD, said


@pytest.mark.parametrize(
    "text",
    [
        "print 'a', b\nprint\nprint >>f, 'c' % d,\n",
        "exec code in scope\nexec 'x = 1'\n",
        "try:\n    pass\nexcept (A, B), e:\n    raise E, 'no', tb\n",
        "x = `a` + 0777 + 10L\nif x <> 1: print x\n",
        "def f(a, (b, c)=(1, 2)): return lambda (x, y): ur'a'\n",
        "async = 1\nfoo(async=True)\ndef await(): pass\nself.async.print()\n",
        "if a:\n        b = 1\n\tc = 2\n".replace("\t", "        "),
        "s = 'C:\\users'\nprint s\n",
        "[x for x in 1, 2]\n",
    ],
)
def test_what_older_pythons_accept_is_kept(text: str) -> None:
    assert said(text, "Python") == ""


@pytest.mark.parametrize(
    "text", ["print 'a\n", "print 'a' 'b')\n", "def f():\nprint 'a'\n", "print 'a'\nx = (1\n", "exec\n  code\n"]
)
def test_broken_files_of_older_pythons_are_dropped(text: str) -> None:
    assert said(text, "Python")


@pytest.mark.parametrize(
    "text",
    [
        "x = f'{a['b']} {f'{c!r:>{d}}'} {{'\n",
        "x = f'{\n  a  # why\n}' + t\"{b}\"\n",
        "def f[T: (int, str), *A](x: T) -> list[T]: ...\nclass B[T = int]: pass\ntype C[T] = dict[str, T]\n",
        "try:\n    pass\nexcept A, B:\n    pass\n",
    ],
)
def test_what_newer_pythons_accept_is_kept(text: str) -> None:
    assert said(text, "Python") == ""


@pytest.mark.parametrize("text", ["x = f'{a['\n", "x = f'{a[0}'\n", "def f[T(x): pass\n", "type A = \n", "x = f'{a'\n"])
def test_broken_files_of_newer_pythons_are_dropped(text: str) -> None:
    assert said(text, "Python")


_DENSE = "".join(f"def f{i}(a):\n" + "    assert a(((1), (2)), [(3), (4)]) == {(5): (6)}\n" * 9 for i in range(800))


@pytest.mark.parametrize(
    ("before", "after", "problem"),
    [
        (_DENSE, "", ""),
        (f'"""{_DENSE}"""\n', "x = 1\n", ""),
        (f"{_DENSE}x = (\n", _DENSE, "line 8001: '(' was never closed"),
        (f"{_DENSE}@decorated(\n", ")\ndef g(): pass\n", ""),
        (_DENSE, "def g(a, a): pass\n", "line 8001: duplicate argument 'a'"),
        (f"x = 1\n{_DENSE}", "global x\n", "line 8002: name 'x' is assigned to before global declaration"),
        (_DENSE, "nonlocal a\n", "line 8001: nonlocal declaration not allowed at module level"),
    ],
)
def test_long_python_is_read_in_pieces_as_if_it_were_one(before: str, after: str, problem: str) -> None:
    found = python.check((before + after).encode())
    assert problem in found and bool(problem) == bool(found)


def test_pieces_of_long_python_take_the_memory_of_one() -> None:
    program = (
        "import resource, sys\n"
        "from codekiln.cleaning.steps.parse import python\n"
        "peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "text = sys.stdin.buffer.read()\n"
        "python.check(text[:100]); before = peak()\n"
        "assert not python.check(text); print(peak() - before)"
    )
    done = subprocess.run([sys.executable, "-c", program], input=_DENSE.encode(), capture_output=True, check=True)
    assert len(_DENSE) > 300_000 and int(done.stdout) < 40_000  # kilobytes; as one it takes more than 100,000


@given(st.lists(st.sampled_from([*GOOD["Python"].splitlines(keepends=True), "def f():\n", "    pass\n", "@x\n"])))
def test_what_pieces_say_is_what_the_whole_says(lines: list[str]) -> None:
    text = "".join(lines)
    whole = python.check(text.encode())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(python, "_PIECE", 8)
        assert python.check(text.encode()) == whole


def test_large_python_is_read_in_the_process_with_bounds() -> None:
    assert said("a = 1\n" * 100_000, "Python") == ""
    assert said("a = 1\n" * 100_000 + "b = (\n", "Python")
