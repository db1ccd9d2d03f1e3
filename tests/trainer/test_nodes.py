"""Several workers on this machine, each a node with a disk of its own, as an operator starts them."""

from __future__ import annotations

from pathlib import Path

import pytest

from codekiln.core.artifacts import Manifest, fetch_part, open_artifact, read_part
from codekiln.core.jobs.record import JobState
from codekiln.core.jobs.worker import EXIT_RETRY, EXIT_STOPPED
from codekiln.core.store import ObjectStore, open_store
from codekiln.trainer import metrics, worker
from codekiln.trainer.spec import TrainerSpec

from .material import new_context, new_spec, publish_tokens, untimed
from .processes import Make, until


@pytest.fixture
def long(tokens: Manifest) -> TrainerSpec:
    return new_spec(tokens, processes=2, steps=200, checkpoint_steps=20)


def results(store: ObjectStore, model: Manifest, folder: Path) -> tuple[bytes, list[metrics.Row]]:
    """Weights, and the rows of all steps without what the clock says."""
    fetch_part(store, model.part("metrics.jsonl"), folder / "metrics.jsonl")
    weights = read_part(store, model.part("model.safetensors"))
    return weights, untimed(metrics.read(folder / "metrics.jsonl"))


def on_one_node(spec: TrainerSpec, folder: Path) -> tuple[bytes, list[metrics.Row]]:
    """The same training, never cut, by as many processes of one node, from a store of its own."""
    store = open_store((folder / "another-store").as_uri())
    publish_tokens(store)
    context = new_context(store, folder / "one" / "attempt")
    return results(store, worker.train(spec, worker.identify(spec, context), context), folder / "one")


@pytest.mark.slow
def test_two_nodes_make_the_model_that_one_makes_bit_for_bit(spec: TrainerSpec, make: Make, tmp_path: Path) -> None:
    nodes = make(spec)
    assert [node.wait(300) for node in nodes.together()] == [0, 0]
    job = nodes.job
    assert job.state is JobState.SUCCEEDED, job.error
    model = open_artifact(nodes.store, job.artifacts[0])
    assert results(nodes.store, model, tmp_path) == on_one_node(spec, tmp_path)
    assert list(nodes.store.list("work/gang/")) == []


@pytest.mark.slow
def test_a_dead_follower_ends_the_gang_and_the_next_goes_on_in_the_same_order(
    long: TrainerSpec, make: Make, tmp_path: Path
) -> None:
    nodes = make(long)
    leader, follower = nodes.together()
    until(lambda: nodes.did(50), 300)
    follower.kill()
    assert leader.wait(60) == EXIT_RETRY
    job = nodes.job
    assert job.state is JobState.RUNNING and job.error is not None and job.error["code"] == "UNAVAILABLE"
    assert job.error["reason"] in ("PEER_LOST", "RANK_DIED")

    assert [node.wait(300) for node in nodes.together()] == [0, 0]
    job = nodes.job
    assert job.state is JobState.SUCCEEDED, job.error
    model = open_artifact(nodes.store, job.artifacts[0])
    assert results(nodes.store, model, tmp_path) == on_one_node(long, tmp_path)
    assert list(nodes.store.list("work/gang/")) == []


@pytest.mark.slow
def test_a_follower_ends_by_itself_after_its_leader_and_leaves_the_record_alone(long: TrainerSpec, make: Make) -> None:
    nodes = make(long)
    leader, follower = nodes.together()
    until(lambda: nodes.did(5), 300)
    leader.kill()
    leader.wait()
    left = nodes.job
    assert follower.wait(60) == EXIT_RETRY
    assert nodes.job == left
    assert {reason.reason for reason in nodes.gang.ended().values() if reason} <= {"PEER_LOST", "RANK_DIED"}


@pytest.mark.slow
@pytest.mark.parametrize("told", [0, 1])
def test_a_node_that_is_told_to_stop_stops_all_with_a_checkpoint(tokens: Manifest, make: Make, told: int) -> None:
    nodes = make(new_spec(tokens, processes=2, steps=400, checkpoint_steps=400))
    both = nodes.together()
    until(lambda: nodes.did(25), 300)
    both[told].terminate()
    assert both[0].wait(60) == EXIT_STOPPED
    # The other one learns of it by its ranks or by the record, whichever comes first.
    assert both[1].wait(60) in ((EXIT_STOPPED,) if told else (EXIT_STOPPED, 0))
    assert nodes.job.state is JobState.QUEUED and nodes.job.failures == 0
    [saved] = [int(Path(info.key).stem) for info in nodes.store.list("work/model/") if "/checkpoints/" in info.key]
    assert 25 <= saved < 400


@pytest.mark.slow
def test_what_goes_wrong_on_a_follower_is_reported_by_the_leader(spec: TrainerSpec, make: Make) -> None:
    nodes = make(spec)
    # A file where the follower wants its cache.
    blocked = nodes.settings.home / "node-1" / "cache"
    blocked.parent.mkdir(parents=True)
    blocked.write_text("")
    leader, follower = nodes.together()
    assert leader.wait(60) == 0 and follower.wait(60) == EXIT_RETRY
    job = nodes.job
    assert job.state is JobState.FAILED and job.error is not None
    assert job.error["message"].startswith("node 1 (") and "NotADirectoryError" in job.error["message"]
