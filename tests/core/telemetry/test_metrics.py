"""Metrics: named as Prometheus wants them, few whatever runs, there whatever is broken."""

from __future__ import annotations

import shutil
import subprocess
import threading
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from prometheus_client import REGISTRY, Metric
from prometheus_client.parser import text_string_to_metric_families

from codekiln import __version__
from codekiln.client.kinds import KINDS
from codekiln.core.errors import CodekilnError
from codekiln.core.jobs.reconciler import Reconciler
from codekiln.core.jobs.record import JobState, Progress, change
from codekiln.core.jobs.repository import JobRepository
from codekiln.core.settings import Settings
from codekiln.core.store import ObjectStore, open_store
from codekiln.core.store.interface import ObjectInfo
from codekiln.core.store.metered import MeteredStore
from codekiln.core.telemetry.metrics import JOB_KINDS, serve_metrics
from tests.core.jobs.test_reconciler import ScriptedLauncher
from tests.core.toy.running import ToyService, eventually

OURS = ("codekiln_", "grpc_server_")
STANDARD = ("process_", "python_")
NO_UNIT = (
    "_ratio",
    "_info",
    "_figure",
    "_jobs",
    "_files",
    "_outcomes",
    "_progress_rate",
    "_values",
    "_waiting",
    "_replicas",
)
FORBIDDEN = {"job", "id", "job_id", "path", "user", "error", "message", "artifact", "request_id"}


def scrape(toy: ToyService) -> str:
    with urllib.request.urlopen(f"http://{toy.addresses['metrics']}/metrics", timeout=10) as response:
        return str(response.read().decode())


@pytest.fixture
def text(toy: ToyService) -> str:
    """What a server tells after a job, a failed call and a retry."""
    toy.start()
    with toy.client() as client:
        list(client.watch(toy.create(client, toy.folder()).id))
        with pytest.raises(CodekilnError):
            client.get("benchmark-0")
    jobs = 'codekiln_jobs{service="ingestion",state="SUCCEEDED"} 1.0'
    told = ("codekiln_job_duration_seconds_count", 'grpc_code="NOT_FOUND"', jobs)  # a moment after it was seen
    return eventually(lambda: text if all(name in (text := scrape(toy)) for name in told) else None)


def samples(text: str) -> dict[str, float]:
    return {
        f"{sample.name}{sorted(sample.labels.items())}": sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_names_units_and_labels_are_as_prometheus_wants_them(text: str) -> None:
    families: list[Metric] = list(text_string_to_metric_families(text))
    assert all(family.name.startswith(OURS + STANDARD) for family in families)
    for family in (family for family in families if family.name.startswith(OURS)):
        assert family.documentation and family.documentation.endswith("."), family.name
        named = family.name + ("_total" if family.type == "counter" else "")
        assert named.endswith(("_total", "_seconds", "_bytes", *NO_UNIT)), family.name
        assert family.type != "histogram" or named.endswith(("_seconds", "_bytes")), family.name
        assert not any(FORBIDDEN & sample.labels.keys() for sample in family.samples), family.name


def test_rate_errors_and_duration_of_every_call_are_there(text: str) -> None:
    found = samples(text)
    call = [("grpc_method", "GetJob"), ("grpc_service", "codekiln.v1.JobService"), ("grpc_type", "unary")]
    assert found[f"grpc_server_started_total{call}"] == 1
    assert found[f"grpc_server_handled_total{[('grpc_code', 'NOT_FOUND'), *call]}"] == 1
    assert found[f"grpc_server_handling_seconds_count{call}"] == 1


def test_every_method_is_there_before_it_is_called(text: str) -> None:
    found = samples(text)
    watched = [("grpc_method", "WatchJob"), ("grpc_service", "codekiln.v1.JobService"), ("grpc_type", "server_stream")]
    deleted = [("grpc_method", "CancelJob"), ("grpc_service", "codekiln.v1.JobService"), ("grpc_type", "unary")]
    assert found[f"grpc_server_started_total{watched}"] == 1
    for code in ("OK", "INTERNAL", "UNAVAILABLE"):
        assert found[f"grpc_server_handled_total{[('grpc_code', code), *deleted]}"] == 0


def test_jobs_store_and_build_are_there(text: str) -> None:
    found = samples(text)
    assert found["codekiln_jobs[('service', 'ingestion'), ('state', 'SUCCEEDED')]"] == 1
    assert found["codekiln_job_duration_seconds_count[('kind', 'benchmark'), ('state', 'SUCCEEDED')]"] == 1
    assert found["codekiln_job_queue_seconds_count[('kind', 'benchmark')]"] == 1
    assert found["codekiln_store_request_seconds_count[('verb', 'create')]"] >= 1
    assert found["codekiln_store_conflicts_total[('verb', 'replace')]"] == 0
    assert found["codekiln_job_retries_total[('kind', 'ingestion')]"] == 0
    assert any(name.startswith("codekiln_reconcile_duration_seconds_count") for name in found)


@pytest.mark.skipif(shutil.which("promtool") is None, reason="promtool (Debian: prometheus) is not on the PATH")
def test_promtool_finds_nothing(text: str) -> None:
    done = subprocess.run(["promtool", "check", "metrics"], input=text, capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_the_build_names_its_version_and_commit(toy: ToyService, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REVISION", "0123abc")
    toy.start()
    build = [("commit", "0123abc"), ("service", "ingestion"), ("version", __version__)]
    assert samples(scrape(toy))[f"codekiln_build_info{build}"] == 1


class SlowStore(MeteredStore):
    """Lists nothing until it is let go, as a store behind a dead network."""

    def __init__(self, inner: ObjectStore) -> None:
        super().__init__(inner)
        self.asked, self.let_go = threading.Event(), threading.Event()

    def list(self, prefix: str) -> Iterator[ObjectInfo]:
        self.asked.set()
        self.let_go.wait()
        yield from super().list(prefix)


def test_a_scrape_does_not_wait_for_a_store_that_does_not_answer(tmp_path: Path) -> None:
    store = SlowStore(open_store((tmp_path / "store").as_uri()))
    reconciler = Reconciler(JobRepository(store, "toy"), ScriptedLauncher(), Settings(service="toy", home=tmp_path))
    address = serve_metrics("127.0.0.1:0", "toy")
    reconciler.start()
    try:
        assert store.asked.wait(60)
        with urllib.request.urlopen(f"http://{address}/metrics", timeout=10) as response:
            assert b"codekiln_store_request_seconds" in response.read()
    finally:
        store.let_go.set()
        reconciler.stop()


def test_kinds_are_those_that_clients_know() -> None:
    known = {(kind.service, name) for name, kind in KINDS.items()}
    assert {(service, kind) for service, kinds in JOB_KINDS.items() for kind in kinds} == known


def test_metrics_are_served_while_the_store_is_away(toy: ToyService) -> None:
    toy.start()
    (toy.home / "store").rename(toy.home / "gone")
    (toy.home / "store").touch()
    eventually(lambda: "codekiln_reconcile_duration_seconds_count" in scrape(toy))
    (toy.home / "store").unlink()
    (toy.home / "gone").rename(toy.home / "store")
    with toy.client() as client:
        assert list(client.jobs("ingestion")) == []


def test_a_thousand_jobs_make_no_more_series_than_a_few(tmp_path: Path) -> None:
    jobs = JobRepository(open_store((tmp_path / "store").as_uri()), "toy")
    reconciler = Reconciler(jobs, ScriptedLauncher(), Settings(service="toy", home=tmp_path))

    def run(first: int, last: int) -> int:
        for number in range(first, last):
            kind = list(KINDS)[number % len(KINDS)]
            state = list(JobState)[number // len(KINDS) % len(JobState)]
            job = jobs.create(kind, {"number": number}, f"r{number}")
            progress = Progress("phase", 1, 2, "files", metrics={"loss": 1.0}, updated=time.time())
            moved = change(job, JobState.STARTING, attempt=1, started=time.time(), progress=progress)
            moved = change(moved, JobState.RUNNING)
            if state.final:
                moved = change(moved, JobState.CANCELLING)
                moved = change(moved, state, ended=time.time() + 60)
            jobs.update(job.id, lambda _, moved=moved: moved)
        reconciler.reconcile()
        return sum(len(family.samples) for family in REGISTRY.collect() if family.name.startswith("codekiln_"))

    few = run(0, 3 * len(KINDS) * len(JobState))
    many = run(3 * len(KINDS) * len(JobState), 1000)
    assert many == few < 1500
    assert sum(job.state.final for job in jobs.all()) > 400
