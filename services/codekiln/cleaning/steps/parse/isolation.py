"""Parsers in a process of their own: scanners of grammars are C, which some files hang or abort.

One process for each that asks, started at the first file and again after `FILES` of them. The kernel ends it where a
file takes more CPU time than `SECONDS`, and gives it no more memory than `BYTES`; then that file is rejected and the
next one starts another process. It goes when the one that asks goes.
"""

from __future__ import annotations

import atexit
import ctypes
import os
import resource
import signal
import struct
import subprocess
import sys
import threading
from collections.abc import Callable
from typing import IO

SECONDS = 5
"""CPU time for one file, far above what real files take."""
BYTES = 800_000_000
"""Memory of the process: real files take up to 120 MB of it."""
FILES = 10_000
"""Of one process: whatever it does not give back is then given back, and its start (half a second) costs no share."""
_LARGE = 1 << 17
"""Bytes of a file after which memory is given back: for smaller ones it is used again."""
_HEADER = struct.Struct("<II")
"""Bytes of the language's name and of the file; of an answer, its bytes and zero."""


_ENDS: dict[int, str] = {signal.SIGPROF: "takes too long to parse", signal.SIGABRT: "takes too much memory to parse"}
"""What a process that was ended by a signal had done: grammars abort where they get no memory."""


class Isolated:
    """Asks the process. Safe for threads: one file at a time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._owner = 0
        self._files = 0
        """Since the process started."""

    def check(self, language: str, data: bytes) -> str:
        """What is wrong with a file, empty where nothing is."""
        with self._lock:
            if self._files >= FILES:
                self._end()
            process = self._running()
            self._files += 1
            try:
                _write(process.stdin, language.encode(), data)
                return _read(process.stdout)[0].decode()
            except (BrokenPipeError, EOFError):
                code = process.wait()
                return _ENDS.get(-code, f"the parser ended with {code}")

    def close(self) -> None:
        """Ends the process; the next file starts another."""
        with self._lock:
            self._end()

    def _end(self) -> None:
        process, self._process = self._process, None
        if process and self._owner == os.getpid():
            process.kill()
            process.communicate()

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._owner != os.getpid() or self._process.poll() is not None:
            self._end()
            environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
            command = [sys.executable, "-c", f"from {__name__} import main; main()"]
            self._process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment, start_new_session=True
            )
            self._owner, self._files = os.getpid(), 0
        return self._process


ISOLATED = Isolated()
atexit.register(ISOLATED.close)


def main() -> None:
    """Answers until whoever asks is gone."""
    from codekiln.cleaning.steps.parse import PARSERS

    resource.setrlimit(resource.RLIMIT_DATA, (BYTES, BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    trim = getattr(ctypes.CDLL(None), "malloc_trim", int)  # of glibc
    while True:
        try:
            language, data = _read(sys.stdin.buffer)
        except EOFError:
            return
        signal.setitimer(signal.ITIMER_PROF, SECONDS)
        answer = _answer(PARSERS[language.decode()], data)
        signal.setitimer(signal.ITIMER_PROF, 0)
        _write(sys.stdout.buffer, answer.encode(), b"")
        if len(data) >= _LARGE:
            # A tree is many small nodes: what they leave is given back to the system.
            del data
            trim(0)


def _answer(parse: Callable[[bytes], str], data: bytes) -> str:
    try:
        return parse(data)
    except MemoryError:
        return _ENDS[signal.SIGABRT]


def _write(stream: IO[bytes] | None, first: bytes, second: bytes) -> None:
    assert stream is not None
    stream.write(_HEADER.pack(len(first), len(second)) + first)
    stream.write(second)
    stream.flush()


def _read(stream: IO[bytes] | None) -> tuple[bytes, bytes]:
    assert stream is not None
    header = stream.read(_HEADER.size)
    if len(header) < _HEADER.size:
        raise EOFError
    first, second = _HEADER.unpack(header)
    body = stream.read(first + second)
    if len(body) < first + second:
        raise EOFError
    return body[:first], body[first:]
