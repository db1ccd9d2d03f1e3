"""What Prometheus is told of jobs: what the newest told stays, what is counted is counted once, ages are the oldest."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import REGISTRY

from codekiln.core.artifacts import Draft, Key
from codekiln.core.jobs.measuring import CHECKPOINT, JobMetrics
from codekiln.core.jobs.record import Job, JobState, Progress
from codekiln.core.store import ObjectStore, open_store
from codekiln.trainer import metrics as rows


@pytest.fixture
def store(tmp_path: Path) -> ObjectStore:
    return open_store((tmp_path / "store").as_uri())


def job(id: str, state: JobState, kind: str = "trainer", created: float = 0.0, **values: Any) -> Job:
    return Job(id, kind, values.pop("spec", {}), "", id, created or time.time(), state, **values)


def told(done: float, total: float, **figures: float) -> Progress:
    return Progress("training", done, total, "steps", 2.5, figures, time.time())


def value(name: str, **labels: str) -> float | None:
    return REGISTRY.get_sample_value(name, labels)


def figure(name: str) -> float | None:
    return value("codekiln_job_figure", kind="trainer", figure=name)


def test_figures_stay_when_a_later_report_and_the_end_bring_others(store: ObjectStore) -> None:
    seen = JobMetrics("trainer", store)
    seen.observe([job("a", JobState.RUNNING, progress=told(1, 4, loss=3.0))])
    seen.observe([job("a", JobState.RUNNING, progress=told(2, 4, lr=0.1))])
    assert (figure("loss"), figure("lr"), value("codekiln_job_progress_ratio", kind="trainer")) == (3.0, 0.1, 0.5)
    assert value("codekiln_job_progress_rate", kind="trainer", phase="training", unit="steps") == 2.5
    seen.observe([job("a", JobState.SUCCEEDED, progress=told(4, 4), ended=time.time())])
    assert (figure("loss"), value("codekiln_job_progress_ratio", kind="trainer")) == (3.0, 1.0)


def test_a_newer_job_replaces_what_the_one_before_told(store: ObjectStore) -> None:
    seen = JobMetrics("trainer", store)
    old = job("a", JobState.SUCCEEDED, created=1.0, progress=told(4, 4, loss=3.0, rare=1.0))
    seen.observe([old])
    new = job("b", JobState.RUNNING, created=2.0, progress=told(1, 4, loss=9.0))
    seen.observe([new, old])
    assert (figure("loss"), figure("rare")) == (9.0, None)
    seen.observe([job("c", JobState.QUEUED, created=3.0), new, old])
    assert figure("loss") == 9.0


def test_a_job_that_ended_is_counted_once_by_state_and_reason(store: ObjectStore) -> None:
    def counted() -> list[float]:
        labels = {"kind": "evaluation", "state": "FAILED"}
        failed = value("codekiln_job_failures_total", kind="evaluation", reason="SANDBOX_UNAVAILABLE")
        return [value("codekiln_job_duration_seconds_count", **labels) or 0.0, failed or 0.0]

    seen = JobMetrics("evaluation", store)
    before = counted()
    soon = time.time() + 60
    error = {"reason": "SANDBOX_UNAVAILABLE"}
    ended = job("e", JobState.FAILED, "evaluation", started=soon, ended=soon, error=error)
    seen.observe([ended])
    seen.observe([ended])
    assert counted() == [count + 1 for count in before]


def test_waiting_is_counted_when_a_worker_reports_not_when_it_ends(store: ObjectStore) -> None:
    seen = JobMetrics("trainer", store)
    before = value("codekiln_job_queue_seconds_count", kind="trainer") or 0.0
    seen.observe([job("q", JobState.QUEUED)])
    assert value("codekiln_job_queue_seconds_count", kind="trainer") == before
    seen.observe([job("q", JobState.RUNNING, started=time.time() + 60)])
    assert value("codekiln_job_queue_seconds_count", kind="trainer") == before + 1


def test_ages_are_those_of_the_oldest(store: ObjectStore) -> None:
    now = time.time()
    quiet = Progress("training", updated=now - 500)
    jobs = [
        job("new", JobState.QUEUED, created=now - 10),
        job("old", JobState.STARTING, created=now - 100),
        job("quiet", JobState.RUNNING, created=now - 900, progress=quiet),
    ]
    JobMetrics("ages", store).observe(jobs)
    assert 500 <= (value("codekiln_job_oldest_progress_seconds", service="ages") or 0) < 600
    assert 100 <= (value("codekiln_job_oldest_waiting_seconds", service="ages") or 0) < 200
    JobMetrics("ages", store).observe([])
    assert value("codekiln_job_oldest_progress_seconds", service="ages") == 0


def test_process_seconds_grow_with_the_processes_of_running_jobs(store: ObjectStore) -> None:
    def spent(kind: str) -> float:
        return value("codekiln_job_process_seconds_total", kind=kind) or 0.0

    seen = JobMetrics("tokenizer", store)
    before = spent("tokenizer"), spent("tokens")
    jobs = [
        job("one", JobState.RUNNING, "tokenizer"),
        job("four", JobState.RUNNING, "tokens", spec={"processes": 4}),
    ]
    seen.observe(jobs)
    one, four = spent("tokenizer") - before[0], spent("tokens") - before[1]
    assert one > 0 and four == pytest.approx(4 * one)
    seen.observe([job("one", JobState.SUCCEEDED, "tokenizer")])
    assert spent("tokenizer") == before[0] + one


def test_the_checkpoint_is_the_oldest_of_running_trainings_and_stays_after_the_end(store: ObjectStore) -> None:
    def made() -> float | None:
        return value("codekiln_training_checkpoint_timestamp_seconds", service="checkpoints")

    assert rows.CHECKPOINT == CHECKPOINT
    seen = JobMetrics("checkpoints", store)
    seen.observe([])
    assert made() is None
    with_one = job("a", JobState.RUNNING, created=2, started=10, progress=told(1, 4, **{CHECKPOINT: 300.0}))
    without = job("b", JobState.RUNNING, created=1, started=200, progress=told(1, 4))
    seen.observe([with_one, without])
    assert made() == 200.0
    seen.observe([job("a", JobState.SUCCEEDED, created=2, progress=told(4, 4))])
    assert made() == 300.0


def test_the_cost_of_a_result_is_that_of_the_job_that_made_it(store: ObjectStore) -> None:
    manifest = Draft(store, Key("corpus", 1, {})).publish(summary={"files": 7})
    made = job(
        *("a", JobState.SUCCEEDED, "ingestion"),
        created=1,
        started=100,
        ended=130,
        artifacts=(manifest.ref,),
        spec={"processes": 2},
    )
    cached = job("b", JobState.SUCCEEDED, "ingestion", created=2, artifacts=(manifest.ref,), cached=True)
    JobMetrics("ingestion", store).observe([cached, made])
    assert value("codekiln_result_figure", kind="ingestion", figure="files") == 7
    assert value("codekiln_result_duration_seconds", kind="ingestion") == 30
    assert value("codekiln_result_process_seconds", kind="ingestion") == 60
