"""Metrics: named as Prometheus wants them, few whatever runs, there whatever is broken."""

from __future__ import annotations

import shutil
import subprocess
import time
import urllib.request
from pathlib import Path

import pytest
from prometheus_client import REGISTRY, Metric
from prometheus_client.parser import text_string_to_metric_families

from codekiln.client.kinds import KINDS
from codekiln.core.errors import CodekilnError
from codekiln.core.jobs.reconciler import Reconciler
from codekiln.core.jobs.record import JobState, Progress, change
from codekiln.core.jobs.repository import JobRepository
from codekiln.core.settings import Settings
from codekiln.core.store import open_store
from tests.core.jobs.test_reconciler import ScriptedLauncher
from tests.core.toy.running import ToyService, eventually

OURS = ("codekiln_", "grpc_server_")
STANDARD = ("process_", "python_")
NO_UNIT = ("_ratio", "_info", "_figure", "_jobs", "_created", "_files", "_outcomes")
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
    told = ("codekiln_job_duration_seconds_count", 'grpc_code="NOT_FOUND"')  # a moment after it was seen
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
    call = [("grpc_method", "GetJob"), ("grpc_service", "codekiln.v1.JobService")]
    assert found[f"grpc_server_started_total{call}"] == 1
    assert found[f"grpc_server_handled_total{[('grpc_code', 'NOT_FOUND'), *call]}"] == 1
    assert found[f"grpc_server_handling_seconds_count{call}"] == 1


def test_jobs_store_and_build_are_there(text: str) -> None:
    found = samples(text)
    assert found["codekiln_jobs[('service', 'ingestion'), ('state', 'SUCCEEDED')]"] == 1
    assert found["codekiln_job_duration_seconds_count[('kind', 'benchmark'), ('state', 'SUCCEEDED')]"] == 1
    assert found["codekiln_job_queue_seconds_count[('kind', 'benchmark')]"] == 1
    assert found["codekiln_store_request_seconds_count[('verb', 'create')]"] >= 1
    assert any(name.startswith("codekiln_build_info[") for name in found)
    assert any(name.startswith("codekiln_reconcile_duration_seconds_count") for name in found)


@pytest.mark.skipif(shutil.which("promtool") is None, reason="promtool (Debian: prometheus) is not on the PATH")
def test_promtool_finds_nothing(text: str) -> None:
    done = subprocess.run(["promtool", "check", "metrics"], input=text, capture_output=True, text=True)
    ours = [line for line in done.stderr.splitlines() if line.startswith(OURS)]
    assert ours == []


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
