"""Scaling with work: up, back, never below while there is work, and whatever the API server says, no trouble for jobs.

Against an API server of a few lines, which keeps one number as the real one does.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from kubernetes.client import Configuration
from prometheus_client import REGISTRY

from codekiln.core.kube.client import KubeApi
from codekiln.core.kube.scaling import Scaling


class Server:
    """The scale of Deployment `workers` in namespace `ns`; answers with `status` instead where that is set."""

    def __init__(self) -> None:
        self.replicas, self.status, self.requests = 1, 0, [""]
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._answer()

            def do_PATCH(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                assert set(body) == {"spec"} and set(body["spec"]) == {"replicas"}
                if not outer.status:
                    outer.replicas = body["spec"]["replicas"]
                self._answer()

            def _answer(self) -> None:
                outer.requests.append(f"{self.command} {self.path}")
                data = json.dumps({"kind": "Scale", "spec": {"replicas": outer.replicas}}).encode()
                self.send_response(outer.status or 200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_: Any) -> None:
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.http.serve_forever, daemon=True).start()

    @property
    def asked(self) -> int:
        """Requests so far."""
        return len(self.requests) - 1


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server()
    yield made
    made.http.shutdown()
    made.http.server_close()


@pytest.fixture
def api(server: Server) -> Iterator[KubeApi]:
    made = KubeApi(Configuration(host=f"http://127.0.0.1:{server.http.server_port}"))
    yield made
    made._client.rest_client.pool_manager.clear()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def scaling(api: KubeApi, clock: Clock) -> Scaling:
    return Scaling(api, "ns", "workers", 1, 4, clock)


def test_many_while_there_is_work_and_few_afterwards(server: Server, scaling: Scaling) -> None:
    scaling.tell(True)
    assert server.replicas == 4
    scaling.tell(False)
    assert server.replicas == 1
    paths = {request.partition(" ")[2] for request in server.requests[1:]}
    assert paths == {"/apis/apps/v1/namespaces/ns/deployments/workers/scale"}


def test_who_works_is_not_sent_away(server: Server, scaling: Scaling) -> None:
    server.replicas = 9
    scaling.tell(True)
    assert server.replicas == 9
    scaling.tell(False)
    assert server.replicas == 1


def test_the_server_is_asked_on_a_change_and_twice_a_minute(server: Server, scaling: Scaling, clock: Clock) -> None:
    for _ in range(100):
        scaling.tell(True)
    assert server.asked == 2  # one look, one change
    server.replicas = 1  # a rollout put the manifest's number back
    clock.now += 29
    scaling.tell(True)
    assert server.replicas == 1
    clock.now += 2
    scaling.tell(True)
    assert server.replicas == 4


def test_a_server_that_starts_again_changes_nothing_that_is_right(server: Server, api: KubeApi) -> None:
    Scaling(api, "ns", "workers", 1, 4).tell(True)
    Scaling(api, "ns", "workers", 1, 4).tell(True)
    assert [request.partition(" ")[0] for request in server.requests[1:]] == ["GET", "PATCH", "GET"]


@pytest.mark.parametrize("status", [401, 403, 404, 409, 429, 500, 503])
def test_trouble_is_counted_and_passes(server: Server, scaling: Scaling, clock: Clock, status: int) -> None:
    def errors() -> float:
        return REGISTRY.get_sample_value("codekiln_scale_errors_total", {"deployment": "workers"}) or 0.0

    before, server.status = errors(), status
    scaling.tell(True)
    scaling.tell(True)
    assert errors() == before + 1  # not with every pass
    server.status = 0
    clock.now += 6
    scaling.tell(True)
    assert server.replicas == 4


def test_an_api_server_that_is_away_is_trouble_too(server: Server, scaling: Scaling) -> None:
    server.http.shutdown()
    server.http.server_close()
    scaling.tell(True)
    assert server.asked == 0
