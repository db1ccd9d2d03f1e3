"""The model answers: over gRPC, over HTTP, after its pod was replaced, and to clients in other languages."""

from __future__ import annotations

import json
import urllib.request
from typing import Any

import pytest

from codekiln.client.addresses import find_addresses
from codekiln.core.settings import Settings
from tests.cluster import kube
from tests.cluster.release import Release

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(900)]

MODEL = "demo/model"


def test_a_served_model_completes_and_infills(client: Release) -> None:
    served = client.cli("serve", MODEL)
    assert served.returncode == 0, served.stderr
    completion = client.result("complete", "def fib(n):", "--max-tokens", "8", "--temperature", "0")
    assert completion["usage"]["completion_tokens"] == 8
    middle = client.result("infill", "def add(a, b):\\n    return ", "\\n", "--max-tokens", "8")
    assert middle["usage"]["prompt_tokens"] > 3


def test_a_model_of_the_values_is_loaded_before_its_pod_is_ready_and_outlives_the_pod(client: Release) -> None:
    client.upgrade("--reuse-values", f"--set=inference.model={MODEL}")
    first = kube.until(lambda: completion(client), "the pod of the upgrade answers", 60)
    [pod] = kube.unfinished(client.pods("inference"))
    kube.kubectl("delete", "pod", pod["metadata"]["name"], "-n", client.namespace)
    kube.kubectl("rollout", "status", "deployment/codekiln-inference", "-n", client.namespace, "--timeout=300s")
    assert kube.until(lambda: completion(client), "the new pod answers", 60) == first


def completion(client: Release) -> str:
    """A greedy completion; empty while nothing answers, as when a forwarded port has just lost its pod."""
    done = client.cli("complete", "import os", "--max-tokens", "8", "--temperature", "0", "--json")
    return str(json.loads(done.stdout.splitlines()[-1])["text"]) if done.returncode == 0 else ""


def test_http_answers_as_openai_does(client: Release) -> None:
    body = {"model": MODEL, "prompt": "def fib(n):", "suffix": "\n", "max_tokens": 4}
    request = urllib.request.Request(
        f"http://{http_address(client)}/v1/completions", json.dumps(body).encode(), {"content-type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=60) as response:
        assert json.loads(response.read())["usage"]["completion_tokens"] <= 4


def http_address(client: Release) -> str:
    """Where `connect` forwards the OpenAI-compatible endpoint to."""
    [record] = [
        json.loads(path.read_text()) for path in (client.home / "run").glob("*.json") if "http" in path.read_text()
    ]
    assert find_addresses(Settings(home=client.home))
    return str(_find(record, "http"))


def _find(record: Any, key: str) -> Any:
    if isinstance(record, dict):
        for name, value in record.items():
            if name == key:
                return value
            if (found := _find(value, key)) is not None:
                return found
    return None
