"""up and down: six services on one machine, and afterwards no process and no port."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys

import pytest

from codekiln.client import Client
from codekiln.client.addresses import SERVICES
from tests.core.toy.running import eventually
from tests.e2e.folder import Folder


def free_ports() -> int:
    """The first of sixteen ports in a row that nothing listens on."""
    for first in range(20_000 + os.getpid() % 1000 * 16, 60_000, 16):
        if all(is_free(first + offset) for offset in range(16)):
            return first
    raise AssertionError("no free ports")


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def started(folder: Folder, port: int) -> tuple[subprocess.Popen[str], dict[str, dict[str, str]]]:
    up = folder.start("up", "--port", str(port), "--json")
    assert up.stdout is not None
    line = up.stdout.readline()
    assert line, f"{up.communicate()[1]}\n{folder.logs()}"
    return up, json.loads(line)


def assert_nothing_is_left(folder: Folder, port: int) -> None:
    assert folder.processes() == []
    assert all(is_free(port + offset) for offset in range(16))
    assert not list((folder.path / ".codekiln" / "run").glob("*.json"))


def test_up_starts_all_services_and_down_stops_them_all(folder: Folder) -> None:
    port = free_ports()
    up, records = started(folder, port)
    assert set(records) == set(SERVICES)
    assert [record["grpc"] for record in records.values()] != [] and len({r["grpc"] for r in records.values()}) == 6
    with Client({name: record["grpc"] for name, record in records.items()}) as client:
        assert all(list(client.jobs(name)) == [] for name in SERVICES if name != "inference")
    assert folder.run("jobs").stderr == "no jobs yet: `codekiln run recipes/demo.yaml` makes some\n"

    again = folder.run("up", "--port", str(port))
    assert again.returncode == 1
    assert "services run already in .codekiln" in again.stderr and "`codekiln down` stops them" in again.stderr

    down = folder.run("down")
    assert down.returncode == 0 and all(name in down.stderr for name in SERVICES)
    out, err = up.communicate(timeout=60)
    assert (up.returncode, out) == (0, ""), err
    assert "error" not in err
    assert_nothing_is_left(folder, port)
    assert folder.run("down").stderr == "stopped: nothing ran\n"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_however_up_ends_its_services_end_too(folder: Folder, number: signal.Signals) -> None:
    port = free_ports()
    up, _ = started(folder, port)
    up.send_signal(number)
    up.communicate(timeout=60)
    eventually(lambda: not folder.processes(), "the end of the services")
    eventually(lambda: all(is_free(port + offset) for offset in range(16)), "free ports")
    assert up.returncode == (-9 if number == signal.SIGKILL else 0)


def test_a_service_that_dies_ends_the_others_with_its_name_and_log(folder: Folder) -> None:
    port = free_ports()
    up, records = started(folder, port)
    os.kill(int(records["tokenizer"]["pid"]), signal.SIGKILL)
    _, err = up.communicate(timeout=60)
    assert up.returncode == 1
    log = folder.path / ".codekiln" / "logs" / "tokenizer.log"
    assert f"error: the tokenizer service ended with status -9; its log: {log}" in err
    assert_nothing_is_left(folder, port)


@pytest.mark.parametrize("offset", [0, 5, 6, 15])
def test_a_port_in_use_is_named_before_anything_starts(folder: Folder, offset: int) -> None:
    port = free_ports()
    with socket.create_server(("127.0.0.1", port + offset)):
        done = folder.run("up", "--port", str(port), "--json")
    error = json.loads(done.stdout)["error"]
    assert done.returncode == 1 and error["reason"] == "PORT_IN_USE"
    assert f"127.0.0.1:{port + offset}, which " in error["message"] and "--port" in error["message"]
    assert folder.processes() == []


@pytest.mark.parametrize("port", ["65530", "-5", "99999"])
def test_a_port_that_cannot_be_is_named(folder: Folder, port: str) -> None:
    done = folder.run("up", "--port", port)
    assert done.returncode == 1 and "Traceback" not in done.stderr and "--port" in done.stderr


def test_a_setting_that_no_service_accepts_is_told_once(folder: Folder) -> None:
    done = subprocess.run(
        [folder_command(), "up", "--port", str(free_ports())], cwd=folder.path, capture_output=True, text=True,
        env={**os.environ, "CODEKILN_LAUNCHER": "kubernetes"},
    )  # fmt: skip
    assert done.returncode == 1
    assert done.stderr == "error: inference: CODEKILN_LAUNCHER is `kubernetes`: set CODEKILN_NAMESPACE too\n"
    assert folder.processes() == []


def test_a_token_file_that_is_missing_is_named(folder: Folder) -> None:
    done = subprocess.run(
        [folder_command(), "jobs"], cwd=folder.path, capture_output=True, text=True,
        env={**os.environ, "CODEKILN_AUTH_TOKEN_FILE": "/nowhere", "CODEKILN_SERVICES": "ingestion=127.0.0.1:1"},
    )  # fmt: skip
    assert done.stderr == "error: cannot read the secret in /nowhere: No such file or directory\n"


def test_beside_a_model_that_is_served_the_other_services_are_brought_along(folder: Folder) -> None:
    home = folder.path / ".codekiln"
    (home / "run").mkdir(parents=True)
    environ = {**os.environ, "CODEKILN_HOME": str(home), "CODEKILN_ADDRESS_FILE": str(home / "run" / "inference.json")}
    command = [sys.executable, "-m", "codekiln.inference.server"]
    with (
        open(folder.path / "log", "w") as log,
        subprocess.Popen(command, env=environ, stdout=log, stderr=log) as server,
    ):
        eventually((home / "run" / "inference.json").exists, "the inference server")
        done = folder.run("jobs")
        assert done.returncode == 0 and done.stderr.startswith("no jobs yet"), done.stderr
        assert [process.pid for process in folder.processes()] == [server.pid]
        assert folder.run("down").returncode == 0
    assert folder.processes() == []


def test_services_elsewhere_that_do_not_answer_are_named(folder: Folder) -> None:
    done = subprocess.run(
        [folder_command(), "jobs"], cwd=folder.path, capture_output=True, text=True,
        env={**os.environ, "CODEKILN_SERVICES": "ingestion=127.0.0.1:1"},
    )  # fmt: skip
    assert done.returncode == 1
    assert done.stderr.startswith("error: nothing answers at 127.0.0.1:1 (") and "codekiln up" in done.stderr


def folder_command() -> str:
    from tests.e2e.folder import CODEKILN

    return CODEKILN
