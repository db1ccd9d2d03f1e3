"""The worker as the launcher starts it: a process that knows a job's id and the store."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from codekiln.core.artifacts import open_artifact
from codekiln.core.jobs.record import Job, JobState, change
from codekiln.core.jobs.repository import JobRepository
from codekiln.core.spec import to_json
from codekiln.core.store import open_store
from codekiln.ingestion.spec import BenchmarkSpec, IngestionSpec

from .material import of_folder, write


def work(home: Path, kind: str, spec: IngestionSpec | BenchmarkSpec, request_id: str) -> Job:
    """One job through a real process."""
    store = open_store((home / "store").as_uri())
    jobs = JobRepository(store, "ingestion")
    job = jobs.create(kind, to_json(spec), request_id)
    jobs.update(job.id, lambda j: change(j, JobState.STARTING, attempt=1))
    environ = {key: value for key, value in os.environ.items() if not key.startswith("CODEKILN_")}
    environ |= {"CODEKILN_HOME": str(home), "PYTHONPATH": str(Path(__file__).parents[2] / "services")}
    done = subprocess.run(
        [sys.executable, "-m", "codekiln.ingestion.worker", job.id, "1"], env=environ, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return jobs.get(job.id)


def test_an_ingestion_ends_with_a_corpus_and_again_as_a_cache_hit(tmp_path: Path) -> None:
    spec = of_folder(write(tmp_path / "mine", {"a.py": "x = 1\n"}))
    first = work(tmp_path / "home", "ingestion", spec, "one")
    assert (first.state, first.cached) == (JobState.SUCCEEDED, False)
    manifest = open_artifact(open_store((tmp_path / "home" / "store").as_uri()), first.artifacts[0])
    assert manifest.summary["files"] == 1
    second = work(tmp_path / "home", "ingestion", spec, "two")
    assert (second.cached, second.artifacts) == (True, first.artifacts)


def test_a_failure_is_one_sentence_in_the_record(tmp_path: Path) -> None:
    job = work(tmp_path / "home", "ingestion", of_folder(tmp_path / "nowhere"), "one")
    assert job.state is JobState.FAILED
    assert job.error is not None
    assert (job.error["reason"], job.error["code"]) == ("SOURCE_NOT_FOUND", "NOT_FOUND")


def test_naming_an_artifact_imports_nothing_heavy() -> None:
    heavy = ["pyarrow", "numpy", "grpc", "torch"]
    code = f"import sys, codekiln.ingestion.worker; print([name for name in {heavy} if name in sys.modules])"
    environ = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2] / "services")}
    done = subprocess.run([sys.executable, "-c", code], env=environ, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_humaneval_becomes_a_benchmark(tmp_path: Path) -> None:
    job = work(tmp_path / "home", "benchmark", BenchmarkSpec("humaneval"), "one")
    assert (job.state, job.artifacts[0].kind) == (JobState.SUCCEEDED, "benchmark")
