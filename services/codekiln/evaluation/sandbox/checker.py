"""The process that decides: it runs the problem's tests and calls the candidate in the other process.

Jailed too, since tests come from outside. Its `candidate` looks like a function: arguments and results are copied as
plain data, so a change that a program makes to its arguments is not seen, and nothing of it runs here.
"""

from __future__ import annotations

import builtins
from collections.abc import Callable
from types import CodeType
from typing import Any, NoReturn

from codekiln.evaluation.sandbox.candidate import LOADED, READY, RESULT
from codekiln.evaluation.sandbox.codec import NotData, decode, encode, receive, send
from codekiln.evaluation.sandbox.outcome import GONE, Outcome, printable
from codekiln.evaluation.sandbox.zygote import FIRST_FD

JOB, FINDING, CALLS, ANSWERS = range(FIRST_FD, FIRST_FD + 4)
_TROUBLES = frozenset(map(str, (Outcome.MEMORY, Outcome.EXCEPTION, Outcome.SYNTAX_ERROR, Outcome.FAILED)))
"""What a candidate may say of itself; none is a success."""


class Ended(BaseException):
    """The candidate gave no result, and no test can turn that into success."""

    def __init__(self, outcome: str, detail: str = "") -> None:
        super().__init__(outcome)
        self.outcome = str(outcome)
        self.detail = detail


def run() -> None:
    """The body of a checker's process, inside the jail."""
    job = receive(JOB)
    if job is None:
        return
    send(FINDING, encode(_judge(*decode(job))))


def _judge(prompt: str, test: str, entry_point: str) -> tuple[str, str]:
    candidate = Candidate()
    try:
        check = _load_test(prompt, test, {"__name__": "test", entry_point: candidate})
    except Exception as error:
        return str(Outcome.MALFORMED_TEST), printable(f"{type(error).__name__}: {error}")
    try:
        candidate.wait_until_loaded()
        check(candidate)
    except Ended as ended:
        return ended.outcome, ended.detail
    except BaseException as error:
        return _objection(error, candidate)
    return (candidate.ended.outcome, candidate.ended.detail) if candidate.ended else (str(Outcome.PASSED), "")


def _load_test(prompt: str, test: str, names: dict[str, Any]) -> Callable[[Any], object]:
    """The test's `check`. Some tests prepare arguments or judge results by functions that the prompt defines beside the
    entry point; they get the prompt's own, not the candidate's, which may have changed them."""
    code = compile(test, "test.py", "exec", dont_inherit=True)
    if any(name not in names and not hasattr(builtins, name) for name in _mentions(code)):
        names = {**_prompt_names(prompt), **names}
    exec(code, names)
    check: Callable[[Any], object] = names["check"]
    return check


def _mentions(code: CodeType) -> set[str]:
    """Global names of a test, and names of attributes."""
    inner = (constant for constant in code.co_consts if isinstance(constant, CodeType))
    return set(code.co_names).union(*(_mentions(part) for part in inner))


def _prompt_names(prompt: str) -> dict[str, Any]:
    """What a prompt defines. It ends where a body is missing, or after a docstring, which is a body too."""
    names: dict[str, Any] = {"__name__": "prompt"}
    for text in (prompt, prompt + "    pass\n"):
        try:
            code = compile(text, "prompt.py", "exec", dont_inherit=True)
        except SyntaxError:
            continue
        exec(code, names)
        break
    return names


def _objection(error: BaseException, candidate: Candidate) -> tuple[str, str]:
    if error is candidate.raised:
        return str(Outcome.EXCEPTION), candidate.detail
    if isinstance(error, AssertionError):
        return str(Outcome.FAILED), printable(f"assertion: {error}") if str(error) else "an assertion"
    text = f"the test could not use what it returned: {type(error).__name__}: {error}"
    return str(Outcome.FAILED), printable(text)


class Candidate:
    """The other process's function."""

    def __init__(self) -> None:
        self.raised: Exception | None = None
        """What the last failed call raised here: a built-in exception of the same name, for tests that expect one."""
        self.detail = ""
        self.ended: Ended | None = None
        self._calls = 0

    def wait_until_loaded(self) -> None:
        """Raises Ended."""
        for expected in (READY, LOADED):
            answer = self._receive(Outcome.INFRA_ERROR if expected == READY else GONE)
            if answer[0] != expected:
                self._fail(answer)

    def __call__(self, *arguments: Any, **keywords: Any) -> Any:
        if self.ended is not None:
            raise self.ended
        self._calls += 1
        try:
            send(CALLS, encode((self._calls, arguments, keywords)))
        except BrokenPipeError:
            self._end(GONE)
        answer = self._receive(GONE)
        if answer[0] == RESULT and len(answer) == 3 and answer[1] == self._calls:
            return answer[2]
        self._fail(answer)

    def _fail(self, answer: tuple[Any, ...]) -> NoReturn:
        """Raises the built-in exception that an answer names, or Ended."""
        if len(answer) != 3 or not all(type(text) is str for text in answer) or answer[0] not in _TROUBLES:
            self._end(Outcome.FAILED, "its answer is not one to the question")
        outcome, name, self.detail = answer
        kind = getattr(builtins, name, None)
        if self._calls and outcome == Outcome.EXCEPTION and isinstance(kind, type) and issubclass(kind, Exception):
            self.raised = _make(kind, self.detail)
            raise self.raised
        self._end(outcome, self.detail)

    def _receive(self, when_closed: str) -> tuple[Any, ...]:
        try:
            frame = receive(ANSWERS)
            answer = None if frame is None else decode(frame)
        except NotData as error:
            self._end(Outcome.FAILED, f"what it returned cannot be judged: {error}")
        if frame is None:
            self._end(when_closed, "the candidate's process did not start")
        if type(answer) is not tuple or not answer:
            self._end(Outcome.FAILED, "its answer is not one to the question")
        return answer

    def _end(self, outcome: str, detail: str = "") -> NoReturn:
        self.ended = Ended(outcome, detail)
        raise self.ended


def _make(kind: type[Exception], detail: str) -> Exception:
    try:
        return kind(detail)
    except TypeError:  # some take more arguments, such as UnicodeDecodeError
        return RuntimeError(detail)
