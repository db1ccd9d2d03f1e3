from __future__ import annotations

import itertools
import signal

import pytest

from codekiln.evaluation.sandbox.outcome import GONE, Ending, Finding, Limit, Outcome, decide, printable

STOPPED = Ending(signal.SIGKILL, 0, 0.1)


@pytest.mark.parametrize(
    ("candidate", "finding", "over", "outcome"),
    [
        (STOPPED, Finding("passed"), None, Outcome.PASSED),
        (STOPPED, Finding("failed", "an assertion"), None, Outcome.FAILED),
        (Ending(0, 0, 0.1), Finding(GONE), None, Outcome.CRASHED),
        (Ending(signal.SIGSEGV, 0, 0.1), Finding(GONE), None, Outcome.CRASHED),
        (Ending(signal.SIGSYS, 0, 0.1), Finding(GONE), None, Outcome.VIOLATION),
        (Ending(signal.SIGXCPU, 0, 4.0), Finding(GONE), None, Outcome.TIMEOUT),
        (STOPPED, Finding(GONE), None, Outcome.VIOLATION),
        (STOPPED, None, None, Outcome.INFRA_ERROR),
        (STOPPED, None, Limit.CPU, Outcome.TIMEOUT),
        (STOPPED, None, Limit.WALL, Outcome.TIMEOUT),
        (STOPPED, None, Limit.TEST, Outcome.TIMEOUT),
        (STOPPED, None, Limit.DISK, Outcome.VIOLATION),
        (STOPPED, Finding("passed"), Limit.OUTPUT, Outcome.OUTPUT_LIMIT),
    ],
)
def test_the_outcome_follows_from_what_was_seen(
    candidate: Ending, finding: Finding | None, over: Limit | None, outcome: Outcome
) -> None:
    assert decide(candidate, STOPPED, finding, over).outcome is outcome


def test_only_a_checker_that_says_so_within_the_limits_makes_a_pass() -> None:
    endings = [STOPPED, Ending(0, 0, 0.0), Ending(signal.SIGSYS, 0, 0.0)]
    findings = [None, Finding(GONE), *(Finding(outcome) for outcome in Outcome)]
    for candidate, finding, over in itertools.product(endings, findings, [None, *Limit]):
        passed = decide(candidate, STOPPED, finding, over).outcome is Outcome.PASSED
        assert passed == (over is None and finding == Finding("passed"))


def test_details_are_one_short_line_that_is_the_same_in_every_run() -> None:
    assert printable("a\x1b[31m\n\tb <object at 0x7f3a>") == "a [31m b <object at 0x...>"
    assert len(printable("x" * 10**6)) == 200
