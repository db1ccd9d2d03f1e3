"""Who is let in: tokens and certificates from files that may change while the server runs."""

from __future__ import annotations

import ssl
from pathlib import Path

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import ProtoReflectionDescriptorDatabase

from codekiln.client import Client
from codekiln.core.errors import CodekilnError, FailedPrecondition, NotFound, Unauthenticated, Unavailable
from codekiln.core.rpc.certificates import certificates, renewed_certificates
from codekiln.v1 import job_pb2, job_pb2_grpc
from tests.core.toy.running import ToyService

from .certificates import new_authority


def reason(client: Client) -> str:
    """Why a call is refused; NotFound says that it was let in."""
    with pytest.raises(CodekilnError) as caught:
        client.get("benchmark-0")
    return caught.value.reason


def test_a_token_is_asked_for_where_a_file_names_some(toy: ToyService, tmp_path: Path) -> None:
    tokens = tmp_path / "tokens"
    tokens.write_text("# who may\nalice-token\n\n  bob-token  \n")
    toy.start(AUTH_TOKEN_FILE=tokens)
    for token, expected in [
        ("", "TOKEN_MISSING"),
        ("mallory", "TOKEN_UNKNOWN"),
        ("alice", "TOKEN_UNKNOWN"),
        ("# who may", "TOKEN_UNKNOWN"),
        ("alice-token", "JOB_NOT_FOUND"),
        ("bob-token", "JOB_NOT_FOUND"),
    ]:
        with toy.client(token=token) as client:
            assert reason(client) == expected, token
    with toy.client() as client, pytest.raises(Unauthenticated, match="send metadata `authorization: Bearer TOKEN`"):
        list(client.watch("benchmark-0"))


def test_a_token_file_that_changes_is_read_again(toy: ToyService, tmp_path: Path) -> None:
    tokens = tmp_path / "tokens"
    tokens.write_text("old-token\n")
    toy.start(AUTH_TOKEN_FILE=tokens)
    with toy.client(token="old-token") as old, toy.client(token="new-token") as new:
        assert (reason(old), reason(new)) == ("JOB_NOT_FOUND", "TOKEN_UNKNOWN")
        replacement = tmp_path / "replacement"
        replacement.write_text("new-token\n")
        replacement.rename(tokens)  # as a mounted secret changes
        assert (reason(old), reason(new)) == ("TOKEN_UNKNOWN", "JOB_NOT_FOUND")
        tokens.write_text("")
        assert reason(new) == "TOKEN_UNKNOWN", "an empty file lets nobody in"
        tokens.unlink()
        with pytest.raises(Unavailable, match=r"the token file .* cannot be read"):
            new.get("benchmark-0")


def test_health_needs_no_token_and_reflection_does(toy: ToyService, tmp_path: Path) -> None:
    (tmp_path / "tokens").write_text("secret\n")
    toy.start(AUTH_TOKEN_FILE=tmp_path / "tokens")
    with grpc.insecure_channel(f"127.0.0.1:{toy.port}") as channel:
        answer = health_pb2_grpc.HealthStub(channel).Check(health_pb2.HealthCheckRequest(), timeout=10)
        assert answer.status == health_pb2.HealthCheckResponse.SERVING
        with pytest.raises(grpc.RpcError) as caught:
            ProtoReflectionDescriptorDatabase(channel).get_services()
        assert caught.value.code() is grpc.StatusCode.UNAUTHENTICATED


@pytest.mark.parametrize(
    "header", ["secret", "Basic secret", "Bearer", "Bearer  ", "bearer secret extra", "Bearersecret"]
)
def test_headers_that_are_no_bearer_token_are_refused(toy: ToyService, tmp_path: Path, header: str) -> None:
    (tmp_path / "tokens").write_text("secret\n")
    toy.start(AUTH_TOKEN_FILE=tmp_path / "tokens")
    with grpc.insecure_channel(f"127.0.0.1:{toy.port}") as channel, pytest.raises(grpc.RpcError) as caught:
        job_pb2_grpc.JobServiceStub(channel).GetJob(
            job_pb2.GetJobRequest(id="a-0"), metadata=[("authorization", header)], timeout=10
        )
    assert caught.value.code() is grpc.StatusCode.UNAUTHENTICATED


def test_tls_is_spoken_with_those_who_trust_the_authority(toy: ToyService, tmp_path: Path) -> None:
    authority, stranger = new_authority(tmp_path, "ours"), new_authority(tmp_path, "theirs")
    cert_file, key_file = authority.issue("server")
    toy.start(TLS_CERT_FILE=cert_file, TLS_KEY_FILE=key_file)
    with toy.client(ca_file=authority.ca_file) as client:
        assert reason(client) == "JOB_NOT_FOUND"
    for security in ({}, {"ca_file": stranger.ca_file}):
        with toy.client(**security) as client:
            assert reason(client) == "SERVER_UNREACHABLE"
    with toy.client(ca_file=tmp_path / "none.pem") as client, pytest.raises(FailedPrecondition) as caught:
        client.get("benchmark-0")
    assert caught.value.message == f"cannot read {tmp_path / 'none.pem'}: No such file or directory"


def test_at_the_end_of_a_tunnel_the_certificate_s_own_name_counts(toy: ToyService, tmp_path: Path) -> None:
    authority = new_authority(tmp_path, "ours")
    cert_file, key_file = authority.issue("server")  # for 127.0.0.1
    toy.start(TLS_CERT_FILE=cert_file, TLS_KEY_FILE=key_file)
    tunnel = {"ingestion": f"localhost:{toy.port}"}
    with Client(tunnel, ca_file=authority.ca_file) as client:
        assert reason(client) == "SERVER_UNREACHABLE"
    with Client(tunnel, names={"ingestion": "127.0.0.1"}, ca_file=authority.ca_file) as client:
        assert reason(client) == "JOB_NOT_FOUND"


def test_a_certificate_that_is_replaced_is_shown_from_then_on(toy: ToyService, tmp_path: Path) -> None:
    authority = new_authority(tmp_path, "ours")
    cert_file, key_file = authority.issue("server")
    toy.start(TLS_CERT_FILE=cert_file, TLS_KEY_FILE=key_file)
    before = ssl.get_server_certificate(("127.0.0.1", toy.port))
    assert before.split() == cert_file.read_text().split()
    authority.issue("server")
    after = ssl.get_server_certificate(("127.0.0.1", toy.port))
    assert after != before and after.split() == cert_file.read_text().split()
    cert_file.write_text("half a cert")  # a file that is being written must not take the service down
    assert ssl.get_server_certificate(("127.0.0.1", toy.port)) == after
    cert_file.unlink()
    with toy.client(ca_file=authority.ca_file) as client:
        assert reason(client) == "JOB_NOT_FOUND"


def test_mtls_lets_in_only_who_shows_a_certificate_of_the_clients_authority(toy: ToyService, tmp_path: Path) -> None:
    servers, clients = new_authority(tmp_path, "servers"), new_authority(tmp_path, "clients")
    cert_file, key_file = servers.issue("server")
    toy.start(TLS_CERT_FILE=cert_file, TLS_KEY_FILE=key_file, TLS_CLIENT_CA_FILE=clients.ca_file)
    good, bad = clients.issue("client"), servers.issue("impostor")
    with toy.client(ca_file=servers.ca_file, cert_file=good[0], key_file=good[1]) as client:
        with pytest.raises(NotFound):
            client.get("benchmark-0")
        with pytest.raises(NotFound):
            list(client.watch("benchmark-0"))
    for pair in (None, bad):
        with toy.client(ca_file=servers.ca_file, cert_file=pair and pair[0], key_file=pair and pair[1]) as client:
            assert reason(client) == "SERVER_UNREACHABLE"


@pytest.mark.parametrize("missing", ["TLS_CERT_FILE", "TLS_KEY_FILE", "TLS_CLIENT_CA_FILE"])
def test_a_server_without_its_pem_files_does_not_start(toy: ToyService, tmp_path: Path, missing: str) -> None:
    authority = new_authority(tmp_path, "ours")
    cert_file, key_file = authority.issue("server")
    files = {"TLS_CERT_FILE": cert_file, "TLS_KEY_FILE": key_file, "TLS_CLIENT_CA_FILE": authority.ca_file}
    files[missing] = tmp_path / "nowhere.pem"
    server = toy.spawn({f"CODEKILN_{key}": str(path) for key, path in files.items()})
    assert server.wait(60) == 2
    assert f"codekiln ingestion: cannot read {tmp_path / 'nowhere.pem'}: No such file or directory" in toy.log()


def test_a_server_with_nonsense_for_a_certificate_does_not_start(toy: ToyService, tmp_path: Path) -> None:
    (tmp_path / "cert.pem").write_text("nonsense")
    (tmp_path / "key.pem").write_text("nonsense")
    server = toy.spawn(
        {"CODEKILN_TLS_CERT_FILE": str(tmp_path / "cert.pem"), "CODEKILN_TLS_KEY_FILE": str(tmp_path / "key.pem")}
    )
    assert server.wait(60) == 2
    said = f"{tmp_path / 'cert.pem'} and {tmp_path / 'key.pem'} are not a PEM certificate and its key"
    assert toy.log().startswith(f"codekiln ingestion: {said}") and len(toy.log().splitlines()) == 1


def test_a_key_of_another_certificate_and_nonsense_for_authorities_are_told(toy: ToyService, tmp_path: Path) -> None:
    authority = new_authority(tmp_path, "ours")
    (one, key_of_one), (two, key_of_two) = authority.issue("one"), authority.issue("two")
    (tmp_path / "nonsense.pem").write_text("nonsense")
    cases = [((one, key_of_two, authority.ca_file), "key values mismatch")]
    cases += [((one, key_of_one, tmp_path / "nonsense.pem"), "has no PEM certificates of authorities")]
    for files, said in cases:
        with pytest.raises(FailedPrecondition, match=said) as caught:
            certificates(*files)
        assert caught.value.reason == "TLS_UNUSABLE"
    assert certificates(two, key_of_two, None) and renewed_certificates(one, key_of_two, None) is None
