"""Training as a TrainJob of two pods, made from the chart's own TrainingRuntime, in a release of its own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.cluster import kube
from tests.cluster.disturbing import while_running
from tests.cluster.release import Release, made
from tests.cluster.training import check_that_deletions_change_nothing, running, train

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(1200)]

NAMESPACE = "codekiln-trainjob-test"
VALUES = (
    "--set=trainer.launcher=trainjob,trainer.processesPerPod=1,trainer.worker.resources.limits.cpu=1",
    # What a training does not need.
    "--set=inference.enabled=false,dask.enabled=false",
)


@pytest.fixture(scope="module")
def trainer(cluster: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Release]:
    if "trainjobs.trainer.kubeflow.org" not in kube.kubectl("api-resources", "-o", "name"):
        pytest.skip("this cluster has no TrainJobs")
    kube.make_namespace(NAMESPACE)
    release = Release("kiln", NAMESPACE, tmp_path_factory.mktemp("trainjob"))
    release.install(*VALUES)
    with release.connected():
        yield release
    kube.kubectl("delete", "namespace", NAMESPACE, "--wait=false")


@pytest.fixture(scope="module")
def tokens(trainer: Release) -> str:
    corpus = made(
        trainer.result("ingest", "--installed-packages", "--set=languages=[Python]", "--set=max_bytes=3000000")
    )
    dataset = made(trainer.result("clean", corpus))
    trainer.result("tokenizer", dataset, "--set=vocab_size=2048", "--name=trainjob/tokens")
    return "trainjob/tokens"


def test_one_model_is_trained_by_two_pods_of_a_trainjob(trainer: Release, tokens: str) -> None:
    seen: list[str] = []

    def look() -> None:
        kube.until(lambda: running(trainer), "two training pods run", 180)
        seen.extend(kube.names(kube.get("trainjobs", NAMESPACE)))

    job = while_running(lambda: train(trainer, tokens, 501), look)
    assert job["state"] == "JOB_STATE_SUCCEEDED"
    assert seen == [f"{job['id']}-1"]
    kube.until(lambda: not kube.get("trainjobs,pods", NAMESPACE, labels=f"codekiln.dev/job={job['id']}"), "all is gone")


def test_pods_deleted_in_the_middle_change_nothing_of_the_model(trainer: Release, tokens: str) -> None:
    check_that_deletions_change_nothing(trainer, tokens, 2000)


def test_a_runtime_that_does_not_exist_fails_the_training_and_is_named(trainer: Release, tokens: str) -> None:
    trainer.upgrade(*VALUES, "--set=trainer.trainingRuntime=nowhere")
    done = trainer.cli("train", tokens, "--set=steps=3")
    assert done.returncode == 1
    assert "nowhere" in done.stderr and "must be created before" in done.stderr
    assert "ServiceAccount" not in done.stderr
