"""The API server through the Python client: JSON in, JSON out, errors of ours.

    api = connect()
    api.list(PODS, "default", labels="codekiln.dev/job=model-1")

One generic call for all kinds, built-in or not: the generated classes of the client know no PyTorchJob.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Sequence
from typing import Any

import urllib3
from kubernetes.client import ApiClient, ApiException, Configuration
from kubernetes.config import ConfigException, load_incluster_config, load_kube_config

from codekiln.core.errors import FailedPrecondition, NotFound
from codekiln.core.kube.api import DEPLOYMENTS, Object, Resource
from codekiln.core.kube.errors import Call, from_answer, no_answer

_SECONDS = (3.0, 10.0)
"""To connect and between two bytes of an answer: a reconciler must not hang on one call."""
Query = Sequence[tuple[str, str]]
_VERBS = {"get": "GET", "list": "GET", "create": "POST", "delete": "DELETE", "patch": "PATCH"}


def connect() -> KubeApi:
    """By KUBECONFIG where it is set, else as a pod's ServiceAccount. Raises FailedPrecondition without either."""
    configuration = Configuration()
    try:
        if path := os.environ.get("KUBECONFIG"):
            load_kube_config(path, client_configuration=configuration)
        else:
            load_incluster_config(client_configuration=configuration)
    except (ConfigException, OSError) as error:
        raise FailedPrecondition(
            f"there is no way to a Kubernetes API server: {error}. In a pod, set automountServiceAccountToken: true "
            "or mount a token; elsewhere point KUBECONFIG to a file",
            reason="KUBE_CONFIG_MISSING",
        ) from error
    return KubeApi(configuration)


class KubeApi:
    """Satisfies `Api`. May be used by several threads."""

    def __init__(self, configuration: Configuration) -> None:
        # A dropped idle connection is opened again once; waiting for `Retry-After` is the reconciler's business.
        configuration.retries = urllib3.Retry(1, status=0, respect_retry_after_header=False)
        self._client = ApiClient(configuration)

    def get(self, resource: Resource, namespace: str, name: str) -> Object:
        return self._do(Call("get", resource, namespace, name))

    def list(self, resource: Resource, namespace: str, *, labels: str = "", fields: str = "") -> list[Object]:
        query = [(key, text) for key, text in (("labelSelector", labels), ("fieldSelector", fields)) if text]
        items: list[Object] = self._do(Call("list", resource, namespace), query=query)["items"]
        return items

    def create(self, resource: Resource, namespace: str, body: Object) -> Object:
        # A misspelt field is an error instead of being dropped without a word.
        query = [("fieldValidation", "Strict")]
        return self._do(Call("create", resource, namespace, body["metadata"]["name"]), body, query, path_name="")

    def delete(self, resource: Resource, namespace: str, name: str, *, grace_seconds: int | None = None) -> None:
        options: Object = {"apiVersion": "v1", "kind": "DeleteOptions", "propagationPolicy": "Background"}
        if grace_seconds is not None:
            options["gracePeriodSeconds"] = grace_seconds
        self._do(Call("delete", resource, namespace, name), options)

    def serves(self, resource: Resource) -> bool:
        # What the cluster serves is readable by every ServiceAccount (ClusterRole system:discovery).
        with contextlib.suppress(NotFound):
            answer = self._request(Call("get", resource), resource.root)
            return any(known["name"] == resource.plural for known in answer["resources"])
        return False

    def get_scale(self, namespace: str, deployment: str) -> int:
        return int(self._do(Call("get", DEPLOYMENTS, namespace, deployment, "scale"))["spec"].get("replicas", 0))

    def patch_scale(self, namespace: str, deployment: str, replicas: int) -> None:
        self._do(Call("patch", DEPLOYMENTS, namespace, deployment, "scale"), {"spec": {"replicas": replicas}})

    def _do(
        self,
        call: Call,
        body: Object | None = None,
        query: Query = (),
        path_name: str | None = None,
    ) -> Object:
        name = call.name if path_name is None else path_name
        return self._request(call, call.resource.path(call.namespace, name, call.sub), body, query)

    def _request(self, call: Call, path: str, body: Object | None = None, query: Query = ()) -> Object:
        content = "application/merge-patch+json" if call.verb == "patch" else "application/json"
        headers = {"Accept": "application/json", "Content-Type": content}
        method, url, headers, data, *_ = self._client.param_serialize(
            _VERBS[call.verb], path, query_params=list(query), header_params=headers, body=body,
            auth_settings=["BearerToken"],
        )  # fmt: skip
        try:
            answer = self._client.call_api(method, url, headers, data, _request_timeout=_SECONDS)
            text = answer.read().decode("utf-8", "replace")
        except (urllib3.exceptions.HTTPError, ApiException) as error:
            raise no_answer(call, _why(error)) from error
        if not 200 <= answer.status < 300:
            raise from_answer(call, answer.status, text)
        parsed: Object = json.loads(text)
        return parsed


def _why(error: Any) -> str:
    """The innermost reason: urllib3 wraps it in its pool's and its retries'."""
    reason = getattr(error, "reason", None) or error
    return str(reason).strip().rpartition("\n")[2].rpartition(": ")[2]
