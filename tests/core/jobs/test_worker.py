"""The worker: what becomes of its job, however its work ends."""

from __future__ import annotations

import os
import re
import signal
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest

from codekiln.core.artifacts import Key, Manifest, open_artifact
from codekiln.core.errors import Unavailable
from codekiln.core.jobs.record import Job, JobState, Progress, change
from codekiln.core.jobs.worker import EXIT_RETRY, EXIT_STOPPED, Context, Stage, work_on
from codekiln.core.settings import Settings
from tests.core.toy.folder import Plan
from tests.core.toy.running import ENVIRONMENT, ToyService, eventually
from tests.core.toy.worker import STAGES


def starting(toy: ToyService, plan: Plan | None = None, name: str = "toy") -> Job:
    folder = toy.folder(plan)
    job = toy.jobs.create("benchmark", {"name": name, "path": str(folder.path), "sha256": ""}, name)
    return toy.jobs.update(job.id, lambda job: change(job, JobState.STARTING, attempt=1))


def work(toy: ToyService, job: Job, stages: list[Stage] | None = None, attempt: int = 1) -> int:
    settings = Settings(service="ingestion", home=toy.home)
    return work_on(job.id, attempt, toy.jobs, stages or STAGES, toy.store, settings)


def stage(work: Callable[[Context], None]) -> list[Stage]:
    """The toy's stage, with something else to do before its work."""

    def both(spec: object, key: Key, context: Context) -> Manifest:
        work(context)
        return STAGES[0].work(spec, key, context)

    return [Stage("benchmark", STAGES[0].spec, STAGES[0].identify, both)]


def test_a_job_ends_with_its_artifact(toy: ToyService) -> None:
    job = starting(toy)
    assert work(toy, job) == 0
    done = toy.jobs.get(job.id)
    assert done.state is JobState.SUCCEEDED and not done.cached and 0 < done.started <= done.ended
    assert open_artifact(toy.store, done.artifacts[0]).summary == {"steps": 5}
    assert (done.progress.done, done.progress.total, done.progress.metrics) == (5.0, 5.0, {"step": 5.0})


def test_work_that_was_done_already_is_a_cache_hit(toy: ToyService) -> None:
    first = starting(toy)
    work(toy, first)
    again = toy.jobs.create("benchmark", first.spec, "again")
    toy.jobs.update(again.id, lambda job: change(job, JobState.STARTING, attempt=1))
    assert work(toy, again) == 0
    done = toy.jobs.get(again.id)
    assert done.cached and done.artifacts == toy.jobs.get(first.id).artifacts


@pytest.mark.parametrize(
    ("trouble", "reason", "code", "message"),
    [
        ("refused", "EMPTY_CORPUS", "FAILED_PRECONDITION", "the corpus is empty: ingest something first"),
        ("memory", "OUT_OF_MEMORY", "RESOURCE_EXHAUSTED", "out of memory: give the worker more, or less to do"),
        ("disk", "DISK_FULL", "RESOURCE_EXHAUSTED", "no space left on /some/file: free some and run again"),
        ("defect", "UNEXPECTED", "INTERNAL", "unexpected ZeroDivisionError: a defect. The worker's log has the trace"),
    ],
)
def test_an_error_ends_the_job_with_its_sentence(
    toy: ToyService, trouble: str, reason: str, code: str, message: str
) -> None:
    job = starting(toy, Plan(trouble=trouble, trouble_at=2))
    assert work(toy, job) == 0
    done = toy.jobs.get(job.id)
    assert done.state is JobState.FAILED and done.error is not None
    assert (done.error["reason"], done.error["code"], done.error["message"]) == (reason, code, message)
    assert list((toy.home / "scratch").iterdir()) == []


def test_trouble_that_may_pass_leaves_the_job_to_be_tried_again(toy: ToyService) -> None:
    job = starting(toy, Plan(trouble="away", trouble_at=2))
    assert work(toy, job) == EXIT_RETRY
    waiting = toy.jobs.get(job.id)
    assert waiting.state is JobState.RUNNING and waiting.error is not None
    assert waiting.error["reason"] == "MOON_AWAY"
    toy.jobs.update(job.id, lambda job: change(job, JobState.STARTING, attempt=2))
    toy.folder(Plan())
    assert work(toy, job, attempt=2) == 0
    assert toy.jobs.get(job.id).error is None


def test_a_stop_gives_the_job_back(toy: ToyService) -> None:
    job = starting(toy)
    assert work(toy, job, stage(lambda _: os.kill(os.getpid(), signal.SIGTERM))) == EXIT_STOPPED
    assert toy.jobs.get(job.id).state is JobState.QUEUED
    assert list((toy.home / "scratch").iterdir()) == []


def test_a_stop_while_an_error_is_told_gives_the_job_back_too(toy: ToyService) -> None:
    job = starting(toy)

    class Stopping(Unavailable):
        """An error that is being looked at when SIGTERM comes."""

        @property
        def reason(self) -> str:
            os.kill(os.getpid(), signal.SIGTERM)
            return "STOPPING"

        @reason.setter
        def reason(self, _: str) -> None: ...

    def fail(_: Context) -> None:
        raise Stopping("trouble")

    assert work(toy, job, stage(fail)) == EXIT_STOPPED
    assert toy.jobs.get(job.id).state is JobState.QUEUED


def test_a_stop_after_the_end_changes_nothing(toy: ToyService) -> None:
    job = starting(toy)
    before = signal.getsignal(signal.SIGTERM)
    assert work(toy, job) == 0
    assert signal.getsignal(signal.SIGTERM) is before


@pytest.mark.parametrize("state", [JobState.SUCCEEDED, JobState.QUEUED, JobState.CANCELLING])
def test_a_worker_that_is_not_wanted_any_more_goes_away_and_writes_nothing(toy: ToyService, state: JobState) -> None:
    job = starting(toy)
    before = toy.jobs.update(job.id, lambda job: change(job, state))
    assert work(toy, job) == 0
    assert toy.jobs.get(job.id) == before


def test_only_the_newest_attempt_may_write(toy: ToyService) -> None:
    job = starting(toy)

    def overtaken(_: Context) -> None:
        toy.jobs.update(job.id, lambda job: change(job, JobState.STARTING, attempt=2))

    assert work(toy, job, stage(overtaken)) == 0
    assert toy.jobs.get(job.id).state is JobState.STARTING and toy.jobs.get(job.id).attempt == 2


def test_progress_is_written_at_most_twice_a_second_but_the_last_of_a_phase_always(tmp_path: Path) -> None:
    reports: list[Progress] = []
    context = Context(None, Settings(), tmp_path, reports.append)  # type: ignore[arg-type]
    for phase in ("reading", "writing"):
        for done in range(1, 1001):
            context.progress(phase, done, 1000, "files")
    told = [(report.phase, report.done) for report in reports]
    assert told[0] == ("reading", 1.0) and ("reading", 1000.0) in told and told[-1] == ("writing", 1000.0)
    assert len(told) < 50


def test_a_worker_serves_its_figures(toy: ToyService, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = toy.folder(hold_at=3)
    toy.start()
    with toy.client() as client:
        job = toy.create(client, folder)
    eventually(lambda: len(folder.traces("reached")) == 3)
    log = toy.home / "logs" / f"{job.id}-1.log"
    address = log.read_text().partition('"metrics": "')[2].partition('"')[0]
    with urllib.request.urlopen(f"http://{address}/metrics") as response:
        text = response.read().decode()
    assert 'codekiln_worker_progress_ratio{kind="benchmark"} 0.2' in text
    assert 'codekiln_worker_figure{figure="step",kind="benchmark"} 1.0' in text
    assert re.search(r'codekiln_build_info{[^}]*service="ingestion"', text)
    folder.release()


def test_a_metrics_port_that_is_taken_costs_no_job(toy: ToyService) -> None:
    import socket
    import subprocess
    import sys

    job = starting(toy)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        toy.settings["METRICS_LISTEN"] = f"127.0.0.1:{taken.getsockname()[1]}"
        done = subprocess.run(
            [sys.executable, "-m", "tests.core.toy.worker", job.id, "1"],
            env=toy.environment(), capture_output=True, text=True,
        )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert '"event": "no metrics"' in done.stderr and "Address already in use" in done.stderr
    assert toy.jobs.get(job.id).state is JobState.SUCCEEDED
    assert ENVIRONMENT
