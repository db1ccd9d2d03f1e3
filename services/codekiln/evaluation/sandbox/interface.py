"""What judges programs, here or elsewhere: pool.py starts runners on this machine, remote.py asks a service for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import Any, Protocol, Self

from codekiln.evaluation.sandbox.outcome import Verdict
from codekiln.evaluation.sandbox.program import Limits, Program


class Sandbox(Protocol):
    """Judges programs, several at a time. Used as a context manager.

    Entering raises FailedPrecondition, SANDBOX_UNAVAILABLE, where there is no wall, and Unavailable,
    SANDBOX_UNREACHABLE, where nobody answers. Leaving it gives Unavailable to whoever still waits for a verdict.
    """

    limits: Limits

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def judge(self, programs: Sequence[Program]) -> Iterator[Verdict]:
        """Verdicts in the order of programs. Raises as `judge_one`."""
        ...

    def judge_one(self, program: Program) -> Verdict:
        """Safe to call from several threads.

        Raises Internal, SANDBOX_FAILED, where a run went wrong twice through no fault of the program.
        """
        ...

    def about(self) -> dict[str, Any]:
        """What a report says of it: where it is, the wall, the limits."""
        ...


def in_order(judge_one: Callable[[Program], Verdict], programs: Sequence[Program], at_once: int) -> Iterator[Verdict]:
    """Judges so many at once; yields verdicts in the order of programs."""
    threads = ThreadPoolExecutor(at_once)
    try:
        yield from threads.map(judge_one, programs)
    finally:
        threads.shutdown(wait=False, cancel_futures=True)  # what runs ends with its time, or with the sandbox
