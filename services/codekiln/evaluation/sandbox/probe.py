"""Small escapes. Each must end as written here before a sandbox is used: where one gets through there is no wall."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from codekiln.evaluation.sandbox.outcome import Outcome, Verdict
from codekiln.evaluation.sandbox.program import Program


@dataclass(frozen=True)
class Probe:
    """A function body that tries something; `expected` is its outcome where the wall holds."""

    tries: str
    body: str
    expected: Outcome

    def program(self, outside: Path) -> Program:
        """`outside` is a folder that this process may read and write, and a jailed one may not."""
        source = f"OUTSIDE = {str(outside.absolute())!r}\ndef attempt():\n    {self.body}\n    return True\n"
        return Program(source, "", "def check(candidate):\n    assert candidate() is True\n", "attempt")


PROBES = (
    Probe("an innocent program", "pass", Outcome.PASSED),
    Probe("reading a folder outside", "import os; os.listdir(OUTSIDE)", Outcome.EXCEPTION),
    Probe("reading a file outside", "open('/proc/self/status').read()", Outcome.EXCEPTION),
    Probe("writing outside", "open(OUTSIDE + '/escaped', 'w')", Outcome.EXCEPTION),
    Probe("a socket", "import _socket; _socket.socket()", Outcome.VIOLATION),
    Probe("a new process", "import os; os.fork()", Outcome.EXCEPTION),
    Probe("another program", "import os; os.execv('/bin/true', ['true'])", Outcome.VIOLATION),
    Probe("a thread", "import _thread; _thread.start_new_thread(print, ())", Outcome.VIOLATION),
    Probe("a signal to its parent", "import os; os.kill(os.getppid(), 0)", Outcome.EXCEPTION),
    Probe("more memory than it may have", "bytearray(1 << 40)", Outcome.MEMORY),
)


def failures(results: list[tuple[Probe, Verdict]]) -> list[str]:
    """What did not end as it must, in words."""
    return [
        f"{probe.tries} ended as `{verdict.outcome}` instead of `{probe.expected}`"
        + (f" ({verdict.detail})" if verdict.detail else "")
        for probe, verdict in results
        if verdict.outcome != probe.expected
    ]
