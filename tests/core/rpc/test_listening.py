"""What a kubelet sees: health on a port of its own, without certificate or token, and nothing else there."""

from __future__ import annotations

from pathlib import Path

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc

from codekiln.v1 import job_pb2, job_pb2_grpc
from tests.core.toy.running import ToyService
from tests.s3 import free_port

from .certificates import new_authority

SERVING = health_pb2.HealthCheckResponse.SERVING


def test_health_is_offered_in_plaintext_beside_a_port_that_asks_for_certificates_and_tokens(
    toy: ToyService, tmp_path: Path
) -> None:
    authority = new_authority(tmp_path, "ours")
    cert_file, key_file = authority.issue("server")
    (tmp_path / "tokens").write_text("secret\n")
    toy.start(
        TLS_CERT_FILE=cert_file, TLS_KEY_FILE=key_file, TLS_CLIENT_CA_FILE=authority.ca_file,
        AUTH_TOKEN_FILE=tmp_path / "tokens", HEALTH_LISTEN="127.0.0.1:0",
    )  # fmt: skip
    with grpc.insecure_channel(toy.addresses["health"]) as channel:
        health = health_pb2_grpc.HealthStub(channel)
        for service in ("", "codekiln.v1.IngestionService", "codekiln.v1.JobService"):
            assert health.Check(health_pb2.HealthCheckRequest(service=service), timeout=30).status == SERVING
        try:
            job_pb2_grpc.JobServiceStub(channel).ListJobs(job_pb2.ListJobsRequest(), timeout=30)
            code = grpc.StatusCode.OK
        except grpc.RpcError as error:
            code = error.code()
    assert code is grpc.StatusCode.UNIMPLEMENTED


def test_without_the_setting_there_is_no_such_port(toy: ToyService) -> None:
    toy.start()
    assert "health" not in toy.addresses


def test_a_health_port_in_use_is_named(toy: ToyService) -> None:
    port = free_port()
    server = toy.spawn({"CODEKILN_HEALTH_LISTEN": f"127.0.0.1:{port}", "CODEKILN_METRICS_LISTEN": f"127.0.0.1:{port}"})
    assert server.wait(60) == 2
    assert f"127.0.0.1:{port} is in use" in toy.log() and "CODEKILN_HEALTH_LISTEN" in toy.log()
