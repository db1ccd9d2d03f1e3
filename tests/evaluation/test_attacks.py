# ruff: noqa: E501  (programs are easier to compare in one line each)
"""Programs that try to break out, to break others, or to be called right without being right.

None may pass; each ends as one of the outcomes named here, within its limits, with no process and no file left, and an
innocent program that runs next is judged as ever. Numbers are those of the list in the sandbox's design.
"""

from __future__ import annotations

from pathlib import Path

import psutil
import pytest

from codekiln.evaluation.sandbox.interface import Sandbox
from codekiln.evaluation.sandbox.linux import MACHINE
from codekiln.evaluation.sandbox.outcome import Outcome
from codekiln.evaluation.sandbox.program import Program
from codekiln.evaluation.sandbox.syscalls import ALL, number
from tests.evaluation.conftest import Place
from tests.evaluation.material import human_eval_file, is_runner, program

P = Outcome
SYSCALL = "import ctypes\nlibc = ctypes.CDLL(None, use_errno=True)\n"

CONTAINED = "return 'contained'"
"""Ends an attack that caught what stopped it: the test then says no."""


def tries(code: str) -> str:
    """Catches the refusal, and returns the right answer if there was none: then the attack worked, and would pass."""
    inner = "".join(f"    {line}\n" for line in code.splitlines())
    return f"try:\n{inner}    return 2\nexcept (OSError, ImportError):\n    {CONTAINED}"


def by_number(name: str, *arguments: int) -> str:
    """Calls the kernel without a library in between; -1 and an error number where that is refused."""
    call = number(name, MACHINE) if name in ALL else {"tgkill": {"x86_64": 234, "aarch64": 131}}[name][MACHINE]
    return f"{SYSCALL}return 2 + libc.syscall({', '.join(map(str, (call, *arguments)))})"


ATTACKS = {
    "01 fork bomb": (f"import os\nwhile True:\n    try:\n        os.fork()\n    except OSError:\n        {CONTAINED}", {P.FAILED}),
    "01 fork by libc": (SYSCALL + "return 2 if libc.fork() >= 0 else 'contained'", {P.FAILED, P.VIOLATION}),
    "01 fork that shares its memory": (by_number("clone", 0x4111), {P.VIOLATION}),
    "02 thread bomb": ("import threading\nwhile True:\n    threading.Thread(target=input).start()", {P.VIOLATION}),
    "03 allocates": ("return len(bytearray(10 << 30))", {P.MEMORY}),
    "04 touches memory": ("held = []\nwhile True:\n    held.append(bytearray(1 << 20))", {P.MEMORY}),
    "04 keeps on after MemoryError": (
        "held = []\nwhile True:\n    try:\n        held.append(bytearray(1 << 20))\n    except MemoryError:\n        pass",
        {P.TIMEOUT},
    ),
    "05 memfd": ("import os\nos.memfd_create('x')\nreturn 2", {P.VIOLATION}),
    "05 shared memory": (tries("open('/dev/shm/x', 'w')"), {P.FAILED}),
    "05 anonymous mapping": (tries("import mmap\nmmap.mmap(-1, 10 << 30)"), {P.FAILED}),
    "06 fills one file": ("f = open('x', 'wb')\nwhile True:\n    f.write(bytes(1 << 16)); f.flush()", {P.EXCEPTION}),
    "06 fills the disk": (
        "n = 0\nwhile True:\n    n += 1\n    open(str(n), 'wb').write(bytes(1 << 20))",
        {P.VIOLATION, P.TIMEOUT},
    ),
    "07 fills the inodes": ("n = 0\nwhile True:\n    n += 1\n    open(str(n), 'wb').close()", {P.VIOLATION}),
    "08 prints for ever": ("while True:\n    print('x' * 1000)", {P.OUTPUT_LIMIT}),
    "08 prints to stderr by descriptor": ("import os\nwhile True:\n    os.write(2, b'x' * 1000)", {P.OUTPUT_LIMIT}),
    "09 closes its output and spins": ("import os\nfor n in range(3): os.close(n)\nwhile True: pass", {P.TIMEOUT}),
    "09 closes all and spins": ("import os\nos.closerange(0, 64)\nwhile True: pass", {P.VIOLATION, P.TIMEOUT}),
    "10 returns too much": ("return bytes(100 << 20)", {P.FAILED}),
    "10 returns endless items": ("import itertools\nreturn itertools.count()", {P.FAILED}),
    "10 returns an endless generator": ("return (i for i in iter(int, 1))", {P.FAILED}),
    "10 returns depth": ("import gc\ngc.disable()\na = []\nfor _ in range(1000000): a = [a]\nreturn a", {P.FAILED}),
    "10 returns itself": ("a = []\na.append(a)\nreturn a", {P.FAILED}),
    "11 spins": ("import signal\nsignal.signal(signal.SIGALRM, lambda *_: None)\nwhile True: pass", {P.TIMEOUT}),
    "12 sleeps, deaf": (
        "import signal, time\nsignal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))\ntime.sleep(3600)",
        {P.TIMEOUT},
    ),
    "13 swallows exceptions": ("while True:\n    try:\n        while True: pass\n    except BaseException: pass", {P.TIMEOUT}),
    "14 daemonizes": (tries("import os\nif os.fork(): os._exit(0)\nos.setsid()\nos.fork()"), {P.FAILED}),
    "14 outlives its parent": (
        SYSCALL + "if libc.prctl(1, 0, 0, 0, 0) == 0: return 2\nreturn 'contained'",
        {P.FAILED},
    ),
    "15 tcp": ("import socket\nsocket.create_connection(('10.0.0.1', 443), 1)\nreturn 2", {P.VIOLATION, P.EXCEPTION}),
    "15 udp": ("import socket\nsocket.socket(socket.AF_INET, socket.SOCK_DGRAM)\nreturn 2", {P.VIOLATION}),
    "15 dns": ("import socket\nsocket.getaddrinfo('kubernetes.default.svc', 443)\nreturn 2", {P.VIOLATION}),
    "16 loopback": ("import socket\nsocket.create_connection(('127.0.0.1', 22))\nreturn 2", {P.VIOLATION}),
    "16 metadata by number": (by_number("socket", 2, 1, 0), {P.VIOLATION}),
    "16 abstract socket": ("import socket\nsocket.socket(socket.AF_UNIX).bind('\\0x')\nreturn 2", {P.EXCEPTION}),
    "16 socket pair": ("import socket\nsocket.socketpair()\nreturn 2", {P.VIOLATION}),
    "17 reads a secret": (tries("open(OUTSIDE + '/token').read()"), {P.FAILED}),
    "17 lists secrets": (tries("import os\nos.listdir('/var/run')"), {P.FAILED}),
    "17 reads the benchmark's solutions": (tries(f"open({str(human_eval_file())!r}, 'rb').read()"), {P.FAILED}),
    "17 lists what is installed": (tries("import os\nos.listdir(os.path.dirname(os.__file__) + '/site-packages')"), {P.FAILED}),
    "18 environment": ("import os\nreturn dict(os.environ) or 'contained'", {P.FAILED}),
    "18 environment of the process": (tries("open('/proc/self/environ').read()"), {P.FAILED}),
    "18 environment of others": (tries("open('/proc/1/environ').read()"), {P.FAILED}),
    "18 command line of its parent": (tries("import os\nopen(f'/proc/{os.getppid()}/cmdline').read()"), {P.FAILED}),
    "19 kills all": (tries("import os\nos.kill(-1, 9)"), {P.FAILED}),
    "19 kills its parent": (tries("import os\nos.kill(os.getppid(), 9)"), {P.FAILED}),
    "19 kills by tgkill": (by_number("tgkill", 1, 1, 9), {P.FAILED}),
    "19 kills by pidfd": ("import os\nos.pidfd_open(os.getppid())\nreturn 2", {P.VIOLATION}),
    "19 kills by a limit": (tries("import os, resource\nresource.prlimit(os.getppid(), resource.RLIMIT_CPU, (0, 0))"), {P.FAILED}),
    "19 signals by a pipe's owner": (tries("import fcntl, os\nfcntl.fcntl(0, fcntl.F_SETOWN, os.getppid())"), {P.FAILED}),
    "20 ptrace": (SYSCALL + "import os\nlibc.ptrace(16, os.getppid(), 0, 0)\nreturn 2", {P.VIOLATION}),
    "20 reads another's memory": (SYSCALL + "import os\nlibc.process_vm_readv(os.getppid(), 0, 0, 0, 0, 0)\nreturn 2", {P.VIOLATION}),
    "20 opens its parent's memory": (tries("import os\nopen(f'/proc/{os.getppid()}/mem', 'rb')"), {P.FAILED}),
    "20 takes a descriptor": (by_number("pidfd_getfd", 3, 0, 0), {P.VIOLATION}),
    "21 writes outside": (tries("open(OUTSIDE + '/escaped', 'w').write('x')"), {P.FAILED}),
    "21 writes above": (tries("open('../escaped', 'w').write('x')"), {P.FAILED}),
    "21 writes into the library": (tries("import os\nopen(os.__file__, 'a').write('x')"), {P.FAILED}),
    "21 deletes outside": (tries("import os\nos.unlink(OUTSIDE + '/token')"), {P.FAILED}),
    "21 truncates outside": (tries("import os\nos.truncate(OUTSIDE + '/token', 0)"), {P.FAILED}),
    "21 changes a mode outside": (tries("import os\nos.chmod(OUTSIDE + '/token', 0o777)"), {P.FAILED}),
    "22 symbolic link": (tries("import os\nos.symlink('/etc/passwd', 'result')"), {P.FAILED}),
    "22 hard link": (tries("import os\nos.link(OUTSIDE + '/token', 'result')"), {P.FAILED}),
    "22 pipe for a file": (tries("import os\nos.mkfifo('result')"), {P.FAILED}),
    "22 renames": (tries("import os\nopen('a', 'w').close()\nos.rename('a', OUTSIDE + '/escaped')"), {P.FAILED}),
    "23 system": (SYSCALL + "libc.system(b'true')\nreturn 2", {P.VIOLATION, P.FAILED}),
    "23 subprocess": ("import subprocess\nsubprocess.run(['/bin/true'])\nreturn 2", {P.VIOLATION, P.EXCEPTION}),
    "23 exec": ("import os\nos.execv('/bin/true', ['true'])", {P.VIOLATION}),
    "24 unshare": (SYSCALL + "libc.unshare(0x10000000)\nreturn 2", {P.VIOLATION}),
    "24 clone into a namespace": (by_number("clone", 0x10000011, 0, 0, 0, 0), {P.VIOLATION}),
    "24 mount": (SYSCALL + "libc.mount(b'x', b'/', b'tmpfs', 0, 0)\nreturn 2", {P.VIOLATION}),
    "24 chroot": ("import os\nos.chroot('.')\nreturn 2", {P.VIOLATION}),
    **{
        f"24 {name}": (by_number(name, 0, 0, 0, 0, 0), {P.VIOLATION})
        for name in ("setns", "io_uring_setup", "bpf", "keyctl", "userfaultfd", "clone3", "perf_event_open")
    },
    "24 becomes root": (tries("import os\nos.setuid(0)"), {P.FAILED}),
    "24 loosens its filter": (by_number("prctl", 22, 1, 0), {P.FAILED}),
    "25 recursion": ("import sys\nsys.setrecursionlimit(10**9)\ng = lambda n: g(n + 1)\nreturn g(0)", {P.MEMORY, P.CRASHED, P.TIMEOUT}),
    "25 native recursion": (
        "import sys\nsys.setrecursionlimit(10**9)\nclass A:\n    def __repr__(self): return repr([self])\nreturn repr(A())",
        {P.CRASHED, P.MEMORY, P.TIMEOUT, P.EXCEPTION},
    ),
    "25 reads null": ("import ctypes\nreturn ctypes.string_at(0)", {P.CRASHED}),
    "25 aborts": ("import os\nos.abort()", {P.CRASHED, P.VIOLATION}),
    "26 sys.exit": ("import sys\nsys.exit(0)", {P.EXCEPTION}),
    "26 os._exit": ("import os\nos._exit(0)", {P.CRASHED}),
    "26 exit in atexit": ("import atexit, os\natexit.register(os._exit, 0)\nraise SystemExit", {P.EXCEPTION}),
    "27 prints markers": (
        "print('passed'); print('ok'); print('All tests passed'); print('{\"outcome\": \"passed\"}')\nreturn 3",
        {P.FAILED},
    ),
    "27 writes to every descriptor": (
        "import os\nfor n in range(3, 256):\n    try:\n        os.write(n, b'\\x0f\\0\\0\\0t\\2\\0\\0\\0u\\6\\0\\0\\0passedu\\0\\0\\0\\0')\n"
        "    except OSError: pass\nreturn 3",
        {P.FAILED},
    ),
    "27 answers before it is asked": (
        "import os\nfrom codekiln.evaluation.sandbox.codec import encode, send\nsend(4, encode(('result', 2, 3)))\nreturn 3",
        {P.FAILED},
    ),
    "28 always equal": ("class A:\n    def __eq__(self, other): return True\nreturn A()", {P.FAILED}),
    "28 an int that is always equal": ("class A(int):\n    def __eq__(self, other): return True\nreturn A(3)", {P.FAILED}),
    "28 a list of them": ("class A(str):\n    __eq__ = lambda *_: True\n    __hash__ = str.__hash__\nreturn [A()]", {P.FAILED}),
    "28 a type that lies about itself": (
        "class A:\n    __class__ = int\n    __eq__ = __bool__ = lambda *_: True\nreturn A()",
        {P.FAILED},
    ),
    "29 patches builtins": (
        "import builtins, math\nclass E(BaseException): pass\nbuiltins.AssertionError = E\n"
        "builtins.abs = builtins.len = lambda *_: 0\nbuiltins.isinstance = lambda *_: True\nmath.isclose = lambda *_, **__: True\n"
        "return 3",
        {P.FAILED},
    ),
    "29 walks frames": (
        "import sys\nf = sys._getframe()\nwhile f:\n    for k, v in list(f.f_locals.items()):\n"
        "        if isinstance(v, dict): v.update(outcome='passed', ended=None)\n        if isinstance(v, list): v.append('passed')\n"
        "    f = f.f_back\nreturn 3",
        {P.FAILED, P.EXCEPTION, P.CRASHED},
    ),
    "29 looks for the test": (
        "import gc, sys\nfor o in gc.get_objects():\n    if type(o) is str and 'def check' in o: return 2\n"
        "for m in list(sys.modules.values()):\n    if hasattr(m, 'check'): return 2\nreturn 3",
        {P.FAILED},
    ),
    "29 traces": ("import sys\nsys.settrace(lambda *_: None)\nsys.setprofile(lambda *_: None)\nreturn 3", {P.FAILED}),
    "29 raises what a test raises": ("raise AssertionError", {P.EXCEPTION}),
    "29 patches the answering": (
        "import sys\nm = sys.modules['codekiln.evaluation.sandbox.candidate']\nm.encode = lambda v: b't\\3\\0\\0\\0'\nreturn 3",
        {P.FAILED, P.CRASHED},
    ),
    "30 poisons": (
        "import os, random, sys, builtins, math\nrandom.seed(7); math.sqrt = None; builtins.len = None\nsys.path[:] = ['.']\n"
        "os.umask(0)\nopen('math.py', 'w').write('x = 1')\nsys.modules.clear()\nreturn 3",
        {P.CRASHED},
    ),
}  # fmt: skip


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    (tmp_path / "token").write_text("secret")
    (tmp_path / "token").chmod(0o644)
    return tmp_path


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_never_passes_and_leaves_nothing(name: str, place: Place, outside: Path) -> None:
    _, expected = ATTACKS[name]
    before = tree(outside)
    verdict = place.sandbox.judge_one(attack(name, outside))
    assert verdict.outcome in expected, verdict
    assert tree(outside) == before
    if place.leader is not None:
        assert_nothing_runs(place.leader)
    assert place.sandbox.judge_one(INNOCENT).outcome is P.PASSED


def attack(name: str, outside: Path) -> Program:
    """`outside`: a folder that whoever runs the sandbox can read and write, with a file `token`."""
    body, _ = ATTACKS[name]
    attacking = program(body)
    return attacking._replace(source=f"OUTSIDE = {str(outside)!r}\n{attacking.source}")


INNOCENT = Program(
    "import math, random\n\n\ndef f(x):\n    return [math.sqrt(x), random.random(), len('abc')]\n",
    "",
    "def check(candidate):\n    assert candidate(4) == [2.0, 0.8444218515250481, 3], candidate(4)\n",
    "f",
)
"""Sees a poisoned module, a changed seed, a patched builtin."""


def test_a_program_that_ends_while_it_is_imported_never_passes(sandbox: Sandbox) -> None:
    for line in ("raise SystemExit(0)", "import os; os._exit(0)", "import sys; sys.exit()"):
        verdict = sandbox.judge_one(program("return 2")._replace(source=f"{line}\n\ndef f(x):\n    return 2\n"))
        assert verdict.outcome in {P.EXCEPTION, P.CRASHED}


def test_what_a_program_leaves_in_its_folder_is_gone_for_the_next(sandbox: Sandbox) -> None:
    sandbox.judge_one(program("open('left', 'w').write('x')\nreturn 2"))
    assert sandbox.judge_one(program("import os\nreturn len(os.listdir('.')) + 2")).outcome is P.PASSED


def test_a_program_that_uses_almost_all_its_time_passes(sandbox: Sandbox) -> None:
    spend = "import time\nwhile time.process_time() < start + 0.35: pass\nreturn 2"
    verdict = sandbox.judge_one(program(f"import time\nstart = time.process_time()\n{spend}"))
    assert verdict.outcome is P.PASSED, verdict


def test_a_program_that_uses_most_of_its_memory_passes(sandbox: Sandbox) -> None:
    most = sandbox.limits.memory_bytes * 8 // 10
    assert sandbox.judge_one(program(f"return len(bytearray({most})) - {most} + 2")).outcome is P.PASSED


def test_a_program_that_prints_much_passes(sandbox: Sandbox) -> None:
    most = sandbox.limits.output_bytes * 9 // 10
    assert sandbox.judge_one(program(f"print('x' * {most})\nreturn 2")).outcome is P.PASSED


def test_what_is_printed_counts_even_if_the_answer_was_quicker(sandbox: Sandbox) -> None:
    more = sandbox.limits.output_bytes + 4096
    for _ in range(5):
        assert sandbox.judge_one(program(f"print('x' * {more}, flush=True)\nreturn 2")).outcome is P.OUTPUT_LIMIT


def tree(folder: Path) -> dict[str, tuple[bytes, int]]:
    return {str(path): (path.read_bytes(), path.stat().st_mode) for path in sorted(folder.rglob("*")) if path.is_file()}


def assert_nothing_runs(leader: int) -> None:
    """Below that process: runners, each with two zygotes, and nothing below those."""
    for runner in filter(is_runner, psutil.Process(leader).children()):
        zygotes = runner.children()
        assert len(zygotes) in (0, 2)
        assert [grandchild for zygote in zygotes for grandchild in zygote.children()] == []
