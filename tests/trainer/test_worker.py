"""The worker as it runs: a process that starts torchrun, whose ranks are processes of their own."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from codekiln.core.artifacts import Manifest, fetch_part, open_artifact, read_part
from codekiln.core.errors import DataLoss, Unavailable
from codekiln.core.jobs.record import JobState, Progress
from codekiln.core.jobs.worker import EXIT_STOPPED, Context
from codekiln.core.store import ObjectStore
from codekiln.trainer import export, metrics, worker
from codekiln.trainer.supervision import run_ranks

from .material import new_plan, new_spec, untimed
from .processes import Attempts, mentioning, unbroken, until


@pytest.fixture
def attempts(context: Context, tokens: Manifest) -> Attempts:
    return Attempts(context, new_spec(tokens, steps=300, checkpoint_steps=20))


def test_the_worker_imports_neither_torch_nor_numpy() -> None:
    """A cache hit must not wait for them."""
    look = "import sys, codekiln.trainer.worker; sys.exit(bool({'torch', 'numpy', 'grpc'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", look]).returncode == 0


def test_a_model_is_trained_by_torchrun_and_published_whole(
    context: Context, tokens: Manifest, reports: list[Progress], tmp_path: Path
) -> None:
    spec = new_spec(tokens)
    key = worker.identify(spec, context)
    model = worker.train(spec, key, context)
    assert model.ref == key.ref and [ref.kind for ref in model.inputs] == ["tokens", "tokenizer"]
    assert model.licenses == tokens.licenses and model.summary["steps"] == 12
    for part in model.parts:
        fetch_part(context.store, part, tmp_path / "model" / part.name)
    export.verify(tmp_path / "model")
    rows = metrics.read(tmp_path / "model" / "metrics.jsonl")
    assert [row["step"] for row in rows] == list(range(13))
    last = [report for report in reports if report.phase == "training"][-1]
    assert last.done == last.total == 12
    assert {"loss", "bits_per_byte", "lr", "tokens_per_second"} <= set(last.metrics)


@pytest.mark.slow
def test_a_training_that_was_killed_and_then_stopped_ends_as_the_unbroken_one(
    attempts: Attempts, tokens: Manifest, tmp_path: Path
) -> None:
    kill_at, stop_at = random.randrange(25, 140), random.randrange(150, 290)

    first = attempts.start()
    until(attempts.reached(kill_at))
    first.kill()
    first.wait()
    attempts.nobody_left()

    second = attempts.start()
    until(attempts.reached(stop_at))
    second.terminate()
    assert second.wait() == EXIT_STOPPED
    attempts.nobody_left()
    assert attempts.job.state is JobState.QUEUED

    third = attempts.start()
    assert third.wait() == 0
    attempts.nobody_left()
    job = attempts.job
    assert job.state is JobState.SUCCEEDED, (kill_at, stop_at, job.error)

    model = open_artifact(attempts.store, job.artifacts[0])
    expected = unbroken(new_spec(tokens, steps=300, checkpoint_steps=20), tmp_path)
    fetch_part(attempts.store, model.part("metrics.jsonl"), tmp_path / "metrics.jsonl")
    assert untimed(metrics.read(tmp_path / "metrics.jsonl")) == untimed(expected.rows), (kill_at, stop_at)
    weights = (expected.plan.result / "model.safetensors").read_bytes()
    assert read_part(attempts.store, model.part("model.safetensors")) == weights, (kill_at, stop_at)


@pytest.mark.slow
def test_two_processes_compute_what_one_does(
    store: ObjectStore, tokens: Manifest, context: Context, tmp_path: Path
) -> None:
    spec = new_spec(tokens, processes=2)
    model = worker.train(spec, worker.identify(spec, context), context)
    fetch_part(store, model.part("metrics.jsonl"), tmp_path / "metrics.jsonl")
    expected = unbroken(new_spec(tokens), tmp_path)
    for row, alone in zip(metrics.read(tmp_path / "metrics.jsonl"), expected.rows, strict=True):
        for name in set(alone) & {"loss", "validation_loss", "bits_per_byte", "gradient_norm"}:
            assert row[name] == pytest.approx(alone[name], rel=1e-4), (row["step"], name)


@pytest.mark.slow
def test_a_rank_that_fails_is_reported_in_one_sentence(tokens: Manifest, context: Context, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.bin"
    wrong.write_bytes(np.full(100, 60000, "<u2").tobytes())
    plan = replace(new_plan(new_spec(tokens, processes=2), context), train=(wrong,))
    with pytest.raises(DataLoss, match=r"holds the token id 60000, and its vocabulary has 512: make the tokens again$"):
        run_ranks(plan, context)


@pytest.mark.slow
def test_a_rank_that_is_killed_is_worth_another_try(tokens: Manifest, context: Context) -> None:
    plan = new_plan(new_spec(tokens, steps=100_000), context)

    def kill(progress: Progress) -> None:
        if progress.phase == "training":
            for pid in mentioning(str(plan.folder)):
                if b"codekiln.trainer.agent" not in Path(f"/proc/{pid}/cmdline").read_bytes():
                    os.kill(pid, signal.SIGKILL)

    context._report = kill
    with pytest.raises(Unavailable, match="goes on from its last checkpoint"):
        run_ranks(plan, context)
