"""Every pod that the chart starts, or has started by a launcher, passes Pod Security "restricted"."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from tests.chart.objects import pods
from tests.chart.pod_security import CONTROLS, violations
from tests.chart.rendering import VALUE_SETS, render

Spec = dict[str, Any]

SOUND: Spec = {
    "securityContext": {"runAsNonRoot": True, "runAsUser": 65532, "seccompProfile": {"type": "RuntimeDefault"}},
    "initContainers": [
        {"name": "wait", "securityContext": {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}}
    ],
    "containers": [
        {
            "name": "main",
            "ports": [{"containerPort": 7000}],
            "livenessProbe": {"httpGet": {"port": 7000}},
            "securityContext": {
                "allowPrivilegeEscalation": False,
                "capabilities": {"drop": ["ALL"], "add": ["NET_BIND_SERVICE"]},
            },
        }
    ],
    "volumes": [{"name": "tmp", "emptyDir": {}}, {"name": "keys", "secret": {"secretName": "keys"}}],
}
BREACHES: dict[str, Callable[[Spec, Spec], Any]] = {
    "hostNetwork": lambda pod, main: pod.update(hostNetwork=True),
    "hostPID": lambda pod, main: pod.update(hostPID=True),
    "hostIPC": lambda pod, main: pod.update(hostIPC=True),
    "hostPort": lambda pod, main: main["ports"][0].update(hostPort=80),
    "livenessProbe.httpGet.host": lambda pod, main: main["livenessProbe"]["httpGet"].update(host="10.0.0.1"),
    "hostPath": lambda pod, main: pod["volumes"].append({"name": "root", "hostPath": {"path": "/"}}),
    "nfs": lambda pod, main: pod["volumes"].append({"name": "share", "nfs": {"server": "a", "path": "/"}}),
    "privileged": lambda pod, main: main["securityContext"].update(privileged=True),
    "allowPrivilegeEscalation": lambda pod, main: main["securityContext"].pop("allowPrivilegeEscalation"),
    "runAsNonRoot": lambda pod, main: pod["securityContext"].pop("runAsNonRoot"),
    "main: runAsNonRoot": lambda pod, main: main["securityContext"].update(runAsNonRoot=False),
    "runAsUser": lambda pod, main: pod["securityContext"].update(runAsUser=0),
    "main: runAsUser": lambda pod, main: main["securityContext"].update(runAsUser=0),
    "seccompProfile": lambda pod, main: pod["securityContext"].pop("seccompProfile"),
    "main: seccompProfile": lambda pod, main: main["securityContext"].update(seccompProfile={"type": "Unconfined"}),
    "capabilities.drop": lambda pod, main: main["securityContext"]["capabilities"].update(drop=["NET_RAW"]),
    "wait: capabilities.drop": lambda pod, main: pod["initContainers"][0]["securityContext"].pop("capabilities"),
    "SYS_PTRACE": lambda pod, main: main["securityContext"]["capabilities"]["add"].append("SYS_PTRACE"),
    "appArmorProfile": lambda pod, main: pod["securityContext"].update(appArmorProfile={"type": "Unconfined"}),
    "seLinuxOptions.type": lambda pod, main: main["securityContext"].update(seLinuxOptions={"type": "spc_t"}),
    "seLinuxOptions has a user": lambda pod, main: pod["securityContext"].update(seLinuxOptions={"user": "root"}),
    "procMount": lambda pod, main: main["securityContext"].update(procMount="Unmasked"),
    "kernel.msgmax": lambda pod, main: pod["securityContext"].update(sysctls=[{"name": "kernel.msgmax", "value": "1"}]),
}


def test_the_checker_passes_a_restricted_pod() -> None:
    assert violations(SOUND) == []


@pytest.mark.parametrize("named", BREACHES)
def test_the_checker_names_each_breach_and_no_other(named: str) -> None:
    pod = copy.deepcopy(SOUND)
    BREACHES[named](pod, pod["containers"][0])
    found = violations(pod)
    assert found
    assert all(named in sentence for sentence in found), found


def test_the_checker_reads_old_annotations() -> None:
    annotations = {"container.apparmor.security.beta.kubernetes.io/main": "unconfined"}
    assert len(violations(SOUND, {"annotations": annotations})) == 1


def test_each_control_can_fail() -> None:
    caught = set()
    for breach in BREACHES.values():
        pod = copy.deepcopy(SOUND)
        breach(pod, pod["containers"][0])
        caught |= {control.__name__ for control in CONTROLS if list(control(pod, {}))}
    assert caught == {control.__name__ for control in CONTROLS}


@pytest.mark.chart
@pytest.mark.parametrize("name", VALUE_SETS)
def test_every_pod_is_restricted(name: str) -> None:
    found = pods(render(VALUE_SETS[name]))
    assert {str(pod): violations(pod.spec, pod.metadata) for pod in found} == {str(pod): [] for pod in found}


@pytest.mark.chart
def test_every_pod_has_a_read_only_root_and_a_numeric_user() -> None:
    """More than the standard asks: nothing in our images is written to, and a kubelet cannot check a user by name."""
    for pod in pods(render()):
        context = pod.spec["securityContext"]
        assert context["runAsUser"] == context["runAsGroup"] == 65532, pod
        for container in pod.containers:
            assert container["securityContext"]["readOnlyRootFilesystem"] is True, (pod, container["name"])
