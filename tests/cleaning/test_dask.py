"""Dask as a cluster runs it: a scheduler and workers that come, go and die while a job works."""

from __future__ import annotations

import asyncio
import signal
import socket
import threading
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from codekiln.cleaning import cluster as cluster_module
from codekiln.cleaning.cluster import Cluster, open_cluster
from codekiln.cleaning.dask_process import ENVIRONMENT
from codekiln.cleaning.dask_task import Origin
from codekiln.cleaning.dask_versions import check_versions
from codekiln.core.errors import CodekilnError, FailedPrecondition, Unavailable
from codekiln.core.settings import Settings
from codekiln.core.store import open_store
from tests.cleaning.dask_cluster import Process, Processes, cluster, die, hold, meet, surroundings
from tests.cleaning.test_worker import until

pytestmark = pytest.mark.slow


@pytest.fixture
def store(tmp_path: Path) -> str:
    return (tmp_path / "store").as_uri()


def settings(tmp_path: Path, scheduler: Process, store: str) -> Settings:
    return Settings(service="cleaning", home=tmp_path / "job", dask_scheduler=scheduler.address, store=store)


def in_background(work: Callable[[], Any]) -> tuple[threading.Thread, list[Any]]:
    """Runs it in a thread; its result, or the error of ours that it raised, comes into the list."""
    results: list[Any] = []

    def run() -> None:
        try:
            results.append(work())
        except CodekilnError as error:
            results.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    return thread, results


def held(store: str, count: int) -> Callable[[], bool]:
    return lambda: sum(1 for _ in open_store(store).list("held/")) >= count


def mapped(made: Cluster, function: Any, tasks: list[int]) -> list[Any]:
    return made.map(function, tasks, lambda done: None)


@pytest.mark.parametrize("tasks", [2, 12])
def test_a_worker_that_joins_late_gets_tasks(tmp_path: Path, store: str, tasks: int) -> None:
    with (
        cluster(tmp_path, store, 1) as (processes, scheduler, _),
        open_cluster(settings(tmp_path, scheduler, store)) as made,
    ):
        thread, results = in_background(lambda: mapped(made, meet, [2] * tasks))
        until(lambda: any(open_store(store).list("met/")))
        processes.worker(scheduler.address, store)
        thread.join()
    assert len(results[0]) == tasks and len(set(results[0])) == 2


def test_workers_here_and_elsewhere_have_allocators_that_give_memory_back(tmp_path: Path, store: str) -> None:
    with open_cluster(Settings(service="cleaning", home=tmp_path / "near", workers=1)) as made:
        near = mapped(made, surroundings, [0])[0]
    with (
        cluster(tmp_path, store, 1) as (_, scheduler, _),
        open_cluster(settings(tmp_path, scheduler, store)) as made,
    ):
        far = mapped(made, surroundings, [0])[0]
    for pool, environment in (near, far):
        assert pool == "system" and environment.items() >= ENVIRONMENT.items()


def test_waiting_for_tasks_leaves_nothing_behind(tmp_path: Path) -> None:
    near = Settings(service="cleaning", home=tmp_path, workers=1)
    waiting: list[int] = []
    with open_cluster(near) as made:
        loop = made._client.loop.asyncio_loop
        tell = lambda done: waiting.append(len(asyncio.all_tasks(loop)))  # noqa: E731
        thread, results = in_background(lambda: made.map(hold, [0, 1, 2, 3], tell))
        until(lambda: len(waiting) >= 5)
        open_store(near.store_url).put("free/now", b"")
        thread.join()
    assert results == [[0, 1, 2, 3]]
    assert waiting[4] <= waiting[1], waiting


def test_a_result_that_is_here_is_kept_nowhere_else(tmp_path: Path) -> None:
    near = Settings(service="cleaning", home=tmp_path, workers=1)
    open_store(near.store_url).put("free/now", b"")
    held: list[int] = []
    with open_cluster(near) as made:
        made.map(hold, list(range(6)), lambda _: None)
        until(lambda: not any(made._client.has_what().values()))
        names = made.map(hold, list(range(6)), lambda _: None, lambda result: held.append(len(made._client.futures)))
    assert names == [None] * 6 and held[-1] == 1 and max(held) == 6


def test_a_worker_that_is_asked_to_stop_hands_its_task_on(tmp_path: Path, store: str) -> None:
    with (
        cluster(tmp_path, store, 1) as (processes, scheduler, workers),
        open_cluster(settings(tmp_path, scheduler, store)) as made,
    ):
        thread, results = in_background(lambda: mapped(made, hold, [0, 1, 2]))
        until(held(store, 1))
        for _ in range(5):  # more often than a task may fail
            last, workers = workers[-1], [*workers, processes.worker(scheduler.address, store)]
            assert workers[-1].address
            assert last.end(signal.SIGTERM) == 0, last.log
        open_store(store).put("free/now", b"")
        thread.join()
    assert results == [[0, 1, 2]]


def test_a_task_that_kills_its_process_is_given_up_after_three_more_tries(tmp_path: Path) -> None:
    near = Settings(service="cleaning", home=tmp_path, workers=1)
    with open_cluster(near) as made, pytest.raises(Unavailable) as caught:
        mapped(made, die, [0])
    assert caught.value.reason == "DASK_WORKER_DIED"
    assert "memory" in caught.value.message


def test_a_result_that_went_with_its_worker_is_made_again(
    tmp_path: Path, store: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster_module, "_RESULT_SECONDS", 0.2)
    with (
        cluster(tmp_path, store, 1) as (processes, scheduler, (worker,)),
        open_cluster(settings(tmp_path, scheduler, store)) as made,
    ):
        open_store(store).put("free/now", b"")
        seen: list[int] = []

        def lose_the_rest(result: int) -> int:
            if not seen:
                until(lambda: all(state.status == "finished" for state in made._client.futures.values()))
                worker.end(signal.SIGKILL)
                processes.worker(scheduler.address, store)
            seen.append(result)
            return result

        assert made.map(hold, [0, 1, 2], lambda done: None, lose_the_rest) == [0, 1, 2]
    assert sorted(seen) == [0, 1, 2]


def test_tasks_that_nobody_works_on_are_given_up(tmp_path: Path, store: str) -> None:
    with (
        cluster(tmp_path, store, 1) as (_, scheduler, (worker,)),
        open_cluster(settings(tmp_path, scheduler, store), patience=1.0) as made,
    ):
        thread, results = in_background(lambda: mapped(made, hold, [0]))
        until(held(store, 1))
        worker.end(signal.SIGKILL)
        thread.join()
    assert (type(results[0]), results[0].reason) == (Unavailable, "DASK_NO_WORKERS")
    assert scheduler.address in results[0].message


def test_a_scheduler_that_dies_is_a_reason_to_try_again_and_ends_its_workers(tmp_path: Path, store: str) -> None:
    with (
        cluster(tmp_path, store, 1) as (_, scheduler, (worker,)),
        open_cluster(settings(tmp_path, scheduler, store)) as made,
    ):
        thread, results = in_background(lambda: mapped(made, hold, [0, 1]))
        until(held(store, 1))
        scheduler.end(signal.SIGKILL)
        thread.join()
        assert (type(results[0]), results[0].reason) == (Unavailable, "DASK_LOST")
        with pytest.raises(Unavailable) as caught:
            mapped(made, hold, [0])
        assert caught.value.reason == "DASK_LOST"
        assert worker.process.wait() == 1
    assert "lost the scheduler" in worker.log


def test_a_worker_with_another_store_refuses(tmp_path: Path, store: str) -> None:
    other = (tmp_path / "other").as_uri()
    with (
        cluster(tmp_path, other, 1) as (_, scheduler, _),
        open_cluster(settings(tmp_path, scheduler, store)) as made,
        pytest.raises(FailedPrecondition) as caught,
    ):
        mapped(made, hold, [0])
    assert caught.value.reason == "DASK_STORE_MISMATCH"
    assert other in caught.value.message and store in caught.value.message


def test_a_worker_of_another_version_refuses(store: str) -> None:
    with pytest.raises(Unavailable) as caught:
        Origin("0.0.0", store, None).open_store()
    assert caught.value.reason == "DASK_VERSION_MISMATCH"


@pytest.mark.parametrize(
    ("package", "version", "shown"),
    [("distributed", "2024.1.0", "2024.1.0"), ("python", "3.12.1.final.0", "3.12,")],
)
@pytest.mark.parametrize("where", ["the scheduler", "worker tcp://10.0.0.1:8788"])
def test_another_version_of_dask_or_python_is_named(where: str, package: str, version: str, shown: str) -> None:
    same = {
        "python": "3.11.2.final.0",
        "dask": "2026.8.0",
        "distributed": "2026.8.0",
        "cloudpickle": "3",
        "msgpack": "1",
    }
    other = {"packages": {**same, package: version}}
    fine: Any = {"packages": same}
    versions = {"client": fine, "scheduler": fine, "workers": {"tcp://10.0.0.1:8788": fine}}
    check_versions(versions)
    if where == "the scheduler":
        versions["scheduler"] = other
    else:
        versions["workers"]["tcp://10.0.0.1:8788"] = other
    with pytest.raises(Unavailable, match=f"{where} of Dask has {package} {shown}"):
        check_versions(versions)


def test_metrics_and_health_are_all_that_answers_over_http(tmp_path: Path, store: str) -> None:
    with cluster(tmp_path, store, 1) as (_, scheduler, (worker,)):
        assert "dask_scheduler_workers" in read(f"{scheduler.pages}/metrics")
        metrics = read(f"{worker.pages}/metrics")
        assert "dask_worker_tasks" in metrics and "codekiln_store_request_seconds" in metrics
        for process in (scheduler, worker):
            assert read(f"{process.pages}/health") == "ok"
            for path in ("/info/main/workers.html", "/json/counts.json", "/status", "/", "/proxy/22/localhost/"):
                with pytest.raises(urllib.error.HTTPError) as caught:
                    read(process.pages + path)
                assert caught.value.code == 404
                caught.value.close()


def test_a_worker_waits_for_its_scheduler_and_ends_when_asked(tmp_path: Path, store: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with Processes(tmp_path) as processes:
        worker = processes.worker(f"tcp://127.0.0.1:{port}", store)
        until(lambda: "waiting" in worker.log)
        scheduler = processes.scheduler(f"127.0.0.1:{port}")
        assert worker.address and scheduler.end(signal.SIGTERM) == 0
        assert worker.process.wait() == 1
        early = processes.worker(f"tcp://127.0.0.1:{port}", store)
        until(lambda: "waiting" in early.log)
        assert early.end(signal.SIGTERM) == 0


def test_what_cannot_start_says_why(tmp_path: Path, store: str) -> None:
    with Processes(tmp_path) as processes, socket.create_server(("127.0.0.1", 0)) as taken:
        port = f"127.0.0.1:{taken.getsockname()[1]}"
        scheduler = processes.scheduler(port)
        assert scheduler.process.wait() == 2 and f"{port} is in use" in scheduler.log
        address = processes.scheduler().address
        for setting in ("listen", "metrics_listen"):
            worker = processes.worker(address, store, **{setting: port})
            assert worker.process.wait() == 2
            assert f"{port} is in use" in worker.log and f"CODEKILN_{setting.upper()}" in worker.log
        worker = processes.worker("", store)
        assert worker.process.wait() == 2 and "CODEKILN_DASK_SCHEDULER is not set" in worker.log


def read(url: str) -> str:
    with urllib.request.urlopen(url, timeout=20) as reply:
        return str(reply.read().decode())
