"""What a sandbox does, wherever it is: one suite for that of this process and for that behind a server."""

from __future__ import annotations

import pytest

from codekiln.core.errors import Internal
from codekiln.evaluation.sandbox.interface import Sandbox
from codekiln.evaluation.sandbox.outcome import Outcome
from codekiln.evaluation.sandbox.program import Program
from tests.evaluation.conftest import LIMITS
from tests.evaluation.material import ADD, DOUBLE, program


def test_verdicts_come_in_the_order_of_programs(sandbox: Sandbox) -> None:
    bodies = ["return 2", "return 3", "raise ValueError('x')", "import time\ntime.sleep(0.05)\nreturn 2"] * 5
    outcomes = [verdict.outcome for verdict in sandbox.judge([program(body) for body in bodies])]
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


def test_an_error_of_ours_is_never_counted_and_ends_the_evaluation_if_it_stays(sandbox: Sandbox) -> None:
    ends_the_checker = program("return 2", "import os; os._exit(1)")
    with pytest.raises(Internal) as caught:
        sandbox.judge_one(ends_the_checker)
    assert caught.value.reason == "SANDBOX_FAILED"
    assert sandbox.judge_one(program("return 2")).outcome is Outcome.PASSED


def test_a_report_says_where_it_ran_and_within_what(sandbox: Sandbox) -> None:
    about = sandbox.about()
    assert (about["landlock_abi"] >= 4, about["seccomp"]) == (True, True)
    assert isinstance(about["remote"], bool)
    assert {name: about[name] for name in LIMITS._asdict()} == LIMITS._asdict()
