"""The launcher of a cluster: what is seen of an attempt follows from its object and its pods, and from nothing else.

Pods are put here by hand; test_behaviour.py has real ones.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from codekiln.core.errors import FailedPrecondition, InvalidArgument, PermissionDenied, Unavailable
from codekiln.core.kube.api import DEPLOYMENTS, EVENTS, JOBS, PODS, PYTORCHJOBS, TRAINJOBS, Object
from codekiln.core.launch import start
from codekiln.core.launch.choosing import choose_launcher
from codekiln.core.launch.interface import Phase, WorkerSpec
from codekiln.core.launch.kinds import KindChoice
from codekiln.core.launch.kubernetes import KubernetesLauncher
from codekiln.core.settings import Settings
from tests.core.kube.server import Server, serving, status
from tests.core.launch.captured import captured

SPEC = WorkerSpec("trainer", "model-x", 1, processes=2)
NAMESPACE = "models"
ROLE = "training.kubeflow.org/replica-type"


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as server:
        yield server


@pytest.fixture
def template(tmp_path: Path) -> Path:
    path = tmp_path / "pod.yaml"
    path.write_text("spec: {containers: [{name: worker, image: x}]}")
    return path


def launcher(server: Server, template: Path, kind: str = "kubernetes", **settings: Any) -> KubernetesLauncher:
    values = {"service": "trainer", "namespace": NAMESPACE, "processes_per_pod": 1, "training_runtime": "r", **settings}
    api = server.api()
    return KubernetesLauncher(Settings(pod_template_file=template, **values), api, KindChoice(kind, api))


def put(server: Server, case: str, *, role: str = "master", name: str = "", **status: Any) -> Object:
    """A captured pod as one of our attempt."""
    pod = copy.deepcopy(captured(case).pods[0])
    pod["metadata"] |= {"namespace": NAMESPACE, "name": name or f"{SPEC.name}-{role}-0"}
    pod["metadata"]["labels"] = {"codekiln.dev/job": SPEC.job, "codekiln.dev/attempt": "1", ROLE: role}
    pod["status"] |= status
    server.put(PODS, NAMESPACE, pod)
    return pod


def runs(server: Server, role: str = "master") -> Object:
    return put(server, "exit7", role=role, phase="Running", containerStatuses=[])


def test_an_attempt_is_made_once_by_whichever_server(server: Server, template: Path) -> None:
    one, other = launcher(server, template), launcher(server, template)
    assert one.observe(SPEC.name).phase is Phase.ABSENT
    one.submit(SPEC)
    other.submit(SPEC)
    assert other.observe(SPEC.name).phase is Phase.RUNNING, "though it has no pod yet"
    assert [key for key in server.objects if "/jobs/" in key] == [JOBS.path(NAMESPACE, SPEC.name)]


def test_stop_and_forget_of_nothing_are_success(server: Server, template: Path) -> None:
    ours = launcher(server, template)
    ours.stop(SPEC.name, force=False)
    ours.stop(SPEC.name, force=True)
    ours.forget(SPEC.name)
    assert ours.observe(SPEC.name).phase is Phase.ABSENT


def test_a_deleted_object_whose_pods_still_end_is_running(server: Server, template: Path) -> None:
    ours = launcher(server, template)
    ours.submit(SPEC)
    runs(server)
    ours.stop(SPEC.name, force=False)
    assert not server.has(JOBS, NAMESPACE, SPEC.name)
    assert ours.observe(SPEC.name).phase is Phase.RUNNING
    put(server, "gangstopped")
    seen = ours.observe(SPEC.name)
    assert (seen.phase, seen.stopped, seen.failed) == (Phase.EXITED, True, False)
    ours.forget(SPEC.name)
    assert ours.observe(SPEC.name).phase is Phase.ABSENT


def test_an_object_that_is_being_deleted_is_running_while_it_is_there(server: Server, template: Path) -> None:
    ours = launcher(server, template)
    ours.submit(SPEC)
    server.objects[JOBS.path(NAMESPACE, SPEC.name)]["metadata"]["deletionTimestamp"] = "2026-01-01T00:00:00Z"
    assert ours.observe(SPEC.name).phase is Phase.RUNNING


def test_a_stop_by_force_ends_the_pods_too(server: Server, template: Path) -> None:
    ours = launcher(server, template)
    ours.submit(SPEC)
    runs(server)
    ours.stop(SPEC.name, force=True)
    assert ours.observe(SPEC.name).phase is Phase.ABSENT


def test_pods_without_their_object_are_stopped_themselves(server: Server, template: Path) -> None:
    ours = launcher(server, template)
    runs(server)
    assert ours.observe(SPEC.name).phase is Phase.RUNNING
    ours.stop(SPEC.name, force=False)
    assert ours.observe(SPEC.name).phase is Phase.ABSENT


def test_followers_that_go_on_without_their_leader_do_not_count(server: Server, template: Path) -> None:
    server.serve(PYTORCHJOBS)
    ours = launcher(server, template, "pytorchjob")
    ours.submit(SPEC)
    runs(server, "worker")
    assert ours.observe(SPEC.name).phase is Phase.RUNNING
    put(server, "exit7")
    seen = ours.observe(SPEC.name)
    assert (seen.phase, seen.failed) == (Phase.EXITED, True)
    assert "exit status 7" in seen.detail
    ours.forget(SPEC.name)
    assert not server.has(PYTORCHJOBS, NAMESPACE, SPEC.name)


def test_a_follower_that_failed_is_told_while_its_leader_still_runs(server: Server, template: Path) -> None:
    server.serve(PYTORCHJOBS)
    ours = launcher(server, template, "pytorchjob")
    ours.submit(SPEC)
    runs(server)
    put(server, "memory", role="worker")
    seen = ours.observe(SPEC.name)
    assert (seen.phase, seen.failed) == (Phase.RUNNING, True)
    put(server, "gangstopped")
    seen = ours.observe(SPEC.name)
    assert (seen.phase, seen.failed, seen.stopped) == (Phase.EXITED, True, False)
    assert "OOMKilled" in seen.detail


def test_a_job_whose_pod_was_deleted_has_ended(server: Server, template: Path) -> None:
    ours = launcher(server, template)
    ours.submit(SPEC)
    server.objects[JOBS.path(NAMESPACE, SPEC.name)]["status"] = captured("exit7").object["status"]
    seen = ours.observe(SPEC.name)
    assert (seen.phase, seen.detail, seen.failed) == (Phase.EXITED, "its pod was deleted", False)


def test_a_deadline_is_a_failure_that_names_its_setting(server: Server, template: Path) -> None:
    ours = launcher(server, template, job_deadline_seconds=8.0)
    ours.submit(SPEC)
    server.objects[JOBS.path(NAMESPACE, SPEC.name)]["status"] = captured("deadline").object["status"]
    seen = ours.observe(SPEC.name)
    assert seen.phase is Phase.EXITED and seen.failed
    assert "CODEKILN_JOB_DEADLINE_SECONDS, 8 s" in seen.detail


def test_an_image_that_does_not_come_is_waited_for_and_then_given_up(
    server: Server, template: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = launcher(server, template)
    ours.submit(SPEC)
    put(server, "image")
    seen = ours.observe(SPEC.name)
    assert (seen.phase, seen.hopeless) == (Phase.RUNNING, None)
    assert "codekiln/data:nosuch cannot be pulled" in seen.waiting
    monkeypatch.setattr(start, "_BRIEF_SECONDS", 0.0)
    hopeless = ours.observe(SPEC.name).hopeless
    assert hopeless is not None and hopeless.reason == "IMAGE_UNAVAILABLE"
    runs(server)
    assert ours.observe(SPEC.name).waiting == ""


def test_a_full_cluster_is_waited_for_as_long_as_the_settings_say(server: Server, template: Path) -> None:
    put(server, "unschedulable")
    patient, hasty = launcher(server, template), launcher(server, template, pending_seconds=0.0)
    assert "Insufficient nvidia.com/gpu" in patient.observe(SPEC.name).waiting
    assert patient.observe(SPEC.name).hopeless is None
    hopeless = hasty.observe(SPEC.name).hopeless
    assert hopeless is not None and hopeless.reason == "UNSCHEDULABLE"


def test_a_refused_pod_is_told_by_the_events_of_its_object(
    server: Server, template: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = launcher(server, template)
    ours.submit(SPEC)
    for i, event in enumerate(captured("podsecurity").events):
        event["involvedObject"]["name"] = SPEC.name
        server.put(EVENTS, NAMESPACE, event | {"metadata": {"name": str(i)}})
    assert ours.observe(SPEC.name).waiting == "", "the first moment is not worth a word"
    assert ("GET", EVENTS.path(NAMESPACE)) not in server.asked
    monkeypatch.setattr(start, "_NORMAL_SECONDS", 0.0)
    assert "violates PodSecurity" in ours.observe(SPEC.name).waiting
    asked = len(server.asked)
    ours.observe(SPEC.name)
    assert ("GET", EVENTS.path(NAMESPACE)) not in server.asked[asked:], "events are not looked at in each pass"


def test_a_follower_that_was_never_made_is_missed(
    server: Server, template: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(start, "_NORMAL_SECONDS", 0.0)
    pod = runs(server)
    pod["metadata"]["annotations"] = {"codekiln.dev/pods": "2"}
    assert "1 of its 2 pods" in launcher(server, template).observe(SPEC.name).waiting


def test_a_running_attempt_costs_one_call_a_look(server: Server, template: Path) -> None:
    ours = launcher(server, template)
    ours.submit(SPEC)
    runs(server)
    asked = len(server.asked)
    ours.observe(SPEC.name)
    assert server.asked[asked:] == [("GET", PODS.path(NAMESPACE))]


def test_a_missing_kind_is_named_with_the_value_to_set(server: Server, template: Path) -> None:
    for kind, crd in (("pytorchjob", "pytorchjobs.kubeflow.org"), ("trainjob", "trainjobs.trainer.kubeflow.org")):
        for call in (lambda kind=kind: launcher(server, template, kind).check(),
                     lambda kind=kind: launcher(server, template, kind).submit(SPEC)):  # fmt: skip
            with pytest.raises(FailedPrecondition) as caught:
                call()
            assert caught.value.reason == "CRD_MISSING"
            assert crd in caught.value.message and "trainer.launcher" in caught.value.message


def test_auto_takes_what_the_cluster_has(server: Server, template: Path) -> None:
    launcher(server, template, "auto").submit(SPEC)
    assert server.has(JOBS, NAMESPACE, SPEC.name)
    server.serve(PYTORCHJOBS)
    later = launcher(server, template, "auto")
    assert later.observe(SPEC.name).phase is Phase.RUNNING, "a Job that began before the operator came is not lost"
    later.stop(SPEC.name, force=False)
    later.submit(SPEC)
    assert server.has(PYTORCHJOBS, NAMESPACE, SPEC.name) and not server.has(JOBS, NAMESPACE, SPEC.name)


def test_pods_of_a_trainjob_are_found_by_the_mark_of_its_jobset(server: Server, template: Path) -> None:
    server.serve(TRAINJOBS)
    ours = launcher(server, template, "trainjob")
    ours.submit(SPEC)
    for index, case in (("1", "exit0"), ("0", "exit7")):
        pod = put(server, case, name=f"{SPEC.name}-node-0-{index}")
        pod["metadata"]["labels"] = {
            "jobset.sigs.k8s.io/jobset-name": SPEC.name,
            "batch.kubernetes.io/job-completion-index": index,
        }
    seen = ours.observe(SPEC.name)
    assert seen.phase is Phase.EXITED and "node-0-0: exit status 7" in seen.detail


def test_workers_belong_to_their_server_which_is_asked_once(server: Server, template: Path) -> None:
    server.put(DEPLOYMENTS, NAMESPACE, {"metadata": {"name": "codekiln-trainer", "uid": "7"}})
    ours = launcher(server, template, owner="codekiln-trainer")
    ours.submit(SPEC)
    ours.submit(WorkerSpec("trainer", "model-y", 1))
    made = server.objects[JOBS.path(NAMESPACE, "model-y-1")]
    assert made["metadata"]["ownerReferences"][0]["uid"] == "7"
    assert server.asked.count(("GET", DEPLOYMENTS.path(NAMESPACE, "codekiln-trainer"))) == 1
    with pytest.raises(FailedPrecondition, match="has no Deployment of that name"):
        launcher(server, template, owner="nobody").submit(SPEC)


def test_a_busy_server_is_for_later_and_a_forbidden_call_is_not(server: Server, template: Path) -> None:
    ours = launcher(server, template)
    server.answers["POST", JOBS.path(NAMESPACE)] = (429, status("TooManyRequests", "slow down"))
    with pytest.raises(Unavailable, match="create jobs"):
        ours.submit(SPEC)
    server.answers["POST", JOBS.path(NAMESPACE)] = (403, status("Forbidden", "no"))
    with pytest.raises(PermissionDenied, match="create jobs"):
        ours.submit(SPEC)


def test_the_template_is_checked_before_a_job_is_made(server: Server, template: Path) -> None:
    template.write_text("spec: {}")
    with pytest.raises(FailedPrecondition, match=r"no `spec\.containers`"):
        launcher(server, template).check()


def test_the_log_is_a_line_that_can_be_pasted(server: Server, template: Path) -> None:
    assert launcher(server, template).log_uri("model-x-1") == (
        "kubectl logs -n models -l codekiln.dev/job=model-x,codekiln.dev/attempt=1 --tail=-1 --prefix"
    )


@pytest.mark.parametrize("missing", ["NAMESPACE", "POD_TEMPLATE_FILE", "TRAINING_RUNTIME"])
def test_a_setting_that_is_missing_is_named_at_start(missing: str, template: Path) -> None:
    values = {"namespace": NAMESPACE, "pod_template_file": template, "training_runtime": "r"}
    values.pop(missing.lower())
    with pytest.raises(InvalidArgument, match=f"set CODEKILN_{missing} too"):
        choose_launcher(Settings(launcher="trainjob", **values))
