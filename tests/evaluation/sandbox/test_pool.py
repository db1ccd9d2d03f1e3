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

from codekiln.core.errors import Internal, Unavailable
from codekiln.evaluation.sandbox.outcome import Outcome, Verdict
from codekiln.evaluation.sandbox.pool import Sandbox
from codekiln.evaluation.sandbox.probe import PROBES, failures
from codekiln.evaluation.sandbox.program import Limits, Program
from tests.evaluation.conftest import LIMITS
from tests.evaluation.material import ADD, DOUBLE, program

SERVICES = Path(__file__).parents[3] / "services"


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Sandbox]:
    """One that a test may break."""
    with Sandbox(tmp_path, LIMITS, runners=1) as opened:
        yield opened


def test_verdicts_come_in_the_order_of_programs(tmp_path: Path) -> None:
    bodies = ["return 2", "return 3", "raise ValueError('x')", "import time\ntime.sleep(0.05)\nreturn 2"] * 5
    with Sandbox(tmp_path, LIMITS, runners=2) as two:
        outcomes = [verdict.outcome for verdict in two.judge([program(body) for body in bodies])]
    assert outcomes == [Outcome.PASSED, Outcome.FAILED, Outcome.EXCEPTION, Outcome.PASSED] * 5


def test_the_same_program_has_the_same_verdict_in_every_run(sandbox: Sandbox) -> None:
    body = "import random\nraise ValueError(list({'a', 'b', 'c'}), random.random(), hash('a'), object())"
    verdicts = {sandbox.judge_one(program(body))[:2] for _ in range(5)}
    assert len(verdicts) == 1
    with_other_runner = next(iter(verdicts))
    sandbox.judge_one(program("import os\nos.memfd_create('x')"))  # a violation: the runner is replaced
    assert sandbox.judge_one(program(body))[:2] == with_other_runner


@pytest.mark.parametrize("problem", [ADD, DOUBLE], ids=lambda problem: problem.task_id)
def test_a_right_solution_passes(problem: object, sandbox: Sandbox) -> None:
    assert isinstance(problem, type(ADD))
    assert sandbox.judge_one(problem.program(problem.canonical_solution)).outcome is Outcome.PASSED


def test_a_test_uses_the_prompts_helpers_and_not_the_candidates(sandbox: Sandbox) -> None:
    cheat = "    return 7\n\n\ndef half(x):\n    return 21\n"
    assert sandbox.judge_one(DOUBLE.program(cheat)).outcome is Outcome.FAILED


def test_a_test_that_names_the_function_reaches_the_candidate(sandbox: Sandbox) -> None:
    source = "def f(x):\n    return x + 1\n"
    test = "def check(candidate):\n    assert f(1) == candidate(1) == 2\n"
    assert sandbox.judge_one(Program(source, "def f(x):\n", test, "f")).outcome is Outcome.PASSED


@pytest.mark.parametrize(
    ("source", "outcome", "detail"),
    [
        ("def f(x:\n", Outcome.SYNTAX_ERROR, "SyntaxError"),
        ("def f(x):\n    return '\ud800'\n", Outcome.SYNTAX_ERROR, "UnicodeEncodeError"),
        ("def f(x):\n    return 1\0\n", Outcome.SYNTAX_ERROR, "null bytes"),
        ("(" * 10000, Outcome.SYNTAX_ERROR, "SyntaxError"),
        ("def g(x):\n    return 2\n", Outcome.EXCEPTION, "KeyError"),
        ("f = 2\n", Outcome.EXCEPTION, "TypeError"),
        ("import numpy_that_nobody_has\n", Outcome.EXCEPTION, "ModuleNotFoundError"),
        ("def f(x):\n    raise ValueError('why')\n", Outcome.EXCEPTION, "ValueError: why"),
        ("class E(Exception): pass\ndef f(x):\n    raise E('own')\n", Outcome.EXCEPTION, "E: own"),
        ("def f(x):\n    return 3\n", Outcome.FAILED, "assertion"),
        ("def f(x):\n    return None\n", Outcome.FAILED, "assertion"),
        ("def f(x):\n    return len\n", Outcome.FAILED, "not plain data"),
    ],
)
def test_a_wrong_program_ends_with_an_outcome_and_a_reason(
    source: str, outcome: Outcome, detail: str, sandbox: Sandbox
) -> None:
    verdict = sandbox.judge_one(program("")._replace(source=source))
    assert verdict.outcome is outcome
    assert detail in verdict.detail


def test_a_program_may_import_what_was_not_imported_before_it_was_forked(sandbox: Sandbox) -> None:
    body = "import array, base64, difflib, hashlib, zoneinfo\nreturn len(hashlib.md5(b'').hexdigest()) - 30"
    assert sandbox.judge_one(program(body)).outcome is Outcome.PASSED


def test_an_answer_that_the_test_cannot_use_is_a_failure(sandbox: Sandbox) -> None:
    verdict = sandbox.judge_one(program("return None", "assert candidate(1)[0] == 2"))
    assert (verdict.outcome, "TypeError" in verdict.detail) == (Outcome.FAILED, True)


def test_a_test_may_expect_an_exception(sandbox: Sandbox) -> None:
    test = "try:\n        candidate(1)\n    except ValueError:\n        return\n    assert False"
    assert sandbox.judge_one(program("raise ValueError", test)).outcome is Outcome.PASSED
    assert sandbox.judge_one(program("raise KeyError", test)).outcome is Outcome.EXCEPTION
    assert sandbox.judge_one(program("return 2", test)).outcome is Outcome.FAILED


def test_a_test_that_catches_everything_does_not_turn_an_end_into_a_pass(sandbox: Sandbox) -> None:
    test = "try:\n        candidate(1)\n    except BaseException:\n        pass"
    for body in ("import os\nos._exit(0)", "while True: pass", "import os\nos.memfd_create('x')"):
        assert sandbox.judge_one(program(body, test)).outcome is not Outcome.PASSED


@pytest.mark.parametrize(
    "test", ["def check(candidate:", "x = 1", "import numpy_that_nobody_has", "def check(): pass\nn"]
)
def test_a_test_that_cannot_run_is_the_benchmarks_fault(test: str, sandbox: Sandbox) -> None:
    assert sandbox.judge_one(program("return 2")._replace(test=test)).outcome is Outcome.MALFORMED_TEST


def test_an_answer_that_makes_the_test_run_for_ever_is_no_pass(sandbox: Sandbox) -> None:
    verdict = sandbox.judge_one(program("return 2", "while candidate(1) == 2: pass"))
    assert verdict.outcome is Outcome.TIMEOUT
    assert sandbox.judge_one(program("return 1 << 40", "list(range(candidate(1)))")).outcome is Outcome.FAILED


def test_a_runner_that_dies_is_replaced_and_its_program_judged_again(own: Sandbox) -> None:
    for process in psutil.Process(os.getpid()).children():
        if is_runner(process) and str(own._scratch) in scratch_of(process):
            process.kill()
    assert own.judge_one(program("return 2")).outcome is Outcome.PASSED


def test_an_error_of_ours_is_never_counted_and_ends_the_evaluation_if_it_stays(own: Sandbox) -> None:
    ends_the_checker = program("return 2", "import os; os._exit(1)")
    with pytest.raises(Internal) as caught:
        own.judge_one(ends_the_checker)
    assert caught.value.reason == "SANDBOX_FAILED"
    assert own.judge_one(program("return 2")).outcome is Outcome.PASSED


def test_closing_ends_what_runs_and_removes_its_folder(tmp_path: Path) -> None:
    sandbox = Sandbox(tmp_path, Limits(cpu_seconds=60), runners=1)
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


def spin(sandbox: Sandbox) -> None:
    with contextlib.suppress(Unavailable):
        sandbox.judge_one(program("while True: pass"))


def test_a_killed_worker_leaves_no_process(tmp_path: Path) -> None:
    code = f"""
from pathlib import Path
from codekiln.evaluation.sandbox.pool import Sandbox
from codekiln.evaluation.sandbox.program import Limits, Program
with Sandbox(Path({str(tmp_path)!r}), Limits(cpu_seconds=60), runners=1) as sandbox:
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


def test_a_killed_runner_leaves_no_process(own: Sandbox) -> None:
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
from codekiln.evaluation.sandbox.pool import Sandbox
from codekiln.evaluation.sandbox.program import Limits, Program
check = "def check(candidate):\\n    assert candidate(1) == 2\\n"
sources = ["return 2", "return 3", "import os; return os.fork() and 2", "open({str(tmp_path / "x")!r}, 'w')"]
with Sandbox(Path({str(tmp_path)!r}), Limits(cpu_seconds=1), runners=1) as sandbox:
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
from codekiln.evaluation.sandbox.pool import Sandbox
from codekiln.evaluation.sandbox.syscalls import number
prctl(PR_SET_NO_NEW_PRIVS, 1)
load, jump, end = seccomp._LOAD, seccomp._JUMP_EQUAL, seccomp._RETURN
seccomp._install([(load, 0, 0, 0), (jump, 0, 1, number("landlock_create_ruleset", MACHINE)),
                  (end, 0, 0, seccomp._ERRNO | errno.ENOSYS), (end, 0, 0, seccomp._ALLOW)])
try:
    Sandbox(Path({str(tmp_path)!r}), runners=1).__enter__()
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


def test_the_runner_holds_nothing_of_its_worker(sandbox: Sandbox) -> None:
    runner = psutil.Process(next(iter(sandbox._all))._process.pid)
    environment = Path(f"/proc/{runner.pid}/environ").read_bytes()
    assert environment == b"PYTHONHASHSEED=0\0"
    names = {os.readlink(f"/proc/{runner.pid}/fd/{n}").split(":")[0] for n in os.listdir(f"/proc/{runner.pid}/fd")}
    assert names <= {"pipe", "socket", "/dev/null"}


def is_runner(process: psutil.Process) -> bool:
    return any("sandbox.start" in word for word in process.cmdline())


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
