"""The client: light to import, and clear about what it cannot reach. What it says to servers is in tests/core/rpc."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import grpc
import pytest

from codekiln.client import Client
from codekiln.client.kinds import KINDS
from codekiln.core.artifacts import KINDS as ARTIFACT_KINDS
from codekiln.core.errors import FailedPrecondition, Unavailable


def test_a_service_that_is_not_named_is_not_running() -> None:
    with Client({}) as client:
        for call in (lambda: list(client.jobs("cleaning")), lambda: client.artifact("x"), client.model_status):
            with pytest.raises(Unavailable) as caught:
                call()
            assert caught.value.reason == "SERVICE_NOT_RUNNING" and "codekiln up" in caught.value.message


@pytest.mark.parametrize("id", ["", "x", "nonsense-1", "ingestion"])
def test_what_is_no_job_id_is_told_without_asking_a_server(id: str) -> None:
    with Client({}) as client, pytest.raises(FailedPrecondition, match="is not a job's id"):
        client.get(id)


def test_every_kind_of_job_has_its_method_and_makes_an_artifact() -> None:
    with grpc.insecure_channel("127.0.0.1:1") as channel:
        for kind in KINDS.values():
            assert callable(getattr(kind.stub(channel), kind.method))
            assert {field.name for field in kind.request.DESCRIPTOR.fields} == {"request_id", "spec"}  # type: ignore[attr-defined]
            assert kind.request.DESCRIPTOR.fields_by_name["spec"].message_type == kind.spec.DESCRIPTOR  # type: ignore[attr-defined]
            assert kind.artifact in ARTIFACT_KINDS


def test_importing_the_client_brings_nothing_of_the_services() -> None:
    code = "import sys, codekiln.client; print(*sys.modules)"
    environment = {"PYTHONPATH": str(Path(__file__).parents[2] / "services")}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
    loaded = done.stdout.split()
    assert not {"prometheus_client", "minio", "pyarrow", "torch", "numpy", "yaml"} & set(loaded)
    services = ("ingestion", "cleaning", "tokenizer", "trainer", "evaluation", "inference", "cli")
    assert not [name for name in loaded if name.startswith(tuple(f"codekiln.{service}." for service in services))]
