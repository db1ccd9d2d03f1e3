"""Progress: a live line on a terminal, plain lines elsewhere, and no number that a job can report breaks it."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codekiln.cli.progress import ProgressLine, describe, duration, figure, scaled
from codekiln.v1 import job_pb2


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True

    def screen(self) -> str:
        """What stands on the last line after all carriage returns."""
        line = ""
        for piece in self.getvalue().rpartition("\n")[2].split("\r"):
            line = piece + line[len(piece) :]
        return line.rstrip()


def running(done: float, total: float = 0, rate: float = 0, **metrics: float) -> job_pb2.Job:
    progress = job_pb2.Progress(
        phase="near duplicates", done=done, total=total, unit="files", rate=rate, metrics=metrics
    )
    return job_pb2.Job(state=job_pb2.JOB_STATE_RUNNING, progress=progress)


@pytest.mark.parametrize(
    ("job", "text"),
    [
        (job_pb2.Job(state=job_pb2.JOB_STATE_QUEUED), "queued"),
        (running(0), "near duplicates"),
        (running(1500), "near duplicates  1.5k files"),
        (running(1500, 3000), "near duplicates   50 %  1.5k/3k files"),
        (running(1500, 3000, 20), "near duplicates   50 %  1.5k/3k files  20/s  1:15 left"),
        (running(3000, 3000, 20), "near duplicates  100 %  3k/3k files  20/s"),
        (running(1, 2, 0.5, loss=3.14159, dropped=12345), "near duplicates   50 %  1/2 files  0.5/s  0:02 left  "
         "dropped 12.3k  loss 3.142"),
        (running(1, 2, **{"dropped": 3, "dropped/generated": 2, "dropped/vendored": 1}), "near duplicates   50 %  "
         "1/2 files  dropped 3"),
    ],
)  # fmt: skip
def test_a_job_is_described_as_far_as_it_is_known(job: job_pb2.Job, text: str) -> None:
    assert describe(job) == text


NUMBERS = st.floats() | st.sampled_from([0.0, -1.0, 1e-320, 1e308])


@given(NUMBERS, NUMBERS, NUMBERS, NUMBERS)
def test_any_numbers_can_be_shown(done: float, total: float, rate: float, loss: float) -> None:
    assert describe(running(done, total, rate, loss=loss)).startswith("near duplicates")


def test_numbers_are_short() -> None:
    assert [scaled(value) for value in (0, 999, 1000, 1_234_567, 5e9, -2e6)] == ["0", "999", "1k", "1.23M", "5G", "-2M"]
    seconds = (0, 75, 3599.6, 7261, 1e12, float("nan"))
    assert [duration(value) for value in seconds] == ["0:00", "1:15", "1:00:00", "2:01:01", "?", "?"]
    assert [figure(value) for value in (0.123456, 12345.0)] == ["0.1235", "12.3k"]


def test_on_a_terminal_the_line_is_replaced_and_ends_as_a_lasting_one() -> None:
    terminal = Terminal()
    with ProgressLine("cleaning", terminal) as line:
        line.show(running(1500, 3000, 20, loss=1))
        assert terminal.screen() == "cleaning     near duplicates   50 %  1.5k/3k files  20/s  1:15 left  loss 1"
        line.show(running(3000, 3000))
        assert terminal.screen() == "cleaning     near duplicates  100 %  3k/3k files"
        line.done("dataset:abc")
    assert terminal.screen() == ""
    assert terminal.getvalue().splitlines()[-1].rpartition("\r")[2] == "cleaning     dataset:abc  (0 s)"


def test_a_job_that_fails_leaves_no_half_line() -> None:
    terminal = Terminal()
    with pytest.raises(ValueError), ProgressLine("cleaning", terminal) as line:
        line.show(running(1))
        raise ValueError
    assert terminal.screen() == ""


def test_elsewhere_there_is_a_line_for_each_phase_and_no_control_character() -> None:
    stream = io.StringIO()
    with ProgressLine("cleaning", stream) as line:
        line.show(job_pb2.Job(state=job_pb2.JOB_STATE_QUEUED))
        for done in range(100):
            line.show(running(done, 100))
        line.done("dataset:abc  cached")
    assert stream.getvalue().splitlines() == [
        "cleaning     queued",
        "cleaning     near duplicates    0 %  0/100 files",
        "cleaning     dataset:abc  cached  (0 s)",
    ]
