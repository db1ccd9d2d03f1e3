"""The worker as it runs: a process that starts torchrun, whose ranks are processes of their own."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from codekiln.core.artifacts import Manifest, fetch_part, open_artifact, read_part
from codekiln.core.errors import DataLoss, Unavailable
from codekiln.core.jobs.record import Job, JobState, Progress, change
from codekiln.core.jobs.repository import JobRepository
from codekiln.core.jobs.worker import EXIT_STOPPED, Context
from codekiln.core.settings import environment
from codekiln.core.spec import to_json
from codekiln.core.store import ObjectStore, open_store
from codekiln.trainer import export, metrics, worker
from codekiln.trainer.loop import Training
from codekiln.trainer.spec import TrainerSpec
from codekiln.trainer.supervision import run_ranks
from codekiln.trainer.world import World

from .material import new_context, new_plan, new_spec, publish_tokens, untimed


def until(condition: Callable[[], bool], seconds: float = 90) -> None:
    """Looks again and again."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.01)


def mentioning(text: str) -> list[int]:
    """Processes whose command line has the text."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and text.encode() in (entry / "cmdline").read_bytes():
                found.append(int(entry.name))
        except (FileNotFoundError, ProcessLookupError):
            pass
    return [pid for pid in found if pid != os.getpid()]


class Attempts:
    """A job, and worker processes that work on it one after another."""

    def __init__(self, context: Context, spec: TrainerSpec) -> None:
        self.settings, self.store = context.settings, context.store
        self.jobs = JobRepository(self.store, "trainer")
        self.id = self.jobs.create("trainer", to_json(spec), "a request").id
        self.number = 0

    def start(self) -> subprocess.Popen[bytes]:
        self.number += 1
        self.jobs.update(self.id, lambda job: change(job, JobState.STARTING, attempt=self.number))
        return subprocess.Popen(
            [sys.executable, "-m", "codekiln.trainer.worker", self.id, str(self.number)],
            env={**os.environ, **environment(self.settings)},
        )

    @property
    def job(self) -> Job:
        return self.jobs.get(self.id)

    def reached(self, step: int) -> Callable[[], bool]:
        """Whether the newest attempt has done a step."""

        def look() -> bool:
            found = sorted(self.settings.scratch.glob("*/rows.jsonl"), key=lambda path: path.stat().st_mtime)
            rows = found[-1].read_text().splitlines() if found else []
            return len(rows) > 1 and f'"step": {step},' in "".join(rows)

        return look

    def nobody_left(self) -> None:
        until(lambda: not mentioning(str(self.settings.scratch)), seconds=10)


@pytest.fixture
def attempts(context: Context, tokens: Manifest) -> Attempts:
    return Attempts(context, new_spec(tokens, steps=300, checkpoint_steps=20))


def unbroken(spec: TrainerSpec, tmp_path: Path) -> Training:
    """The same training in this process, never cut, from a store of its own."""
    torch.set_num_threads(1)
    store = open_store((tmp_path / "another-store").as_uri())
    publish_tokens(store)
    training = Training(
        new_plan(spec, new_context(store, tmp_path / "unbroken" / "a")), World(0, 1, torch.device("cpu")), store
    )
    training.run(threading.Event())
    return training


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
