"""The worker as the launcher starts it: a process that knows a job id and the store, and leaves the record final."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from codekiln.core.artifacts import Manifest
from codekiln.core.jobs.record import Job, JobState, change
from codekiln.core.jobs.repository import JobRepository
from codekiln.core.spec import to_json
from codekiln.core.store import ObjectStore
from codekiln.tokenizer.spec import TokenizerSpec, TokensSpec

from .material import Document, publish


def work(store: ObjectStore, home: Path, kind: str, spec: Any, request_id: str = "") -> Job:
    """The record after one attempt in a process of its own."""
    jobs = JobRepository(store, "tokenizer")
    id = jobs.create(kind, to_json(spec), request_id or kind).id
    jobs.update(id, lambda job: change(job, JobState.STARTING, attempt=1))
    environment = {"PYTHONPATH": os.pathsep.join(sys.path), "CODEKILN_STORE": store.url, "CODEKILN_HOME": str(home)}
    command = [sys.executable, "-m", "codekiln.tokenizer.worker", id, "1"]
    subprocess.run(command, env={**os.environ, **environment}, check=True, capture_output=True)
    return jobs.get(id)


def test_both_kinds_of_job_end_with_their_artifact_and_again_as_a_cache_hit(
    store: ObjectStore, library: Manifest, tmp_path: Path
) -> None:
    trained = work(store, tmp_path, "tokenizer", TokenizerSpec(library.ref, 400))
    assert trained.state is JobState.SUCCEEDED and trained.artifacts[0].kind == "tokenizer" and not trained.cached
    packed = work(store, tmp_path, "tokens", TokensSpec(library.ref, trained.artifacts[0]))
    assert packed.state is JobState.SUCCEEDED and packed.artifacts[0].kind == "tokens"
    again = work(store, tmp_path, "tokens", TokensSpec(library.ref, trained.artifacts[0]), "another request")
    assert again.cached and again.artifacts == packed.artifacts


def test_a_refused_job_fails_with_the_sentence_and_the_reason(store: ObjectStore, tmp_path: Path) -> None:
    dataset = publish(store, [[Document("r", "a.py", "x = 1\n")]])
    failed = work(store, tmp_path, "tokenizer", TokenizerSpec(dataset.ref))
    assert failed.state is JobState.FAILED and failed.error
    assert failed.error["reason"] == "VOCAB_TOO_LARGE" and "set `vocab_size` to at most" in failed.error["message"]
    assert list(store.list("artifacts/tokenizer/")) == []
