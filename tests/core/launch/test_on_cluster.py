"""Workers in trouble on a real cluster: what is seen of them names the object and the next step."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from codekiln.core.errors import PermissionDenied
from codekiln.core.jobs.reconciler import Reconciler
from codekiln.core.jobs.repository import JobRepository
from codekiln.core.kube.api import DEPLOYMENTS
from codekiln.core.launch import start
from codekiln.core.launch.interface import Launcher, Phase, WorkerSpec
from codekiln.core.settings import Settings
from codekiln.core.store import open_store
from tests.cluster.kube import RESTRICTED, get, kubectl, missing, until
from tests.core.launch import places

pytestmark = pytest.mark.cluster


@pytest.fixture(scope="module")
def namespace() -> Iterator[str]:
    if reason := missing():
        pytest.skip(reason)
    with places.namespace("trouble", RESTRICTED) as name:
        yield name


@pytest.fixture
def launchers(namespace: str, tmp_path: Path) -> Any:
    return lambda kind="kubernetes", **settings: places.cluster(kind, namespace, tmp_path, 1, **settings).new()


def spec(module: str, processes: int = 1) -> WorkerSpec:
    return WorkerSpec("toy", f"toy-{module}", 1, f"tests.core.launch.{module}", processes)


def change_template(folder: Path, **container: Any) -> None:
    pod = places.pod()
    pod["spec"]["containers"][0] |= container
    (folder / "pod.yaml").write_text(yaml.safe_dump(pod))


def ended(launcher: Launcher, worker: WorkerSpec) -> str:
    seen = until(lambda: s if (s := launcher.observe(worker.name)).phase is Phase.EXITED else None, worker.name)
    assert seen is not None and not seen.stopped
    launcher.forget(worker.name)
    return seen.detail


def hopeless(launcher: Launcher, worker: WorkerSpec) -> Any:
    error = until(lambda: launcher.observe(worker.name).hopeless, worker.name)
    launcher.stop(worker.name, force=True)
    until(lambda: launcher.observe(worker.name).phase is Phase.ABSENT, f"the end of {worker.name}")
    return error


def pods(namespace: str, worker: WorkerSpec) -> list[Any]:
    return get("pods", namespace, labels=f"codekiln.dev/job={worker.job}")


def test_want_of_memory_is_told_with_the_value_to_raise(launchers: Any) -> None:
    launcher = launchers()
    launcher.submit(spec("hungry"))
    detail = ended(launcher, spec("hungry"))
    assert "OOMKilled" in detail and "toy.worker.resources" in detail


def test_a_deleted_pod_is_no_silent_hang(launchers: Any, namespace: str) -> None:
    launcher, worker = launchers(), spec("sleeper")
    launcher.submit(worker)
    until(lambda: any(pod["status"]["phase"] == "Running" for pod in pods(namespace, worker)), "the pod")
    kubectl("delete", "pods", "-n", namespace, "-l", f"codekiln.dev/job={worker.job}", "--grace-period=0", "--force")
    assert "deleted" in ended(launcher, worker)


def test_a_deadline_ends_a_worker(launchers: Any) -> None:
    launcher = launchers(job_deadline_seconds=5.0)
    launcher.submit(spec("sleeper"))
    assert "CODEKILN_JOB_DEADLINE_SECONDS" in ended(launcher, spec("sleeper"))


def test_followers_end_with_their_leader(launchers: Any, namespace: str) -> None:
    launcher, worker = launchers("pytorchjob"), spec("following", 2)
    launcher.submit(worker)
    assert "exit status 7" in ended(launcher, worker)
    until(lambda: not pods(namespace, worker), "the end of the followers")


def test_a_worker_that_does_not_listen_is_ended_by_force(launchers: Any, namespace: str) -> None:
    launcher, worker = launchers(), spec("deaf")
    launcher.submit(worker)
    until(lambda: any(pod["status"]["phase"] == "Running" for pod in pods(namespace, worker)), "the pod")
    launcher.stop(worker.name, force=False)
    assert launcher.observe(worker.name).phase is Phase.RUNNING, "its object is gone, its pod is not"
    launcher.stop(worker.name, force=True)
    until(lambda: launcher.observe(worker.name).phase is Phase.ABSENT, "its end")


@pytest.mark.parametrize(
    ("container", "reason", "named"),
    [
        ({"image": "codekiln/services:no-such-tag"}, "IMAGE_UNAVAILABLE", "codekiln/services:no-such-tag"),
        ({"envFrom": [{"secretRef": {"name": "no-such-secret"}}]}, "SECRET_MISSING", "no-such-secret"),
        ({"resources": {"requests": {"memory": "900Ti"}}}, "UNSCHEDULABLE", "memory"),
        ({"securityContext": {}}, "POD_REFUSED", "PodSecurity"),
    ],
)
def test_what_can_never_begin_is_given_up(
    launchers: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    container: dict[str, Any],
    reason: str,
    named: str,
) -> None:
    monkeypatch.setattr(start, "_BRIEF_SECONDS", 0.0)
    monkeypatch.setattr(start, "_NORMAL_SECONDS", 0.0)
    patience = 3.0 if reason == "UNSCHEDULABLE" else 600.0
    launcher, worker = launchers(pending_seconds=patience), spec(reason.lower().replace("_", "-"))
    change_template(tmp_path, **container)
    launcher.submit(worker)
    error = hopeless(launcher, worker)
    assert error.reason == reason and named in error.message and worker.name in error.message


def test_a_job_says_what_it_waits_for_then_fails_and_leaves_nothing(
    launchers: Any, namespace: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    jobs = JobRepository(open_store((tmp_path / "store").as_uri()), "toy")
    reconciler = Reconciler(jobs, launchers(), Settings(service="toy", home=tmp_path))
    change_template(tmp_path, image="codekiln/services:no-such-tag")
    job = jobs.create("toy", {}, "r")

    def passes(look: Callable[[], bool], what: str) -> None:
        until(lambda: [reconciler.reconcile(), look()][1], what)

    passes(lambda: "no-such-tag cannot be pulled" in jobs.get(job.id).progress.phase, "what it waits for")
    monkeypatch.setattr(start, "_BRIEF_SECONDS", 0.0)
    passes(lambda: jobs.get(job.id).state.final, "the end of the job")
    error = jobs.get(job.id).error
    assert error is not None and error["reason"] == "IMAGE_UNAVAILABLE"
    passes(lambda: not get("jobs,pods", namespace, labels=f"codekiln.dev/job={job.id}"), "the end of its pod")


@pytest.mark.parametrize("kind", ["kubernetes", "pytorchjob"])
def test_the_rights_of_the_decision_page_are_enough(
    launchers: Any, namespace: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    """And less is told by name."""
    group, resource = ("batch", "jobs") if kind == "kubernetes" else ("kubeflow.org", "pytorchjobs")
    account, owner = f"server-{kind}", f"owner-{kind}"
    kubectl("create", "deployment", owner, "-n", namespace, "--image=none", "--replicas=0")
    kubectl("create", "serviceaccount", account, "-n", namespace)
    token = kubectl("create", "token", account, "-n", namespace).strip()
    monkeypatch.setenv("KUBECONFIG", as_account(tmp_path, token))
    with pytest.raises(PermissionDenied, match="list pods in namespace"):
        launchers(kind).observe("toy-1")
    monkeypatch.undo()
    rules = [
        ("", "pods", ["list", "delete"], []),
        ("", "events", ["list"], []),
        (group, resource, ["create", "get", "delete"], []),
        (DEPLOYMENTS.group, DEPLOYMENTS.plural, ["get"], [owner]),
    ]
    role: dict[str, Any] = {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "Role",
        "metadata": {"name": account, "namespace": namespace},
        "rules": [
            {"apiGroups": [group], "resources": [kind], "verbs": verbs} | ({"resourceNames": names} if names else {})
            for group, kind, verbs, names in rules
        ],
    }
    kubectl("apply", "-f", "-", stdin=json.dumps(role))
    kubectl(
        "create",
        "rolebinding",
        account,
        "-n",
        namespace,
        f"--role={account}",
        f"--serviceaccount={namespace}:{account}",
    )
    monkeypatch.setenv("KUBECONFIG", as_account(tmp_path, token))
    monkeypatch.setattr(start, "_NORMAL_SECONDS", 0.0)  # events are read too
    launcher, worker = launchers(kind, owner=owner), spec(f"sleeper-{kind}")
    until(lambda: allowed(launcher, worker), "the rights")
    launcher.submit(worker)
    until(lambda: launcher.observe(worker.name).phase is Phase.RUNNING, "the worker")
    launcher.stop(worker.name, force=True)
    until(lambda: launcher.observe(worker.name).phase is Phase.ABSENT, "its end")


def allowed(launcher: Launcher, worker: WorkerSpec) -> bool:
    """An API server takes a moment to know of a new Role."""
    try:
        return launcher.observe(worker.name).phase is Phase.ABSENT
    except PermissionDenied:
        return False


def as_account(folder: Path, token: str) -> str:
    """A KUBECONFIG with that token alone."""
    config = yaml.safe_load(kubectl("config", "view", "--raw", "--minify", "--flatten"))
    config["users"] = [{"name": "account", "user": {"token": token}}]
    config["contexts"][0]["context"]["user"] = "account"
    path = folder / "kubeconfig"
    path.write_text(yaml.safe_dump(config))
    return str(path)
