"""One rank in this process: what it does must not depend on how often it was cut."""

from __future__ import annotations

import json
import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from codekiln.core.artifacts import Manifest, Ref, open_artifact
from codekiln.core.errors import DataLoss, FailedPrecondition
from codekiln.core.store import ObjectStore, open_store
from codekiln.trainer import metrics
from codekiln.trainer.loop import Training
from codekiln.trainer.world import World

from .material import VOCAB_SIZE, new_context, new_plan, new_spec, publish_tokens, untimed

ALONE = World(0, 1, torch.device("cpu"))


@pytest.fixture(autouse=True)
def one_thread() -> None:
    torch.set_num_threads(1)


class StopAfter(threading.Event):
    """Is set once it was asked so many times: a SIGTERM in the middle of a step."""

    def __init__(self, steps: int) -> None:
        super().__init__()
        self._left = steps

    def is_set(self) -> bool:
        self._left -= 1
        return self._left < 0


def attempt(store: ObjectStore, folder: Path, tokens: Manifest, stop: int = 10**9, **fields: object) -> Training:
    plan = new_plan(new_spec(tokens, **fields), new_context(store, folder))
    training = Training(plan, ALONE, store)
    assert training.run(StopAfter(stop)) == (training.step == plan.spec.steps)
    return training


def test_a_training_cut_at_any_step_ends_as_the_unbroken_one(tmp_path: Path) -> None:
    unbroken_store, cut_store = (open_store((tmp_path / name).as_uri()) for name in ("unbroken", "cut"))
    tokens = publish_tokens(unbroken_store)
    publish_tokens(cut_store)
    unbroken = attempt(unbroken_store, tmp_path / "a" / "0", tokens)
    for number, stop in enumerate((2, 0, 3, 1)):
        attempt(cut_store, tmp_path / "b" / str(number), tokens, stop)
    cut = attempt(cut_store, tmp_path / "b" / "last", tokens)
    assert untimed(cut.rows) == untimed(unbroken.rows)
    assert [row["step"] for row in cut.rows] == list(range(13))
    weights = [(training.plan.result / "model.safetensors").read_bytes() for training in (unbroken, cut)]
    assert weights[0] == weights[1]


def test_a_training_killed_between_checkpoints_repeats_the_steps_since_the_last(
    store: ObjectStore, tokens: Manifest, tmp_path: Path
) -> None:
    class Killed(BaseException):
        pass

    class KillAt(threading.Event):
        asked = 0

        def is_set(self) -> bool:
            self.asked += 1
            if self.asked == 9:
                raise Killed
            return False

    training = Training(new_plan(new_spec(tokens), new_context(store, tmp_path / "first")), ALONE, store)
    with pytest.raises(Killed):
        training.run(KillAt())
    resumed = attempt(store, tmp_path / "second", tokens)
    assert metrics.read(resumed.plan.rows)[0]["step"] == 6
    assert [row["step"] for row in resumed.rows] == list(range(13))


def test_a_training_killed_after_its_last_step_only_leaves_its_result(
    store: ObjectStore, tokens: Manifest, tmp_path: Path
) -> None:
    first = attempt(store, tmp_path / "first", tokens)
    second = attempt(store, tmp_path / "second", tokens)
    assert not second.plan.rows.exists()
    assert (first.plan.result / "metrics.jsonl").read_bytes() == (second.plan.result / "metrics.jsonl").read_bytes()


def test_the_model_learns(store: ObjectStore, tokens: Manifest, tmp_path: Path) -> None:
    training = attempt(store, tmp_path / "a", tokens, steps=60, checkpoint_steps=60, warmup_steps=5, learning_rate=0.01)
    assert training.rows[-1]["bits_per_byte"] < 0.85 * training.rows[0]["bits_per_byte"]


def test_half_the_documents_are_told_as_fill_in_the_middle(
    store: ObjectStore, tokens: Manifest, tmp_path: Path
) -> None:
    def rearranged(rate: float, folder: str) -> int:
        plan = new_plan(new_spec(tokens, fim_rate=rate), new_context(store, tmp_path / folder))
        training = Training(plan, ALONE, store)
        return sum(int((training.batch(step) == plan.special_tokens["<|fim_prefix|>"]).sum()) for step in range(20))

    assert rearranged(0.0, "a") == 0
    assert 30 <= rearranged(0.5, "b") <= 60


def test_processes_share_out_the_batches_that_one_would_see(
    store: ObjectStore, tokens: Manifest, tmp_path: Path
) -> None:
    training = Training(new_plan(new_spec(tokens), new_context(store, tmp_path / "a")), ALONE, store)
    whole = [training.batch(step) for step in range(6)]
    for size in (2, 4):
        shares = []
        for rank in range(size):
            training.world = World(rank, size, torch.device("cpu"))
            shares.append([training.batch(step) for step in range(6)])
        for step, batch in enumerate(whole):
            assert torch.equal(torch.cat([share[step] for share in shares]), batch)


def test_a_loss_that_is_not_a_number_ends_the_training_with_advice(
    store: ObjectStore, tokens: Manifest, tmp_path: Path
) -> None:
    training = Training(new_plan(new_spec(tokens), new_context(store, tmp_path / "a")), ALONE, store)
    with torch.no_grad():
        training.model.model.norm.weight.fill_(float("inf"))
    with pytest.raises(FailedPrecondition, match=r"diverged at step 1 of 12.*lower learning_rate") as caught:
        training.run(threading.Event())
    assert caught.value.reason == "LOSS_NOT_FINITE"


def test_a_checkpoint_is_an_artifact_without_pickle(store: ObjectStore, tokens: Manifest, tmp_path: Path) -> None:
    training = attempt(store, tmp_path / "a", tokens, stop=2)
    [pointer] = list(store.list(training.plan.checkpoints))
    manifest = open_artifact(store, Ref.parse(json.loads(store.get(pointer.key))["checkpoint"]))
    assert manifest.summary["step"] == 3 and manifest.inputs == (tokens.ref,)
    assert {part.name.rpartition(".")[2] for part in manifest.parts} == {"safetensors", "json", "jsonl"}


def test_those_who_watch_are_told_when_a_checkpoint_was_made(
    store: ObjectStore, tokens: Manifest, tmp_path: Path
) -> None:
    training = attempt(store, tmp_path / "a", tokens, steps=4, checkpoint_steps=2)
    told = [row for row in metrics.read(training.plan.rows) if metrics.CHECKPOINT in row]
    assert [row["step"] for row in told] == [2, 4]
    assert not any(metrics.CHECKPOINT in row for row in training.rows)


def test_every_step_has_its_utilization(store: ObjectStore, tokens: Manifest, tmp_path: Path) -> None:
    training = attempt(store, tmp_path / "a", tokens, steps=2)
    assert all(row["mfu"] > 0 for row in training.rows[1:])
    assert metrics.summary(training.rows, 1, 0.5)["mfu"] > 0


def test_ids_outside_of_the_vocabulary_are_data_loss(store: ObjectStore, tokens: Manifest, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.bin"
    wrong.write_bytes(np.full(100, VOCAB_SIZE, "<u2").tobytes())
    plan = replace(new_plan(new_spec(tokens), new_context(store, tmp_path / "a")), train=(wrong,))
    with pytest.raises(DataLoss, match=f"holds the token id {VOCAB_SIZE}") as caught:
        Training(plan, ALONE, store).batch(0)
    assert caught.value.reason == "TOKEN_OUT_OF_RANGE"
