"""The checker of container settings fails where the process would fail, and where a secret is in sight."""

from __future__ import annotations

from typing import Any

import pytest

from tests.chart.container_settings import faults, secrets_in
from tests.chart.objects import Pod, pods

VOLUMES = [
    {"name": "home", "emptyDir": {}},
    {"name": "keys", "secret": {"secretName": "s3-keys"}},
    {"name": "worker", "configMap": {"name": "worker"}},
]
MOUNTS = [
    {"name": "home", "mountPath": "/var/lib/codekiln"},
    {"name": "keys", "mountPath": "/etc/codekiln/store"},
    {"name": "worker", "mountPath": "/etc/codekiln/worker"},
]


def pod(*env: dict[str, Any], **container: Any) -> Pod:
    main = {"name": "main", "env": list(env), "volumeMounts": MOUNTS, **container}
    return pods([{"kind": "Pod", "metadata": {"name": "p"}, "spec": {"containers": [main], "volumes": VOLUMES}}])[0]


def variable(name: str, value: str) -> dict[str, Any]:
    return {"name": name, "value": value}


def test_settings_that_a_process_takes_are_no_fault() -> None:
    assert faults(pod()) == []
    assert (
        faults(
            pod(
                variable("CODEKILN_HOME", "/var/lib/codekiln"),
                variable("CODEKILN_STORE_ACCESS_KEY_FILE", "/etc/codekiln/store/access-key"),
                variable("CODEKILN_STORE_SECRET_KEY_FILE", "/etc/codekiln/store/secret-key"),
                variable("CODEKILN_POD_TEMPLATE_FILE", "/etc/codekiln/worker/pod.yaml"),
                variable("PYTHONUNBUFFERED", "1"),
                {"name": "CODEKILN_NAMESPACE", "valueFrom": {"fieldRef": {"fieldPath": "metadata.namespace"}}},
                {"name": "CODEKILN_WORKERS", "valueFrom": {"resourceFieldRef": {"resource": "limits.cpu"}}},
            )
        )
        == []
    )


@pytest.mark.parametrize(
    ("entries", "named"),
    [
        ([variable("CODEKILN_LISTNE", "0.0.0.0:7000")], "did you mean CODEKILN_LISTEN?"),
        ([variable("CODEKILN_LISTEN", "7000")], "host:port"),
        ([variable("CODEKILN_LAUNCHER", "docker")], "pytorchjob"),
        ([variable("CODEKILN_POD_TEMPLATE_FILE", "/etc/elsewhere/pod.yaml")], "nothing is mounted"),
        ([variable("CODEKILN_POD_TEMPLATE_FILE", "/etc/codekiln/worker-2/pod.yaml")], "nothing is mounted"),
        ([variable("CODEKILN_HOME", "work")], "depends on where the process starts"),
        ([variable("CODEKILN_HOME", "/etc/codekiln/worker")], "cannot be written"),
        ([variable("CODEKILN_STORE_ACCESS_KEY_FILE", "/etc/codekiln/store/access-key")], "SECRET_KEY_FILE"),
        ([variable("CODEKILN_MODEL", "a"), variable("CODEKILN_MODEL", "b")], "given twice"),
        ([{"name": "CODEKILN_WROKERS", "valueFrom": {"resourceFieldRef": {}}}], "did you mean CODEKILN_WORKERS?"),
        ([{"name": "CODEKILN_MODEL", "valueFrom": {"secretKeyRef": {"name": "s", "key": "k"}}}], "secretKeyRef"),
    ],
)
def test_each_fault_is_named(entries: list[dict[str, Any]], named: str) -> None:
    found = faults(pod(*entries))
    assert len(found) == 1
    assert named in found[0]


def test_variables_from_elsewhere_are_a_fault() -> None:
    assert "envFrom" in faults(pod(envFrom=[{"configMapRef": {"name": "settings"}}]))[0]


@pytest.mark.parametrize(
    ("key", "text", "seen"),
    [
        ("a", "-----BEGIN EC PRIVATE KEY-----", True),
        ("a", "s3://user:password@host/bucket", True),
        ("a", "AKIAIOSFODNN7EXAMPLE", True),
        ("secret-key", "hunter2", True),
        ("AWS_SECRET_KEY", "hunter2", True),
        ("token", "abc", True),
        ("token", "", False),
        ("CODEKILN_AUTH_TOKEN_FILE", "/etc/codekiln/auth/tokens", False),
        ("ROOT_SECRET", "/etc/codekiln/store/secret-key", False),
        ("a", "s3://models/kiln?endpoint=https://s3.example.com:9000&region=us-east-1", False),
        ("a", "tokenizer", False),
    ],
)
def test_what_looks_like_a_secret_is_seen(key: str, text: str, seen: bool) -> None:
    assert bool(list(secrets_in("here", text, key))) is seen
