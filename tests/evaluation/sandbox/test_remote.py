from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import grpc
import pytest

from codekiln.core.errors import FailedPrecondition, Unavailable
from codekiln.core.settings import Settings
from codekiln.evaluation.sandbox.opening import open_sandbox
from codekiln.evaluation.sandbox.outcome import Outcome
from codekiln.evaluation.sandbox.pool import LocalSandbox
from codekiln.evaluation.sandbox.program import Limits
from codekiln.evaluation.sandbox.remote import RemoteSandbox
from codekiln.v1 import sandbox_pb2, sandbox_pb2_grpc
from tests.core.rpc.certificates import new_authority
from tests.core.toy.running import eventually
from tests.evaluation.conftest import LIMITS
from tests.evaluation.material import program
from tests.evaluation.sandbox.test_server import figure, runs
from tests.evaluation.serving import SandboxServer, serve_sandbox
from tests.s3 import free_port

BODIES = ["return 2", "return 3", "raise ValueError('x')", "import time\ntime.sleep(0.05)\nreturn 2"]
OUTCOMES = [Outcome.PASSED, Outcome.FAILED, Outcome.EXCEPTION, Outcome.PASSED]
PASSED = 'codekiln_sandbox_runs_total{outcome="passed"}'


def test_the_settings_choose_where_programs_are_judged(tmp_path: Path) -> None:
    assert isinstance(open_sandbox(Settings(), tmp_path, LIMITS), LocalSandbox)
    elsewhere = open_sandbox(Settings(sandbox_endpoint="127.0.0.1:1"), tmp_path, LIMITS)
    assert isinstance(elsewhere, RemoteSandbox)
    elsewhere.close()


def test_several_servers_take_turns(tmp_path: Path) -> None:
    with serve_sandbox(tmp_path / "a", WORKERS=1) as one, serve_sandbox(tmp_path / "b", WORKERS=1) as two:
        with RemoteSandbox(both(one, two), Settings(), LIMITS) as sandbox:
            until_both_are_connected(sandbox, one, two)
            outcomes = [verdict.outcome for verdict in sandbox.judge([program(body) for body in BODIES * 10])]
        assert outcomes == OUTCOMES * 10
        assert min(figure(one, PASSED), figure(two, PASSED)) >= 5


def both(one: SandboxServer, two: SandboxServer) -> str:
    """An address of two servers, as a name that DNS resolves to two pods."""
    return f"ipv4:{one.address},{two.address}"


def until_both_are_connected(sandbox: RemoteSandbox, *servers: SandboxServer) -> None:
    def all_were_asked() -> bool:
        sandbox.judge_one(program("return 2"))
        return all(figure(server, PASSED) for server in servers)

    eventually(all_were_asked)


def test_a_server_that_dies_with_programs_costs_no_verdict(tmp_path: Path) -> None:
    bodies = [*BODIES, "import time\ntime.sleep(1.5)\nreturn 2"] * 4
    with serve_sandbox(tmp_path / "a", WORKERS=1) as one, serve_sandbox(tmp_path / "b", WORKERS=1) as two:
        with RemoteSandbox(both(one, two), Settings(), Limits(cpu_seconds=1)) as sandbox:
            until_both_are_connected(sandbox, one, two)
            killer = threading.Thread(target=lambda: (eventually(lambda: runs(one.pid)), one.kill()))
            killer.start()
            outcomes = [verdict.outcome for verdict in sandbox.judge([program(body) for body in bodies])]
            killer.join()
        assert outcomes == [*OUTCOMES, Outcome.PASSED] * 4


def test_a_server_that_is_stopped_before_a_program_ended_costs_no_verdict(tmp_path: Path) -> None:
    slow = program("import time\ntime.sleep(1.5)\nreturn 2")
    with serve_sandbox(tmp_path / "a", WORKERS=1, DRAIN_SECONDS=0) as one, serve_sandbox(tmp_path / "b") as two:
        with RemoteSandbox(both(one, two), Settings(), Limits(cpu_seconds=1)) as sandbox:
            until_both_are_connected(sandbox, one, two)
            stopper = threading.Thread(target=lambda: (eventually(lambda: runs(one.pid)), one.process.terminate()))
            stopper.start()
            outcomes = {verdict.outcome for verdict in sandbox.judge([slow] * 8)}
            stopper.join()
        assert outcomes == {Outcome.PASSED}
        assert one.process.wait(60) == 0


def test_a_server_that_comes_back_at_its_address_is_found_again(tmp_path: Path) -> None:
    listen = f"127.0.0.1:{free_port()}"
    first = SandboxServer(tmp_path / "a", WORKERS=1, LISTEN=listen)
    with RemoteSandbox(listen, Settings(), LIMITS) as sandbox:
        assert sandbox.judge_one(program("return 2")).outcome is Outcome.PASSED
        first.kill()
        verdicts: list[Outcome] = []
        asking = threading.Thread(target=lambda: verdicts.append(sandbox.judge_one(program("return 2")).outcome))
        asking.start()
        with serve_sandbox(tmp_path / "b", WORKERS=1, LISTEN=listen):
            asking.join()
    assert verdicts == [Outcome.PASSED]


def test_nobody_there_is_said_with_the_address_and_what_to_do() -> None:
    address = f"127.0.0.1:{free_port()}"
    with pytest.raises(Unavailable) as caught, RemoteSandbox(address, Settings(), patience_seconds=0):
        pass
    assert (caught.value.reason, caught.value.metadata["endpoint"]) == ("SANDBOX_UNREACHABLE", address)
    assert caught.value.message.startswith(f"no sandbox answers at {address} (")
    assert "CODEKILN_SANDBOX_ENDPOINT" in caught.value.message


def test_a_server_that_goes_for_good_ends_the_evaluation_after_a_while(tmp_path: Path) -> None:
    server = SandboxServer(tmp_path / "a", WORKERS=1)
    with RemoteSandbox(server.address, Settings(), LIMITS, patience_seconds=0) as sandbox:
        server.kill()
        with pytest.raises(Unavailable) as caught:
            list(sandbox.judge([program("return 2")] * 3))
    assert caught.value.reason == "SANDBOX_UNREACHABLE"


def test_closing_gives_unavailable_to_whoever_waits(tmp_path: Path) -> None:
    with serve_sandbox(tmp_path / "a", WORKERS=1) as server:
        sandbox = RemoteSandbox(server.address, Settings(), Limits(cpu_seconds=600)).__enter__()
        closer = threading.Thread(target=lambda: (eventually(lambda: runs(server.pid)), sandbox.close()))
        closer.start()
        with pytest.raises(Unavailable) as caught:
            sandbox.judge_one(program("while True: pass"))
        closer.join()
        assert caught.value.reason == "SANDBOX_CLOSED"
        with pytest.raises(Unavailable, match="was closed"):
            sandbox.judge_one(program("return 2"))


def test_tls_is_spoken_where_the_address_says_so(tmp_path: Path) -> None:
    authority = new_authority(tmp_path, "ours")
    cert_file, key_file = authority.issue("sandbox")
    own = {"TLS_CERT_FILE": cert_file, "TLS_KEY_FILE": key_file, "TLS_CLIENT_CA_FILE": authority.ca_file}
    client_cert, client_key = authority.issue("worker")
    settings = Settings(tls_ca_file=authority.ca_file, tls_cert_file=client_cert, tls_key_file=client_key)
    with serve_sandbox(tmp_path / "a", WORKERS=1, **own) as server:
        with RemoteSandbox(f"tls://{server.address}", settings, LIMITS) as sandbox:
            assert sandbox.judge_one(program("return 2")).outcome is Outcome.PASSED
        with pytest.raises(Unavailable), RemoteSandbox(server.address, settings, LIMITS, patience_seconds=0):
            pass


def test_a_token_is_never_sent_to_where_untrusted_programs_run(tmp_path: Path) -> None:
    (tmp_path / "tokens").write_text("opens-other-doors\n")
    seen: list[str] = []
    with recording_server(seen) as address:
        RemoteSandbox(address, Settings(auth_token_file=tmp_path / "tokens"), LIMITS).__enter__().close()
    assert "user-agent" in seen
    assert "authorization" not in seen


@contextmanager
def recording_server(seen: list[str]) -> Iterator[str]:
    """A sandbox that only notes which metadata calls carry."""

    class Recorder(sandbox_pb2_grpc.SandboxServiceServicer):
        def GetSandbox(self, request: sandbox_pb2.GetSandboxRequest, context: Any) -> sandbox_pb2.GetSandboxResponse:
            seen.extend(key for key, _ in context.invocation_metadata())
            return sandbox_pb2.GetSandboxResponse(programs_at_once=1)

    server = grpc.server(ThreadPoolExecutor(1))
    sandbox_pb2_grpc.add_SandboxServiceServicer_to_server(Recorder(), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    try:
        yield f"127.0.0.1:{port}"
    finally:
        server.stop(0).wait()


def test_tls_without_an_authority_is_refused() -> None:
    with pytest.raises(FailedPrecondition, match="CODEKILN_TLS_CA_FILE"):
        RemoteSandbox("tls://127.0.0.1:1", Settings())
