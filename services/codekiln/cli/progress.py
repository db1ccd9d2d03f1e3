"""Progress of jobs for people, on stderr: one live line on a terminal, a plain line now and then elsewhere."""

from __future__ import annotations

import sys
import time
from typing import IO

from codekiln.v1 import job_pb2

_PLAIN_SECONDS = 10.0
_YEAR_SECONDS = 365 * 24 * 3600
_SCALES = ((1e9, "G"), (1e6, "M"), (1e3, "k"))


class ProgressLine:
    """Shows one job at a time. Use as a context manager: the line is finished at the end."""

    def __init__(self, title: str, stream: IO[str] | None = None) -> None:
        self._title, self._stream = title, stream or sys.stderr
        self._live = self._stream.isatty()
        self._phase, self._last, self._width = "", 0.0, 0
        self._start = time.monotonic()

    def __enter__(self) -> ProgressLine:
        return self

    def __exit__(self, *_: object) -> None:
        if self._live and self._width:
            self._stream.write("\r" + " " * self._width + "\r")
            self._stream.flush()

    def show(self, job: job_pb2.Job) -> None:
        """Takes every state of the job; decides itself what is worth a line."""
        text = f"{self._title:<12} {describe(job)}"
        now = time.monotonic()
        if self._live:
            text = text[: _columns() - 1]
            self._stream.write("\r" + text.ljust(self._width))
            self._width = len(text)
            self._stream.flush()
        elif job.progress.phase != self._phase or now - self._last > _PLAIN_SECONDS:
            self._phase, self._last = job.progress.phase, now
            print(text, file=self._stream, flush=True)

    def done(self, text: str) -> None:
        """Replaces the live line by a lasting one."""
        if self._live and self._width:
            self._stream.write("\r" + " " * self._width + "\r")
            self._width = 0
        seconds = time.monotonic() - self._start
        print(f"{self._title:<12} {text}  ({seconds:.0f} s)", file=self._stream, flush=True)


def describe(job: job_pb2.Job) -> str:
    """Phase, share, done of total, rate, time left and live figures, as far as they are known."""
    progress = job.progress
    if not progress.phase:
        return job_pb2.JobState.Name(job.state).removeprefix("JOB_STATE_").lower()
    pieces = [progress.phase]
    if progress.total:
        pieces.append(f"{100 * progress.done / progress.total:3.0f} %")
        pieces.append(f"{scaled(progress.done)}/{scaled(progress.total)} {progress.unit}")
    elif progress.done:
        pieces.append(f"{scaled(progress.done)} {progress.unit}")
    if progress.rate > 0:
        pieces.append(f"{scaled(progress.rate)}/s")
        if progress.total > progress.done:
            pieces.append(f"{duration((progress.total - progress.done) / progress.rate)} left")
    # What has a slash is one of many of its sort: for dashboards, too many for a line.
    shown = sorted((name, value) for name, value in progress.metrics.items() if "/" not in name)
    pieces += [f"{name} {figure(value)}" for name, value in shown]
    return "  ".join(pieces)


def scaled(value: float) -> str:
    """1234567 -> `1.23M`."""
    for scale, letter in _SCALES:
        if abs(value) >= scale:
            return f"{value / scale:.3g}{letter}"
    return f"{value:.3g}"


def figure(value: float) -> str:
    return scaled(value) if abs(value) >= 1000 else f"{value:.4g}"


def duration(seconds: float) -> str:
    """75 -> `1:15`; `?` for more than a year."""
    if not 0 <= seconds < _YEAR_SECONDS:
        return "?"
    whole = int(seconds + 0.5)
    if whole >= 3600:
        return f"{whole // 3600}:{whole % 3600 // 60:02d}:{whole % 60:02d}"
    return f"{whole // 60}:{whole % 60:02d}"


def _columns() -> int:
    import shutil

    return shutil.get_terminal_size((120, 24)).columns
