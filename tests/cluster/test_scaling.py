"""Scaling a Deployment of the real API server with get and patch of its scale, and no other right."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from kubernetes.client import Configuration
from kubernetes.config import load_kube_config
from prometheus_client import REGISTRY

from codekiln.core.errors import PermissionDenied
from codekiln.core.kube.client import KubeApi
from codekiln.core.kube.scaling import Scaling
from tests.cluster import kube

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(300)]

NAMESPACE = "codekiln-scaling"
# Of pods that no node takes: what counts here are numbers.
_POD = {"nodeSelector": {"codekiln.dev/none": "none"}, "containers": [{"name": "c", "image": "none:0"}]}


def deployment(name: str) -> dict[str, Any]:
    labels = {"app": name}
    template = {"metadata": {"labels": labels}, "spec": _POD}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name},
        "spec": {"selector": {"matchLabels": labels}, "template": template},
    }


def role() -> list[dict[str, Any]]:
    rule = {
        "apiGroups": ["apps"],
        "resources": ["deployments/scale"],
        "resourceNames": ["workers"],
        "verbs": ["get", "patch"],
    }
    version = "rbac.authorization.k8s.io/v1"
    return [
        {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "scaler"}},
        {"apiVersion": version, "kind": "Role", "metadata": {"name": "scaler"}, "rules": [rule]},
        {
            "apiVersion": version,
            "kind": "RoleBinding",
            "metadata": {"name": "scaler"},
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "scaler"},
            "subjects": [{"kind": "ServiceAccount", "name": "scaler", "namespace": NAMESPACE}],
        },
    ]


@pytest.fixture(scope="module")
def api(cluster: None) -> Iterator[KubeApi]:
    """As a ServiceAccount that may scale `workers` and nothing else."""
    kube.kubectl("delete", "namespace", NAMESPACE, "--ignore-not-found", "--wait", "--timeout=180s")
    kube.kubectl("create", "namespace", NAMESPACE)
    everything = {"kind": "List", "apiVersion": "v1", "items": [deployment("workers"), deployment("others"), *role()]}
    kube.kubectl("apply", "-n", NAMESPACE, "-f", "-", stdin=json.dumps(everything))
    token = kube.kubectl("create", "token", "scaler", "-n", NAMESPACE).strip()
    admin = Configuration()
    load_kube_config(client_configuration=admin)
    own = Configuration(host=admin.host, api_key={"authorization": f"Bearer {token}"})
    own.ssl_ca_cert = admin.ssl_ca_cert
    yield KubeApi(own)
    kube.kubectl("delete", "namespace", NAMESPACE, "--wait=false")


def replicas(name: str) -> int:
    return int(kube.get("deployment", NAMESPACE, name=name)["spec"]["replicas"])


def test_workers_come_with_work_and_go_with_it(api: KubeApi) -> None:
    scaling = Scaling(api, NAMESPACE, "workers", 1, 3)
    scaling.tell(True)
    assert replicas("workers") == 3
    scaling.tell(False)
    assert replicas("workers") == 1


def test_nothing_else_may_be_scaled_and_that_is_no_trouble_for_jobs(api: KubeApi) -> None:
    def errors() -> float:
        return REGISTRY.get_sample_value("codekiln_scale_errors_total", {"deployment": "others"}) or 0.0

    Scaling(api, NAMESPACE, "others", 1, 3).tell(True)
    assert (replicas("others"), errors()) == (1, 1.0)
    with pytest.raises(PermissionDenied):
        api.get_scale(NAMESPACE, "others")
