"""A stranger's walk: run a recipe with a model at its end, serve it, ask it, stop it. Nothing is left."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import urllib.request

import pytest

from tests.e2e.folder import Folder
from tests.e2e.test_chain import write_recipe

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

EVALUATION = """
evaluation: {max_tokens: 32}
"""


def test_from_readme_to_a_served_completion_and_a_stopped_system(folder: Folder) -> None:
    result = folder.result("run", write_recipe(folder, steps=20, extra=EVALUATION), timeout=400)
    report = result["stages"]["evaluation"]["summary"]
    assert report["problems"] == 164
    assert report["canonical"]["passed"] == 164
    assert 0 <= report["pass_at"]["1"]["low"] <= report["pass_at"]["1"]["value"] <= report["pass_at"]["1"]["high"] <= 1
    assert folder.processes() == []

    port = free_port()
    server = folder.start("serve", "small/model", "--port", str(port))
    try:
        grpc, http = ready(server)
        completion = folder.result("complete", "def fib(n):", "--max-tokens", "8", "--temperature", "0")
        assert completion["usage"]["completion_tokens"] == 8
        middle = folder.result("infill", "def add(a, b):\\n    return ", "\\n", "--max-tokens", "8")
        assert middle["usage"]["prompt_tokens"] > 3
        assert over_http(http, prompt="def fib(n):", suffix="\n", max_tokens=4)["usage"]["completion_tokens"] <= 4
        assert grpc == f"127.0.0.1:{port}"
    finally:
        server.send_signal(signal.SIGINT)
        server.communicate(timeout=60)
    assert folder.processes() == []
    for taken in (port, port + 1, port + 2):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # connections that were closed may linger
            probe.bind(("127.0.0.1", taken))


def ready(server: subprocess.Popen[str]) -> tuple[str, str]:
    """gRPC and HTTP address, once `serve` has printed them."""
    assert server.stdout is not None
    found = {}
    for line in server.stdout:
        name, _, address = line.partition(" ")
        found[name] = address.strip()
        if "HTTP" in found:
            return found["gRPC"], found["HTTP"]
    assert server.stderr is not None
    pytest.fail(f"serve ended: {server.stderr.read()}")


def over_http(url: str, **body: object) -> dict[str, dict[str, int]]:
    request = urllib.request.Request(
        url, json.dumps({"model": "small/model", **body}).encode(), {"content-type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=60) as response:
        return json.loads(response.read())  # type: ignore[no-any-return]


def free_port() -> int:
    """The first of three free ports in a row."""
    for port in range(21000, 24000, 3):
        try:
            for candidate in range(port, port + 3):
                with socket.socket() as probe:
                    probe.bind(("127.0.0.1", candidate))
            return port
        except OSError:
            continue
    pytest.fail("no three free ports in a row")
