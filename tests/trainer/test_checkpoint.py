from __future__ import annotations

from pathlib import Path

import pytest

from codekiln.core.artifacts import Key, Manifest, find, manifest_key
from codekiln.core.store import ObjectStore
from codekiln.trainer import checkpoint

PREFIX = "work/model/x/checkpoints/"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "checkpoint").mkdir()
    return tmp_path / "checkpoint"


def publish(store: ObjectStore, folder: Path, step: int) -> Manifest:
    for name in checkpoint.PARTS:
        (folder / name).write_text(f"{name} of {step}")
    key = Key("checkpoint", 1, {"training": "x", "step": step})
    return checkpoint.publish(store, PREFIX, key, step, folder, {"step": step})


def newest(store: ObjectStore, tmp_path: Path) -> str | None:
    found = checkpoint.fetch_newest(store, PREFIX, tmp_path / "resume")
    return (tmp_path / "resume" / "state.json").read_text() if found else None


def test_a_training_without_checkpoints_starts_at_the_start(store: ObjectStore, tmp_path: Path) -> None:
    assert newest(store, tmp_path) is None


def test_the_newest_two_are_kept_and_the_newest_is_found(store: ObjectStore, folder: Path, tmp_path: Path) -> None:
    made = [publish(store, folder, step) for step in (5, 10, 100)]
    assert newest(store, tmp_path) == "state.json of 100"
    assert [find(store, manifest.ref) is not None for manifest in made] == [False, True, True]
    assert list(store.list(f"artifacts/checkpoint/{made[0].ref.digest}/")) == []
    assert len(list(store.list(PREFIX))) == 2


def test_a_damaged_checkpoint_costs_no_more_than_the_steps_since_the_one_before(
    store: ObjectStore, folder: Path, tmp_path: Path
) -> None:
    publish(store, folder, 5)
    damaged = publish(store, folder, 10)
    store.put(damaged.part("optimizer.safetensors").key, b"")
    assert newest(store, tmp_path) == "state.json of 5"


def test_a_removal_that_was_interrupted_is_completed_by_the_next(
    store: ObjectStore, folder: Path, tmp_path: Path
) -> None:
    made = [publish(store, folder, step) for step in (5, 10)]
    store.delete(manifest_key(made[1].ref))
    assert newest(store, tmp_path) == "state.json of 5"
    for step in (15, 20):
        publish(store, folder, step)
    assert list(store.list(f"artifacts/checkpoint/{made[1].ref.digest}/")) == []
    assert [info.key for info in store.list(PREFIX)] == [f"{PREFIX}{step:010d}.json" for step in (15, 20)]


def test_the_same_step_again_replaces_nothing(store: ObjectStore, folder: Path) -> None:
    assert publish(store, folder, 5).created == publish(store, folder, 5).created
