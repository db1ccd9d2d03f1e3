"""Workers that cannot begin: the job says what it waits for, and fails with what would never come."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from codekiln.core.errors import FailedPrecondition, PermissionDenied, Unavailable
from codekiln.core.jobs.reconciler import Reconciler
from codekiln.core.jobs.record import Job, JobState, Progress, change
from codekiln.core.jobs.repository import JobRepository
from codekiln.core.launch.interface import Observation, Phase
from codekiln.core.settings import Settings
from tests.core.jobs.scripted import ScriptedLauncher, ends, started

NO_NODE = Observation(Phase.RUNNING, waiting="pod x: no node takes it")
NO_IMAGE = FailedPrecondition("the image x cannot be pulled: push it", reason="IMAGE_UNAVAILABLE")


def starting(jobs: JobRepository, reconciler: Reconciler) -> Job:
    job = jobs.create("toy", {}, "r")
    reconciler.reconcile()
    return jobs.get(job.id)


def test_what_a_worker_waits_for_is_shown_and_written_once(
    jobs: JobRepository, reconciler: Reconciler, launcher: ScriptedLauncher
) -> None:
    job = starting(jobs, reconciler)
    launcher.phases[f"{job.id}-1"] = NO_NODE
    reconciler.reconcile()
    shown = jobs.get(job.id)
    assert (shown.state, shown.progress.phase) == (JobState.STARTING, "waiting: pod x: no node takes it")
    reconciler.reconcile()
    assert jobs.get(job.id).revision == shown.revision
    launcher.phases[f"{job.id}-1"] = Observation(Phase.RUNNING)
    reconciler.reconcile()
    assert jobs.get(job.id).progress.phase == ""


def test_a_gang_that_waits_for_a_follower_says_so_until_it_makes_progress(
    jobs: JobRepository, reconciler: Reconciler, launcher: ScriptedLauncher
) -> None:
    job = started(jobs, reconciler, launcher)
    launcher.phases[f"{job.id}-1"] = NO_NODE
    reconciler.reconcile()
    assert jobs.get(job.id).progress.phase == "waiting: pod x: no node takes it"
    jobs.update(job.id, lambda job: change(job, progress=Progress("training", 3, 9, "steps")))
    reconciler.reconcile()
    assert jobs.get(job.id).progress.phase == "training"


@pytest.mark.parametrize("running", [False, True])
def test_a_worker_that_can_never_begin_fails_its_job_and_is_stopped(
    jobs: JobRepository, reconciler: Reconciler, launcher: ScriptedLauncher, running: bool
) -> None:
    job = started(jobs, reconciler, launcher) if running else starting(jobs, reconciler)
    launcher.phases[f"{job.id}-1"] = replace(NO_NODE, hopeless=NO_IMAGE)
    reconciler.reconcile()
    job = jobs.get(job.id)
    assert job.state is JobState.FAILED and job.error == NO_IMAGE.to_json() and job.ended > 0
    assert launcher.stopped == [(f"{job.id}-1", False)]
    assert launcher.submitted == [f"{job.id}-1"], "it is not tried again"


def test_a_job_that_was_cancelled_meanwhile_is_not_failed(
    jobs: JobRepository, reconciler: Reconciler, launcher: ScriptedLauncher, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = starting(jobs, reconciler)
    before = jobs.all()
    jobs.update(job.id, lambda job: change(job, JobState.CANCELLING))
    launcher.phases[f"{job.id}-1"] = replace(NO_NODE, hopeless=NO_IMAGE)
    monkeypatch.setattr(jobs, "all", lambda: before)
    reconciler.reconcile()
    assert jobs.get(job.id).state is JobState.CANCELLING and launcher.stopped == []


def test_a_start_that_is_refused_fails_the_job_with_the_reason(
    jobs: JobRepository, reconciler: Reconciler, launcher: ScriptedLauncher
) -> None:
    launcher.refusal = PermissionDenied("we may not create jobs.batch", reason="KUBE_FORBIDDEN")
    job = starting(jobs, reconciler)
    assert job.state is JobState.FAILED and job.error == launcher.refusal.to_json()


def test_a_start_that_may_pass_later_is_tried_again_and_shown(
    jobs: JobRepository, reconciler: Reconciler, launcher: ScriptedLauncher
) -> None:
    launcher.refusal = Unavailable("the API server is too busy", reason="KUBE_BUSY")
    job = starting(jobs, reconciler)
    assert (job.state, job.progress.phase) == (JobState.STARTING, "waiting: the API server is too busy")
    launcher.refusal = None
    reconciler.reconcile()
    reconciler.reconcile()
    job = jobs.get(job.id)
    assert launcher.submitted == [f"{job.id}-1"] * 2, "the same attempt"
    assert (job.state, job.progress.phase, job.failures) == (JobState.STARTING, "", 0)


def test_followers_of_a_job_that_was_given_back_are_stopped(
    jobs: JobRepository, reconciler: Reconciler, launcher: ScriptedLauncher
) -> None:
    job = started(jobs, reconciler, launcher)
    jobs.update(job.id, lambda job: change(job, JobState.QUEUED))
    reconciler.reconcile()
    assert launcher.stopped and launcher.stopped[0][0] == f"{job.id}-1"
    assert jobs.get(job.id).state is JobState.QUEUED


def test_they_are_stopped_while_another_job_runs(
    jobs: JobRepository, reconciler: Reconciler, launcher: ScriptedLauncher
) -> None:
    job = started(jobs, reconciler, launcher)
    jobs.create("toy", {}, "other")
    jobs.update(job.id, lambda job: change(job, JobState.QUEUED))
    reconciler.reconcile()
    reconciler.reconcile()
    assert len(launcher.submitted) == 2
    assert {name for name, _ in launcher.stopped} == {f"{job.id}-1"}


def test_a_worker_that_gave_its_job_back_is_given_time_to_end(
    jobs: JobRepository, launcher: ScriptedLauncher, tmp_path: Path
) -> None:
    patient = Reconciler(jobs, launcher, Settings(service="ingestion", home=tmp_path, worker_stop_seconds=600.0))
    job = started(jobs, patient, launcher)
    jobs.update(job.id, lambda job: change(job, JobState.QUEUED))
    patient.reconcile()
    assert launcher.stopped == []


def test_a_gang_that_gave_its_job_back_for_a_pod_that_died_has_failed(
    jobs: JobRepository, reconciler: Reconciler, launcher: ScriptedLauncher
) -> None:
    """Else a follower that is killed in every attempt would keep the job going round for ever."""
    job = started(jobs, reconciler, launcher)
    for attempt in (1, 2, 3):
        jobs.update(job.id, lambda job: change(job, JobState.QUEUED))
        launcher.phases[f"{job.id}-{attempt}"] = Observation(Phase.RUNNING, failed=True)
        reconciler.reconcile()  # it is stopped; what showed the failure goes with it
        launcher.phases[f"{job.id}-{attempt}"] = Observation(Phase.EXITED, "pod b was killed for want of memory")
        reconciler.reconcile()
        assert attempt == 3 or (jobs.get(job.id).attempt, jobs.get(job.id).failures) == (attempt + 1, attempt)
    job = jobs.get(job.id)
    assert job.state is JobState.FAILED and job.error is not None and job.error["reason"] == "WORKER_LOST"
    assert "for want of memory" in job.error["message"]


def test_an_ended_worker_of_a_failed_job_is_kept_for_its_log(
    jobs: JobRepository, reconciler: Reconciler, launcher: ScriptedLauncher
) -> None:
    launcher.log_seconds = 3600.0
    job = started(jobs, reconciler, launcher)
    jobs.update(job.id, lambda job: change(job, JobState.FAILED, ended=job.created))
    ends(launcher, job, "exit status 1")
    reconciler.reconcile()
    reconciler.reconcile()
    assert f"{job.id}-1" in launcher.phases
    launcher.log_seconds = 0.0
    reconciler.reconcile()
    assert f"{job.id}-1" not in launcher.phases


def test_a_long_history_is_swept_a_little_at_a_time(
    jobs: JobRepository, reconciler: Reconciler, launcher: ScriptedLauncher
) -> None:
    old = [jobs.create("toy", {}, f"r{i}") for i in range(30)]
    for job in old:
        jobs.update(job.id, lambda job: change(job, JobState.STARTING, attempt=1))
        jobs.update(job.id, lambda job: change(job, JobState.SUCCEEDED, ended=job.created))
        launcher.phases[f"{job.id}-1"] = Observation(Phase.EXITED)
    reconciler.reconcile()
    assert 0 < len(launcher.phases) < 30
    reconciler.reconcile()
    assert not launcher.phases
