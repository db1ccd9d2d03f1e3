"""Kills: no death of a server or a worker, whenever it comes, loses or doubles anything."""

from __future__ import annotations

import os
import random
import signal
from pathlib import Path

import pytest

from codekiln.core.artifacts import open_artifact, read_part
from codekiln.core.jobs.record import Job, JobState
from codekiln.core.jobs.repository import JobRepository
from codekiln.core.store import open_store
from tests.core.toy.folder import Folder, Plan
from tests.core.toy.running import ToyService, eventually, is_alive
from tests.s3 import S3Server


def await_step(folder: Folder, step: int, worker: int = 1) -> int:
    """Waits until the worker of this number has come to a step, and returns its pid."""

    def look() -> str | None:
        workers = folder.traces("workers")
        pid = workers[worker - 1] if len(workers) >= worker else None
        return pid if pid and f"{pid} {step}" in folder.traces("reached") else None

    return int(eventually(look, f"step {step} of worker {worker}"))


def ended(toy: ToyService, id: str) -> Job | None:
    job = toy.jobs.get(id)
    return job if job.state.final else None


def await_end(toy: ToyService, id: str) -> Job:
    return eventually(lambda: ended(toy, id), "the end of the job")


def steps_done(toy: ToyService) -> int:
    return len(list(toy.store.list("work/")))


def assert_counted(toy: ToyService, folder: Folder, job: Job, steps: int) -> None:
    """Every step is in the result once, was done once, and no two workers were ever at work together."""
    expected = [str(step) for step in range(1, steps + 1)]
    assert job.state is JobState.SUCCEEDED, job.error
    manifest = open_artifact(toy.store, job.artifacts[0])
    assert read_part(toy.store, manifest.part("steps")).decode().split() == expected
    traces = folder.traces("steps")  # a worker that is killed between a step and its trace leaves none
    assert len(traces) == len(set(traces)) and set(traces) <= set(expected)
    assert folder.traces("overlaps") == []


def test_a_killed_server_does_not_disturb_a_job(toy: ToyService) -> None:
    folder = toy.folder(hold_at=3)
    toy.start()
    with toy.client() as client:
        job = toy.create(client, folder)
        await_step(folder, 3)
    toy.kill()
    folder.release()
    done = await_end(toy, job.id)
    assert_counted(toy, folder, done, 5)
    assert done.attempt == 1 and len(folder.traces("workers")) == 1


def test_a_job_that_was_only_recorded_is_started_by_the_next_server(toy: ToyService) -> None:
    folder = toy.folder()
    job = toy.jobs.create("benchmark", {"name": "toy", "path": str(folder.path), "sha256": ""}, "r")
    toy.start()
    assert_counted(toy, folder, await_end(toy, job.id), 5)


def test_a_killed_worker_is_retried_and_loses_and_doubles_nothing(toy: ToyService) -> None:
    folder = toy.folder(Plan(children=True), hold_at=3)
    toy.start()
    with toy.client() as client:
        job = toy.create(client, folder)
        os.kill(await_step(folder, 3), signal.SIGKILL)
        eventually(lambda: len(folder.traces("workers")) == 2, "the second worker")
        assert not is_alive(int(folder.traces("children")[0])), "what the first worker started is gone before"
        folder.release()
        done = await_end(toy, job.id)
    assert_counted(toy, folder, done, 5)
    assert done.attempt == 2 and done.failures == 1
    eventually(lambda: not any(is_alive(int(pid)) for pid in folder.traces("children")), "the end of the children")


def test_a_worker_whose_server_was_killed_too_is_retried_by_the_next_server(toy: ToyService) -> None:
    folder = toy.folder(hold_at=2)
    toy.start()
    with toy.client() as client:
        job = toy.create(client, folder)
    worker = await_step(folder, 2)
    toy.kill()
    os.kill(worker, signal.SIGKILL)
    folder.release()
    toy.start()
    assert_counted(toy, folder, await_end(toy, job.id), 5)


def test_a_worker_that_is_asked_to_stop_gives_its_job_back_and_that_is_no_failure(toy: ToyService) -> None:
    folder = toy.folder(hold_at=3)
    toy.start(MAX_FAILURES=1)
    with toy.client() as client:
        job = toy.create(client, folder)
        for worker in range(1, 4):
            os.kill(await_step(folder, 3, worker), signal.SIGTERM)
        eventually(lambda: len(folder.traces("workers")) == 4, "worker 4")
        folder.release()
        done = await_end(toy, job.id)
    assert_counted(toy, folder, done, 5)
    assert done.attempt == 4 and done.failures == 0


def test_a_worker_that_is_stopped_before_it_works_is_no_failure_either(toy: ToyService) -> None:
    folder = toy.folder()
    toy.start(MAX_FAILURES=1)
    with toy.client() as client:
        job = toy.create(client, folder, request_id="r")
        os.kill(eventually(toy.workers, "a worker")[0], signal.SIGTERM)
        done = await_end(toy, job.id)
    assert_counted(toy, folder, done, 5)
    assert done.failures == 0


def test_a_server_that_takes_its_workers_along_leaves_none_and_the_next_goes_on(toy: ToyService) -> None:
    folder = toy.folder(hold_at=3)
    toy.start(STOP_WORKERS_ON_EXIT="true", MAX_FAILURES=1)
    with toy.client() as client:
        job = toy.create(client, folder)
        await_step(folder, 3)
    assert toy.stop() == 0
    assert toy.workers() == []
    given_back = toy.jobs.get(job.id)
    assert given_back.state is JobState.QUEUED and given_back.failures == 0
    folder.release()
    toy.start()
    assert_counted(toy, folder, await_end(toy, job.id), 5)


def test_a_deaf_worker_is_killed_with_its_server_and_that_is_no_failure(toy: ToyService) -> None:
    folder = toy.folder(Plan(deaf=True, children=True), hold_at=3)
    toy.start(STOP_WORKERS_ON_EXIT="true", WORKER_STOP_SECONDS=0.2, MAX_FAILURES=1)
    with toy.client() as client:
        job = toy.create(client, folder)
        await_step(folder, 3)
    assert toy.stop() == 0
    eventually(lambda: not toy.workers(), "the end of the worker")
    folder.release()
    toy.start()
    done = await_end(toy, job.id)
    assert_counted(toy, folder, done, 5)
    assert done.failures == 0
    eventually(lambda: not any(is_alive(int(pid)) for pid in folder.traces("children")), "the end of the children")


def test_after_too_many_deaths_the_job_fails_with_a_sentence_that_names_the_log(toy: ToyService) -> None:
    folder = toy.folder(Plan(trouble="death", trouble_at=2))
    toy.start(MAX_FAILURES=3)
    with toy.client() as client:
        job = toy.create(client, folder)
        done = await_end(toy, job.id)
    assert done.state is JobState.FAILED and done.attempt == 3 and done.failures == 3
    assert done.error is not None and done.error["reason"] == "WORKER_LOST"
    log = toy.home / "logs" / f"{job.id}-3.log"
    assert done.error["message"] == (f"the worker ended 3 times without a result (killed by SIGKILL). Its log: {log}")
    assert log.exists() and folder.traces("overlaps") == []


@pytest.mark.s3
def test_jobs_in_an_s3_store_survive_kills_as_well(toy: ToyService, s3: S3Server, tmp_path: Path) -> None:
    keys = {"ACCESS": s3.credentials.access_key, "SECRET": s3.credentials.secret_key}
    for name, key in keys.items():
        (tmp_path / name).write_text(key)
        toy.settings[f"STORE_{name}_KEY_FILE"] = tmp_path / name
    toy.settings["STORE"] = url = s3.url()
    toy.store = open_store(url, s3.credentials)
    toy.jobs = JobRepository(toy.store, "ingestion")
    folder = toy.folder(hold_at=3)
    toy.start()
    with toy.client() as client:
        job = toy.create(client, folder)
    worker = await_step(folder, 3)
    toy.kill()
    os.kill(worker, signal.SIGKILL)
    folder.release()
    toy.start()
    done = await_end(toy, job.id)
    assert_counted(toy, folder, done, 5)
    assert done.attempt == 2
    assert s3.credentials.secret_key not in toy.log() + str(done), "no secret in logs or records"


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_random_kills_of_servers_and_workers_lose_and_double_nothing(toy: ToyService, seed: int) -> None:
    """Twenty kills of what happens to be there, with two servers over the same jobs."""
    chance, steps = random.Random(seed), 100
    folder = toy.folder(Plan(steps=steps, pace=0.02, children=True))
    settings: dict[str, object] = {"MAX_FAILURES": 1000, "LISTEN": "127.0.0.1:0"}
    servers = [toy.start(**settings), toy.start(**settings)]
    job = toy.jobs.create("benchmark", {"name": "toy", "path": str(folder.path), "sha256": ""}, "r")
    for _ in range(20):
        aim = min(steps_done(toy) + chance.randrange(5), steps)
        eventually(lambda aim=aim: steps_done(toy) >= aim, "a step")
        if chance.random() < 0.4:
            victim = chance.randrange(2)
            servers[victim].kill()
            servers[victim].wait()
            servers[victim] = toy.start(**settings)
        elif workers := toy.workers():
            os.kill(chance.choice(workers), chance.choice([signal.SIGKILL, signal.SIGTERM]))
    done = await_end(toy, job.id)
    assert done.attempt > 3, "something was killed"
    assert_counted(toy, folder, done, steps)
    eventually(lambda: not toy.workers(), "the end of the workers")
    eventually(lambda: not any(is_alive(int(pid)) for pid in folder.traces("children")), "the end of the children")
