from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import grpc
import psutil
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc

from codekiln.core.errors import InvalidArgument
from codekiln.core.rpc.channel import translated
from codekiln.core.settings import Settings
from codekiln.evaluation.sandbox.messages import judge_request
from codekiln.evaluation.sandbox.outcome import Outcome
from codekiln.evaluation.sandbox.program import Limits
from codekiln.evaluation.sandbox.remote import RemoteSandbox
from codekiln.v1 import sandbox_pb2, sandbox_pb2_grpc
from tests.core.toy.running import eventually
from tests.evaluation.conftest import LIMITS
from tests.evaluation.material import is_runner, program
from tests.evaluation.serving import SERVER, SERVICES, SandboxServer, environment, serve_sandbox

RIGHT = program("return 2")
SERVING = health_pb2.HealthCheckResponse.SERVING


@pytest.fixture
def server(tmp_path: Path) -> Iterator[SandboxServer]:
    with serve_sandbox(tmp_path / "home", WORKERS=1, HEALTH_LISTEN="127.0.0.1:0") as server:
        yield server


def stub(channel: grpc.Channel) -> sandbox_pb2_grpc.SandboxServiceStub:
    return sandbox_pb2_grpc.SandboxServiceStub(channel)


def figure(server: SandboxServer, name: str) -> float:
    """One sample of what the server offers to Prometheus."""
    with urllib.request.urlopen(f"http://{server.addresses['metrics']}/metrics") as page:
        lines = page.read().decode().splitlines()
    return next(float(line.rpartition(" ")[2]) for line in lines if line.startswith(f"{name} "))


def test_importing_it_brings_in_no_store_no_cluster_and_no_data_library() -> None:
    strange = (
        "minio",
        "kubernetes",
        "pyarrow",
        "dask",
        "distributed",
        "yaml",
        "codekiln.core.store",
        "codekiln.core.artifacts",
    )
    code = f"import sys, codekiln.evaluation.sandbox.server; print([name for name in {strange} if name in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code], env={"PYTHONPATH": str(SERVICES)}, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_it_says_what_its_wall_is_and_how_many_it_judges_at_once(server: SandboxServer) -> None:
    with grpc.insecure_channel(server.address) as channel:
        about = stub(channel).GetSandbox(sandbox_pb2.GetSandboxRequest(), timeout=30)
    assert (about.programs_at_once, about.seccomp, about.kernel) == (1, True, os.uname().release)
    assert about.landlock_abi >= 4


def test_health_is_served_on_its_own_port_too(server: SandboxServer) -> None:
    for name in ("grpc", "health"):
        with grpc.insecure_channel(server.addresses[name]) as channel:
            for service in ("", "codekiln.v1.SandboxService"):
                request = health_pb2.HealthCheckRequest(service=service)
                assert health_pb2_grpc.HealthStub(channel).Check(request, timeout=30).status == SERVING


def test_on_the_health_port_nothing_else_is_served(server: SandboxServer) -> None:
    with grpc.insecure_channel(server.addresses["health"]) as channel, pytest.raises(grpc.RpcError) as caught:
        stub(channel).Judge(judge_request(RIGHT, LIMITS), timeout=30)
    assert caught.value.code() is grpc.StatusCode.UNIMPLEMENTED


def test_a_wrong_request_is_refused_with_the_paths_of_its_fields(server: SandboxServer) -> None:
    request = judge_request(RIGHT, Limits(cpu_seconds=10_000))
    with grpc.insecure_channel(server.address) as channel, pytest.raises(InvalidArgument) as caught, translated("it"):
        stub(channel).Judge(request, timeout=30)
    assert [violation.field for violation in caught.value.violations] == ["limits.cpu_seconds"]


def test_programs_of_different_limits_are_judged_by_their_own(server: SandboxServer) -> None:
    wants = program("return len(bytearray(100 << 20)) and 2")
    for memory, outcome in [(256 << 20, Outcome.PASSED), (16 << 20, Outcome.MEMORY), (256 << 20, Outcome.PASSED)]:
        with RemoteSandbox(server.address, Settings(), Limits(memory_bytes=memory)) as sandbox:
            assert sandbox.judge_one(wants).outcome is outcome


def test_a_program_as_large_as_a_runner_takes_is_judged(server: SandboxServer) -> None:
    large = RIGHT._replace(prompt="#" * (4 << 20), source=f"# {'x' * (3 << 20)}\n{RIGHT.source}")
    with RemoteSandbox(server.address, Settings(), Limits()) as sandbox:
        assert sandbox.judge_one(large).outcome is Outcome.PASSED


def test_outcomes_are_counted(server: SandboxServer) -> None:
    with RemoteSandbox(server.address, Settings(), LIMITS) as sandbox:
        list(sandbox.judge([RIGHT, RIGHT, program("return 3")]))
    counts = {name: figure(server, f'codekiln_sandbox_runs_total{{outcome="{name}"}}') for name in Outcome}
    assert counts == {**dict.fromkeys(Outcome, 0.0), Outcome.PASSED: 2.0, Outcome.FAILED: 1.0}
    assert figure(server, "codekiln_sandbox_run_seconds_count") == 3.0
    assert figure(server, "codekiln_sandbox_waiting") == 0.0


def test_too_many_waiting_are_sent_away_with_a_time_to_come_back(server: SandboxServer) -> None:
    sleeper = judge_request(program("import time\ntime.sleep(60)"), Limits(cpu_seconds=20))
    with grpc.insecure_channel(server.address) as channel:
        waiting = [stub(channel).Judge.future(sleeper, timeout=120) for _ in range(257)]
        eventually(lambda: figure(server, "codekiln_sandbox_waiting") == 256.0)
        with pytest.raises(grpc.RpcError) as caught:
            stub(channel).Judge(sleeper, timeout=30)
        details = dict(caught.value.trailing_metadata())["grpc-status-details-bin"]
        assert caught.value.code() is grpc.StatusCode.UNAVAILABLE
        assert b"SANDBOX_BUSY" in details and b"RetryInfo" in details
        for call in waiting:
            call.cancel()
    eventually(lambda: figure(server, "codekiln_sandbox_waiting") == 0.0)


def test_what_runs_for_a_caller_that_went_away_ends(server: SandboxServer) -> None:
    spinning = judge_request(program("while True: pass"), Limits(cpu_seconds=600))
    with grpc.insecure_channel(server.address) as channel:
        call = stub(channel).Judge.future(spinning, timeout=600)
        running = eventually(lambda: runs(server.pid))
        call.cancel()
        assert psutil.wait_procs(running, timeout=60)[1] == []
        assert stub(channel).Judge(judge_request(RIGHT, LIMITS), timeout=60).outcome == sandbox_pb2.OUTCOME_PASSED


def runs(leader: int) -> list[psutil.Process]:
    """Processes of the programs that are being judged."""
    found = []
    with contextlib.suppress(psutil.NoSuchProcess):  # something ended in between: what is left is looked at again
        for runner in filter(is_runner, psutil.Process(leader).children()):
            for zygote in runner.children():
                found += zygote.children()
    return found


def test_told_to_stop_it_lets_what_runs_end_and_sends_away_what_waits(tmp_path: Path) -> None:
    slow = program("import time\ntime.sleep(1.5)\nreturn 2")
    with serve_sandbox(tmp_path / "home", WORKERS=1, DRAIN_SECONDS=30) as server:
        with grpc.insecure_channel(server.address) as channel:
            calls = [stub(channel).Judge.future(judge_request(slow, Limits()), timeout=60) for _ in range(3)]
            eventually(lambda: figure(server, "codekiln_sandbox_waiting") == 2.0)
            server.process.send_signal(signal.SIGTERM)
            ended = [call.exception() for call in calls]
        assert sorted(error.code().name if error else "OK" for error in ended) == ["OK", "UNAVAILABLE", "UNAVAILABLE"]
        assert server.process.wait(60) == 0


def test_a_killed_server_leaves_no_process(server: SandboxServer) -> None:
    with grpc.insecure_channel(server.address) as channel:
        call = stub(channel).Judge.future(judge_request(program("while True: pass"), Limits(cpu_seconds=600)))
        eventually(lambda: runs(server.pid))
        below = psutil.Process(server.pid).children(recursive=True)
        server.kill()
        assert psutil.wait_procs(below, timeout=30)[1] == []
        assert call.exception() is not None


def test_without_a_wall_it_does_not_start_and_was_never_healthy(tmp_path: Path) -> None:
    """In a process whose kernel answers as one without Landlock: a filter makes its calls fail."""
    code = """
import errno
from codekiln.core.rpc.listening import run
from codekiln.evaluation.sandbox import seccomp, server
from codekiln.evaluation.sandbox.linux import MACHINE, PR_SET_NO_NEW_PRIVS, prctl
from codekiln.evaluation.sandbox.syscalls import number
prctl(PR_SET_NO_NEW_PRIVS, 1)
load, jump, end = seccomp._LOAD, seccomp._JUMP_EQUAL, seccomp._RETURN
seccomp._install([(load, 0, 0, 0), (jump, 0, 1, number("landlock_create_ruleset", MACHINE)),
                  (end, 0, 0, seccomp._ERRNO | errno.ENOSYS), (end, 0, 0, seccomp._ALLOW)])
run("sandbox", server.serve)
"""
    told = tmp_path / "addresses.json"
    said = refused([sys.executable, "-c", code], environment(tmp_path, ADDRESS_FILE=told))
    assert said.startswith("codekiln sandbox: the sandbox cannot be used: this machine lacks Landlock ABI 4")
    assert not told.exists()


@pytest.mark.parametrize("setting", ["AUTH_TOKEN_FILE", "STORE_ACCESS_KEY_FILE"])
def test_it_does_not_start_with_secrets_beside_it(setting: str, tmp_path: Path) -> None:
    settings = {setting: "/secret"} | ({"STORE_SECRET_KEY_FILE": "/s"} if setting.startswith("STORE") else {})
    said = refused(SERVER, environment(tmp_path, **settings))
    assert said.startswith(f"codekiln sandbox: CODEKILN_{setting} ") and "a sandbox holds no secrets" in said


def refused(command: list[str], environment: dict[str, str]) -> str:
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 2, done.stderr
    return done.stderr


def test_threads_beside_each_other_each_get_their_own_verdict(server: SandboxServer) -> None:
    with RemoteSandbox(server.address, Settings(), LIMITS) as sandbox:
        found: dict[int, str] = {}

        def ask(number: int) -> None:
            found[number] = sandbox.judge_one(program(f"raise ValueError({number})")).detail

        threads = [threading.Thread(target=ask, args=(number,)) for number in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert found == {number: f"ValueError: {number}" for number in range(20)}
