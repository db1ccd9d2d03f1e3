"""One run: a candidate and a checker joined by pipes, watched until there is a finding or a limit is reached."""

from __future__ import annotations

import os
import select
import time

from codekiln.evaluation.sandbox.codec import NotData, decode, encode, receive, send
from codekiln.evaluation.sandbox.outcome import Finding, Limit, Verdict, decide
from codekiln.evaluation.sandbox.program import Limits, Program
from codekiln.evaluation.sandbox.zygote import Zygote

_TICK_MS = 20
"""Between two looks at CPU time and disk. No delay for runs that end by themselves: their end wakes us."""
_CHUNK = 1 << 16


class WorkerGone(Exception):
    """Nobody waits for the verdict any more."""


class Run:
    """Judges one program; use once."""

    def __init__(self, candidates: Zygote, checkers: Zygote, limits: Limits) -> None:
        self._candidates = candidates
        self._checkers = checkers
        self._limits = limits
        self._printed = 0

    def judge(self, program: Program, worker: int) -> Verdict:
        """`worker` is the descriptor whose end means that nobody waits. Raises WorkerGone."""
        output, findings = self._start(program)
        try:
            over = self._wait(output, findings, worker)
            for zygote in (self._candidates, self._checkers):
                zygote.kill()
            candidate, checker = self._candidates.end_run(), self._checkers.end_run()
            # What was on its way counts too: whether it was too much must not depend on who was faster.
            while self._output_limit() is None and self._read_output(output):
                pass
            over = over or self._output_limit()
            return decide(candidate, checker, None if over else _read_finding(findings), over)
        finally:
            os.close(output)
            os.close(findings)

    def _start(self, program: Program) -> tuple[int, int]:
        """Both processes, joined; returns where output and finding can be read."""
        calls, answers, output, jobs, findings = (os.pipe() for _ in range(5))
        self._candidates.run([calls[0], answers[1], output[1]])
        # The source goes by the pipe, which the zygote never reads: its later children must not have it.
        _send_quietly(calls[1], encode(program.entry_point), program.source.encode("utf-8", "surrogatepass"))
        self._checkers.run([jobs[0], findings[1], calls[1], answers[0]])
        _send_quietly(jobs[1], encode((program.prompt, program.test, program.entry_point)))
        os.close(jobs[1])
        for zygote in (self._candidates, self._checkers):
            zygote.wait_until_started()
        return output[0], findings[0]

    def _wait(self, output: int, findings: int, worker: int) -> Limit | None:
        """Returns when the finding is there, or the checker has ended, or a limit was reached."""
        deadline = time.monotonic() + self._limits.wall_seconds
        poll = select.poll()
        poll.register(output, select.POLLIN)
        poll.register(findings, select.POLLIN)
        poll.register(worker, 0)  # only its end
        while True:
            for descriptor, _ in poll.poll(_TICK_MS):
                if descriptor == worker:
                    raise WorkerGone
                if descriptor == findings:
                    return None
                if not self._read_output(output):
                    poll.unregister(output)
            if (over := self._output_limit() or self._other_limit(deadline)) is not None:
                return over

    def _read_output(self, output: int) -> int:
        count = len(os.read(output, _CHUNK))
        self._printed += count
        return count

    def _output_limit(self) -> Limit | None:
        return Limit.OUTPUT if self._printed > self._limits.output_bytes else None

    def _other_limit(self, deadline: float) -> Limit | None:
        if _cpu_seconds(self._candidates.child) > self._limits.cpu_seconds:
            return Limit.CPU
        if _cpu_seconds(self._checkers.child) > self._limits.wall_seconds:
            return Limit.TEST
        if time.monotonic() > deadline:
            return Limit.WALL
        return Limit.DISK if _too_much(".", self._limits) else None


def _cpu_seconds(pid: int) -> float:
    """By the process's CPU clock, numbered as clock_getcpuclockid(3) does. The process is there until it is reaped."""
    return time.clock_gettime((~pid << 3) | 2)


def _too_much(scratch: str, limits: Limits) -> bool:
    total = 0
    with os.scandir(scratch) as entries:
        for count, entry in enumerate(entries, 1):
            total += entry.stat(follow_symlinks=False).st_blocks * 512
            if count > limits.scratch_files or total > limits.scratch_bytes:
                return True
    return False


def _send_quietly(descriptor: int, *frames: bytes) -> None:
    try:
        for frame in frames:
            send(descriptor, frame)
    except BrokenPipeError:
        pass  # it has ended; how is found out by whoever waits for it


def _read_finding(descriptor: int) -> Finding | None:
    try:
        frame = receive(descriptor, _CHUNK)
        return None if frame is None else Finding(*decode(frame))
    except (NotData, TypeError):
        return None
