"""The client: every answer becomes an error of ours that says what was asked, and which may be tried again."""

from __future__ import annotations

from pathlib import Path

import pytest
from kubernetes.client import Configuration

from codekiln.core.errors import (
    AlreadyExists,
    CodekilnError,
    Conflict,
    FailedPrecondition,
    NotFound,
    PermissionDenied,
    ResourceExhausted,
    Retryable,
    Unavailable,
)
from codekiln.core.kube.api import DEPLOYMENTS, EVENTS, JOBS, PODS, PYTORCHJOBS
from codekiln.core.kube.client import KubeApi, connect
from tests.core.kube.server import Server, status
from tests.s3 import free_port

POD = "/api/v1/namespaces/models/pods/x"
BODY = {"metadata": {"name": "x"}}


@pytest.mark.parametrize(
    ("code", "body", "error", "reason"),
    [
        (400, status("BadRequest", "strict decoding error: unknown field"), FailedPrecondition, "KUBE_REFUSED"),
        (401, status("Unauthorized", "Unauthorized"), Unavailable, "KUBE_UNAUTHENTICATED"),
        (403, status("Forbidden", "no"), PermissionDenied, "KUBE_FORBIDDEN"),
        (403, status("Forbidden", "exceeded quota: q"), ResourceExhausted, "QUOTA_EXCEEDED"),
        (403, status("Forbidden", "it is being terminated"), FailedPrecondition, "NAMESPACE_ENDING"),
        (403, status("Forbidden", "webhook w denied the request: no"), FailedPrecondition, "KUBE_REFUSED"),
        (404, status("NotFound", "no"), NotFound, "KUBE_NOT_FOUND"),
        (409, status("AlreadyExists", "no"), AlreadyExists, "KUBE_ALREADY_EXISTS"),
        (409, status("Conflict", "no"), Conflict, "KUBE_CONFLICT"),
        (422, status("Invalid", "no"), FailedPrecondition, "KUBE_REFUSED"),
        (429, status("TooManyRequests", "no"), Unavailable, "KUBE_BUSY"),
        (500, status("InternalError", "etcdserver: request timed out"), Unavailable, "KUBE_UNAVAILABLE"),
        (502, "<html>\nBad Gateway", Unavailable, "KUBE_UNAVAILABLE"),
        (503, "", Unavailable, "KUBE_UNAVAILABLE"),
    ],
)
def test_answers_become_errors_that_say_what_was_asked(
    server: Server, code: int, body: object, error: type[CodekilnError], reason: str
) -> None:
    server.answers["DELETE", POD] = (code, body)
    with pytest.raises(error) as caught:
        server.api().delete(PODS, "models", "x")
    assert caught.value.reason == reason
    assert "delete pods x in namespace models" in caught.value.message
    assert caught.value.metadata == {"verb": "delete", "resource": "pods", "namespace": "models", "object": "x"}
    assert len(server.asked) == 1, "when to try again is the caller's choice"


def test_a_forbidden_kind_of_a_group_is_named_as_rbac_names_it(server: Server) -> None:
    server.answers["POST", PYTORCHJOBS.path("models")] = (403, status("Forbidden", "no"))
    with pytest.raises(PermissionDenied, match=r"create pytorchjobs\.kubeflow\.org x in namespace models"):
        server.api().create(PYTORCHJOBS, "models", BODY)


def test_nobody_who_listens_may_be_tried_again() -> None:
    configuration = Configuration()
    configuration.host = f"http://127.0.0.1:{free_port()}"
    with pytest.raises(Retryable, match=r"could not list events in namespace models .*Connection refused"):
        KubeApi(configuration).list(EVENTS, "models")


def test_objects_are_kept_found_and_deleted(server: Server) -> None:
    api = server.api()
    assert api.create(JOBS, "models", BODY) == api.get(JOBS, "models", "x") == BODY
    with pytest.raises(AlreadyExists):
        api.create(JOBS, "models", BODY)
    api.delete(JOBS, "models", "x", grace_seconds=0)
    with pytest.raises(NotFound):
        api.get(JOBS, "models", "x")


def test_lists_are_of_one_selector(server: Server) -> None:
    for name in ("x", "y"):
        server.put(PODS, "models", {"metadata": {"name": name, "labels": {"a": name}}})
    found = server.api().list(PODS, "models", labels="a=y")
    assert [pod["metadata"]["name"] for pod in found] == ["y"]


def test_kinds_are_discovered(server: Server) -> None:
    api = server.api()
    assert not api.serves(PYTORCHJOBS)
    server.answers["GET", PYTORCHJOBS.root] = (200, {"resources": [{"name": "tfjobs"}]})
    assert not api.serves(PYTORCHJOBS), "the group may be there without the kind"
    server.serve(PYTORCHJOBS)
    assert api.serves(PYTORCHJOBS)


def test_replicas_are_read_and_set(server: Server) -> None:
    path = DEPLOYMENTS.path("models", "workers", "scale")
    server.answers["GET", path] = (200, {"spec": {"replicas": 3}, "status": {"replicas": 1}})
    server.answers["PATCH", path] = (200, {})
    server.api().patch_scale("models", "workers", 4)
    assert server.api().get_scale("models", "workers") == 3
    server.answers["GET", path] = (200, {"spec": {}})
    assert server.api().get_scale("models", "workers") == 0, "zero is left out"


def test_without_a_way_to_a_cluster_it_is_said_how_to_get_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("KUBERNETES_SERVICE_HOST", raising=False)
    monkeypatch.delenv("KUBECONFIG", raising=False)
    with pytest.raises(FailedPrecondition, match="automountServiceAccountToken: true"):
        connect()
    monkeypatch.setenv("KUBECONFIG", str(tmp_path / "missing"))
    with pytest.raises(FailedPrecondition, match="point KUBECONFIG to a file"):
        connect()
