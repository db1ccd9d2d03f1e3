"""The process that runs a program: loads its source, then answers calls until the checker hangs up.

It holds no test and no solution. Whatever it writes is taken for an answer, never for a verdict.
Frames in: the source, then calls. Frames out: READY, LOADED or a trouble, then a RESULT or a trouble for each call.
"""

from __future__ import annotations

import sys
import types
from collections.abc import Callable
from typing import Any

from codekiln.evaluation.sandbox.codec import NotData, decode, encode, receive, send
from codekiln.evaluation.sandbox.outcome import Outcome, printable
from codekiln.evaluation.sandbox.zygote import FIRST_FD

CALLS, ANSWERS = FIRST_FD, FIRST_FD + 1
READY, LOADED, RESULT = "ready", "loaded", "result"
_MODULE = "candidate"


def run() -> None:
    """The body of a candidate's process, inside the jail."""
    send(ANSWERS, encode((READY,)))
    head = receive(CALLS)
    source = receive(CALLS)
    if head is None or source is None:
        return
    function = _load(source.decode("utf-8", "surrogatepass"), decode(head))
    if function is None:
        return
    send(ANSWERS, encode((LOADED,)))
    while (call := receive(CALLS)) is not None:
        send(ANSWERS, _answer(function, call))


def _load(source: str, entry_point: str) -> Callable[..., Any] | None:
    """The program's function; None where the trouble was sent instead."""
    try:
        code = compile(source, f"{_MODULE}.py", "exec", dont_inherit=True)
    except MemoryError:
        _refuse(Outcome.MEMORY, "while it was compiled")
        return None
    except (SyntaxError, ValueError, RecursionError, OverflowError) as error:
        _refuse(Outcome.SYNTAX_ERROR, f"{type(error).__name__}: {error}")
        return None
    module = types.ModuleType(_MODULE)
    sys.modules[_MODULE] = module  # dataclasses and typing look their module up
    try:
        exec(code, module.__dict__)
        function: Callable[..., Any] = module.__dict__[entry_point]
    except BaseException as error:
        send(ANSWERS, _trouble(error))
        return None
    return function


def _answer(function: Callable[..., Any], call: bytes) -> bytes:
    number, arguments, keywords = decode(call)
    try:
        return encode((RESULT, number, function(*arguments, **keywords)))
    except NotData as error:
        return encode((str(Outcome.FAILED), "", f"what it returned cannot be judged: {error}"))
    except BaseException as error:
        return _trouble(error)


def _trouble(error: BaseException) -> bytes:
    """A tuple of outcome, name of the exception's class, and detail."""
    name = type(error).__name__
    if isinstance(error, MemoryError):
        return encode((str(Outcome.MEMORY), name, "MemoryError"))
    try:
        text = printable(f"{name}: {error}")
    except BaseException:
        text = f"{name}, which cannot be printed"
    return encode((str(Outcome.EXCEPTION), name, text))


def _refuse(outcome: Outcome, detail: str) -> None:
    send(ANSWERS, encode((str(outcome), "", printable(detail))))
