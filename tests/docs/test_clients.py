"""The examples of docs/grpc.md run as they stand, against a real server."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.core.toy.running import eventually

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "docs" / "clients" / "node"

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> object:
    """host:port of an ingestion server."""
    home = tmp_path_factory.mktemp("home")
    record = home / "ingestion.json"
    environ = {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT / "services"), "CODEKILN_HOME": str(home)}
    server = subprocess.Popen(
        [sys.executable, "-m", "codekiln.ingestion.server"],
        env={**environ, "CODEKILN_ADDRESS_FILE": str(record), "CODEKILN_STOP_WORKERS_ON_EXIT": "true"},
        stderr=subprocess.DEVNULL,
    )
    yield json.loads(eventually(lambda: record.exists() and record.read_text(), "the server"))["grpc"]
    server.terminate()
    assert server.wait(60) == 0


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example's folder with its two packages installed."""
    if shutil.which("npm") is None:
        pytest.skip("npm is not on the PATH")
    folder = shutil.copytree(EXAMPLE, tmp_path_factory.mktemp("node") / "example")
    subprocess.run(["npm", "install", "--no-audit", "--no-fund", "--silent"], cwd=folder, check=True, timeout=240)
    return folder


def ingest(folder: Path, address: str, *only: str) -> subprocess.CompletedProcess[str]:
    command = ["node", "ingest.mjs", address, str(ROOT / "protos"), *only]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120)


def test_the_node_example_makes_a_corpus_and_again_gets_the_same_job(node: Path, address: str) -> None:
    first, second = ingest(node, address, "click"), ingest(node, address, "click")
    assert first.returncode == 0, first.stderr
    assert json.loads(first.stdout)["artifact"].startswith("corpus:")
    assert json.loads(second.stdout) == json.loads(first.stdout)


def test_the_node_example_tells_why_a_job_failed(node: Path, address: str) -> None:
    done = ingest(node, address, "no-such-distribution")
    assert done.returncode == 1
    assert "no-such-distribution" in done.stderr


def test_the_grpcurl_lines_work(address: str) -> None:
    def grpcurl(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [str(Path(sys.executable).with_name("grpcurl")), "-plaintext", *arguments]
        return subprocess.run(command, capture_output=True, text=True, timeout=30)

    listed = grpcurl(address, "list").stdout.split()
    assert {"codekiln.v1.IngestionService", "codekiln.v1.JobService", "grpc.health.v1.Health"} <= set(listed)
    assert "SERVING" in grpcurl(address, "grpc.health.v1.Health/Check").stdout
    spec = '{"spec": {"sources": [{"installed_packages": {"only": ["click"], "exclude_standard_library": true}}]}}'
    created = json.loads(grpcurl("-d", spec, address, "codekiln.v1.IngestionService/CreateIngestion").stdout)
    watched = grpcurl("-d", json.dumps({"id": created["job"]["id"]}), address, "codekiln.v1.JobService/WatchJob")
    assert "JOB_STATE_SUCCEEDED" in watched.stdout
    refused = grpcurl("-d", '{"spec": {}}', address, "codekiln.v1.IngestionService/CreateIngestion")
    assert "InvalidArgument" in refused.stderr
    assert "spec.sources" in refused.stderr
