from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from codekiln.core.errors import Unavailable
from codekiln.evaluation.sandbox.outcome import Outcome, Verdict
from codekiln.evaluation.sandbox.pool import LocalSandbox
from codekiln.evaluation.sandbox.probe import PROBES, failures
from codekiln.evaluation.sandbox.program import Limits
from tests.evaluation.conftest import LIMITS
from tests.evaluation.material import is_runner, program

SERVICES = Path(__file__).parents[3] / "services"


@pytest.fixture
def own(tmp_path: Path) -> Iterator[LocalSandbox]:
    """One that a test may break."""
    with LocalSandbox(tmp_path, LIMITS, runners=1) as opened:
        yield opened


def test_verdicts_come_in_the_order_of_programs(tmp_path: Path) -> None:
    bodies = ["return 2", "return 3", "raise ValueError('x')", "import time\ntime.sleep(0.05)\nreturn 2"] * 5
    with LocalSandbox(tmp_path, LIMITS, runners=2) as two:
        outcomes = [verdict.outcome for verdict in two.judge([program(body) for body in bodies])]
    assert outcomes == [Outcome.PASSED, Outcome.FAILED, Outcome.EXCEPTION, Outcome.PASSED] * 5


def test_a_runner_that_dies_is_replaced_and_its_program_judged_again(own: LocalSandbox) -> None:
    for process in psutil.Process(os.getpid()).children():
        if is_runner(process) and str(own._scratch) in scratch_of(process):
            process.kill()
    assert own.judge_one(program("return 2")).outcome is Outcome.PASSED


def test_closing_ends_what_runs_and_removes_its_folder(tmp_path: Path) -> None:
    sandbox = LocalSandbox(tmp_path, Limits(cpu_seconds=60), runners=1)
    sandbox.__enter__()
    runner = next(iter(sandbox._all))._process.pid
    below = psutil.Process(runner).children(recursive=True)
    spinning = threading.Thread(target=spin, args=(sandbox,))
    spinning.start()
    while len(running := psutil.Process(runner).children(recursive=True)) < 4:
        pass
    sandbox.close()
    assert psutil.wait_procs([*below, *running], timeout=10)[1] == []
    spinning.join()
    assert list(tmp_path.iterdir()) == []


def spin(sandbox: LocalSandbox) -> None:
    with contextlib.suppress(Unavailable):
        sandbox.judge_one(program("while True: pass"))


def test_a_killed_worker_leaves_no_process(tmp_path: Path) -> None:
    code = f"""
from pathlib import Path
from codekiln.evaluation.sandbox.pool import LocalSandbox
from codekiln.evaluation.sandbox.program import Limits, Program
with LocalSandbox(Path({str(tmp_path)!r}), Limits(cpu_seconds=60), runners=1) as sandbox:
    print("ready", flush=True)
    sandbox.judge_one(Program("def f(x):\\n    while True: pass\\n", "", "def check(c): c(1)", "f"))
"""
    worker = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, env={"PYTHONPATH": str(SERVICES)})
    assert worker.stdout is not None and worker.stdout.readline() == b"ready\n"
    while len(below := psutil.Process(worker.pid).children(recursive=True)) < 5:
        pass
    worker.kill()
    worker.wait()
    worker.stdout.close()
    assert psutil.wait_procs(below, timeout=10)[1] == []


def test_a_killed_runner_leaves_no_process(own: LocalSandbox) -> None:
    runner = next(iter(own._all))._process
    thread = threading.Thread(target=spin, args=(own,))
    thread.start()
    while len(below := psutil.Process(runner.pid).children(recursive=True)) < 4:
        pass
    runner.kill()
    assert psutil.wait_procs(below, timeout=10)[1] == []
    thread.join()


@pytest.mark.skipif(os.getuid() != 0, reason="only root can become somebody else")
@pytest.mark.parametrize("user", [65534, 0])
def test_it_works_without_privileges_and_as_root_without_capabilities(user: int, tmp_path: Path) -> None:
    tmp_path.chmod(0o777)
    for parent in tmp_path.parents[:3]:
        parent.chmod(parent.stat().st_mode | 0o055)
    code = f"""
from pathlib import Path
from codekiln.evaluation.sandbox.pool import LocalSandbox
from codekiln.evaluation.sandbox.program import Limits, Program
check = "def check(candidate):\\n    assert candidate(1) == 2\\n"
sources = ["return 2", "return 3", "import os; return os.fork() and 2", "open({str(tmp_path / "x")!r}, 'w')"]
with LocalSandbox(Path({str(tmp_path)!r}), Limits(cpu_seconds=1), runners=1) as sandbox:
    for body in sources:
        print(sandbox.judge_one(Program("def f(x):\\n    " + body, "", check, "f")).outcome)
"""
    python = interpreter_that_anybody_may_run()
    result = subprocess.run(
        ["setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups", "--bounding-set=-all", "--inh-caps=-all",
         "--no-new-privs", python, "-P", "-c", code],
        env={"PYTHONPATH": str(SERVICES)}, capture_output=True, text=True, cwd="/",
    )  # fmt: skip
    assert result.stdout.split() == ["passed", "failed", "exception", "exception"], result.stderr


def test_without_landlock_nothing_is_run_and_the_reason_names_it(tmp_path: Path) -> None:
    """In a process whose kernel answers as one without Landlock: a filter makes its calls fail."""
    code = f"""
import errno
from pathlib import Path
from codekiln.core.errors import FailedPrecondition
from codekiln.evaluation.sandbox import seccomp
from codekiln.evaluation.sandbox.linux import MACHINE, PR_SET_NO_NEW_PRIVS, prctl
from codekiln.evaluation.sandbox.pool import LocalSandbox
from codekiln.evaluation.sandbox.syscalls import number
prctl(PR_SET_NO_NEW_PRIVS, 1)
load, jump, end = seccomp._LOAD, seccomp._JUMP_EQUAL, seccomp._RETURN
seccomp._install([(load, 0, 0, 0), (jump, 0, 1, number("landlock_create_ruleset", MACHINE)),
                  (end, 0, 0, seccomp._ERRNO | errno.ENOSYS), (end, 0, 0, seccomp._ALLOW)])
try:
    LocalSandbox(Path({str(tmp_path)!r}), runners=1).__enter__()
except FailedPrecondition as error:
    print(error.reason, error.message)
"""
    result = subprocess.run(
        [sys.executable, "-c", code], env={"PYTHONPATH": str(SERVICES)}, capture_output=True, text=True
    )
    assert result.stdout.startswith("SANDBOX_UNAVAILABLE"), result.stderr
    assert "Landlock ABI 4" in result.stdout
    assert list(tmp_path.iterdir()) == []


def test_an_escape_that_gets_through_is_named() -> None:
    held = [(probe, Verdict(probe.expected)) for probe in PROBES]
    assert failures(held) == []
    broken = [(probe, Verdict(Outcome.PASSED)) for probe in PROBES]
    assert len(failures(broken)) == len(PROBES) - 1
    assert "a socket ended as `passed` instead of `violation`" in failures(broken)


def test_the_runner_holds_nothing_of_its_worker(own: LocalSandbox) -> None:
    runner = psutil.Process(next(iter(own._all))._process.pid)
    environment = Path(f"/proc/{runner.pid}/environ").read_bytes()
    assert environment == b"PYTHONHASHSEED=0\0"
    names = {os.readlink(f"/proc/{runner.pid}/fd/{n}").split(":")[0] for n in os.listdir(f"/proc/{runner.pid}/fd")}
    assert names <= {"pipe", "socket", "/dev/null"}


def scratch_of(process: psutil.Process) -> str:
    return os.readlink(f"/proc/{process.pid}/cwd")


def interpreter_that_anybody_may_run() -> str:
    """The tests' own, if its folders let others in; else the system's, if it is new enough."""
    for python in (sys.executable, "/usr/bin/python3"):
        probe = "import os, sys; print(os.access(sys.executable, os.X_OK) and sys.version_info[:2] >= (3, 11))"
        command = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", python, "-c", probe]
        if subprocess.run(command, capture_output=True, text=True, cwd="/", env={}).stdout == "True\n":
            return python
    pytest.skip("no interpreter here is readable for everybody")
