"""Records in a store: no change is lost, the same request is the same job, one damaged record hides no other."""

from __future__ import annotations

import multiprocessing
from pathlib import Path

import pytest

from codekiln.core.errors import AlreadyExists, Conflict, DataLoss, NotFound
from codekiln.core.jobs.record import Job, JobState, Progress, change
from codekiln.core.jobs.repository import JobRepository, job_id
from codekiln.core.store import ObjectStore, open_store

PROCESSES, INCREMENTS = 8, 50


@pytest.fixture
def store(tmp_path: Path) -> ObjectStore:
    return open_store((tmp_path / "store").as_uri())


@pytest.fixture
def jobs(store: ObjectStore) -> JobRepository:
    return JobRepository(store, "toy")


def test_changes_of_many_processes_at_once_lose_none(store: ObjectStore, jobs: JobRepository) -> None:
    job = jobs.create("toy", {}, "request")
    context = multiprocessing.get_context("spawn")
    with context.Pool(PROCESSES) as pool:
        pool.map(_increment, [(store.url, job.id)] * PROCESSES)
    job = jobs.get(job.id)
    assert job.progress.done == PROCESSES * INCREMENTS
    assert job.revision == 1 + PROCESSES * INCREMENTS


def _increment(arguments: tuple[str, str]) -> None:
    url, id = arguments
    jobs = JobRepository(open_store(url), "toy")
    for _ in range(INCREMENTS):
        while True:
            try:
                jobs.update(id, lambda job: change(job, progress=Progress(done=job.progress.done + 1)))
                break
            except Conflict:
                continue


def test_the_same_request_is_the_same_job(jobs: JobRepository) -> None:
    first = jobs.create("toy", {"a": 1}, "r")
    assert jobs.create("toy", {"a": 1}, "r") == first
    assert jobs.create("toy", {"a": 1}, "s").id != first.id
    assert jobs.create("other", {"a": 1}, "r").id != first.id
    assert first.id == job_id("toy", "r")


def test_a_request_that_is_used_for_something_else_is_refused(jobs: JobRepository) -> None:
    first = jobs.create("toy", {"a": 1}, "r")
    with pytest.raises(AlreadyExists, match=f"used for job {first.id} with another specification") as caught:
        jobs.create("toy", {"a": 2}, "r")
    assert caught.value.reason == "REQUEST_ID_REUSED"
    assert jobs.get(first.id) == first


def test_a_job_that_is_not_there_is_not_found(jobs: JobRepository) -> None:
    for call in (lambda: jobs.get("toy-none"), lambda: jobs.update("toy-none", lambda job: job)):
        with pytest.raises(NotFound) as caught:
            call()
        assert caught.value.reason == "JOB_NOT_FOUND"


def test_leaving_a_record_alone_writes_nothing(jobs: JobRepository) -> None:
    job = jobs.create("toy", {}, "r")
    assert jobs.update(job.id, lambda job: None) == job == jobs.get(job.id)


def test_jobs_are_listed_newest_first_and_services_do_not_see_each_other(
    store: ObjectStore, jobs: JobRepository
) -> None:
    created = [jobs.create("toy", {}, f"r{i}") for i in range(5)]
    JobRepository(store, "toy2").create("toy", {}, "r")
    assert jobs.all() == sorted(created, key=lambda job: (-job.created, job.id))


def test_an_active_job_of_the_same_specification_is_found_until_it_ends(jobs: JobRepository) -> None:
    job = jobs.create("toy", {"a": 1}, "r")
    assert jobs.find_active("toy", {"a": 1}) == job
    assert jobs.find_active("toy", {"a": 2}) is None
    assert jobs.find_active("other", {"a": 1}) is None
    jobs.update(job.id, lambda job: change(job, JobState.CANCELLING))
    assert jobs.find_active("toy", {"a": 1}) is None, "one that is being cancelled is not to be joined"
    jobs.update(job.id, lambda job: change(job, JobState.CANCELLED))
    assert jobs.active() == []


@pytest.mark.parametrize("data", [b"", b"[]", b'{"state": "X"}', b"{}"])
def test_a_damaged_record_is_told_and_hides_no_other(store: ObjectStore, jobs: JobRepository, data: bytes) -> None:
    good = jobs.create("toy", {}, "r")
    store.put("jobs/toy/toy-damaged.json", data)
    assert jobs.all() == [good]
    with pytest.raises(DataLoss, match="the record of job toy-damaged cannot be read"):
        jobs.get("toy-damaged")


def test_a_step_sees_the_latest_record_when_it_loses_a_race(jobs: JobRepository) -> None:
    id = jobs.create("toy", {}, "r").id
    seen = []

    def step(job: Job) -> Job:
        seen.append(job.revision)
        if len(seen) == 1:
            jobs.update(id, lambda job: change(job, progress=Progress("somebody was faster")))
        return change(job, attempt=7)

    assert jobs.update(id, step).revision == 3
    assert seen == [1, 2]
    assert jobs.get(id).progress.phase == "somebody was faster"
