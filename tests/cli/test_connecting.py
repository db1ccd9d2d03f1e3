"""connect beside everything else of a folder, without a cluster. With one: tests/cluster/test_connect.py."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import pytest

from codekiln.client.addresses import Connection, find_connection
from codekiln.core.settings import Settings
from tests.core.toy.running import eventually
from tests.e2e.folder import Folder


@pytest.fixture
def connected(folder: Folder) -> Iterator[Connection]:
    """As if `codekiln connect` ran; nothing answers at the other end."""
    process = subprocess.Popen([sys.executable, "-c", "import sys; sys.stdin.read()", "connect"], stdin=subprocess.PIPE)
    settings = Settings(home=folder.path / ".codekiln")
    made = Connection(process.pid, "codekiln", "team", {"ingestion": "127.0.0.1:1", "inference": "127.0.0.1:1"}, {})
    made.write(settings)
    eventually(lambda: find_connection(settings), "the connection")
    yield made
    process.communicate()


@pytest.mark.parametrize(
    "command", [("jobs",), ("artifacts",), ("ingest", "--installed-packages"), ("serve", "demo/model")]
)
def test_commands_go_to_the_cluster_and_start_nothing_of_their_own(
    folder: Folder, connected: Connection, command: tuple[str, ...]
) -> None:
    done = folder.run(*command)
    assert done.returncode == 1 and "nothing answers at 127.0.0.1:1" in done.stderr
    assert folder.processes() == []
    assert not (folder.path / ".codekiln" / "run" / "services.lock").exists()


def test_where_the_services_are_is_told(folder: Folder, connected: Connection) -> None:
    assert folder.run("jobs").stderr.startswith(
        "services     release codekiln in namespace team, by `codekiln connect`\n"
    )
    assert "release codekiln in namespace team" in folder.run("doctor").stdout


@pytest.mark.parametrize("command", ["up", "connect"])
def test_a_connected_folder_is_connected_once_and_starts_no_services(
    folder: Folder, connected: Connection, command: str
) -> None:
    done = folder.run(command)
    assert done.returncode == 1
    assert f"is connected to release codekiln in namespace team (pid {connected.pid})" in done.stderr
    assert folder.processes() == []


def test_without_kubectl_the_way_to_it_is_told(folder: Folder) -> None:
    folder.settings["PATH"] = str(folder.path)
    done = folder.run("connect")
    assert (done.returncode, done.stderr.partition(":")[0]) == (1, "error")
    assert "kubectl is not on the PATH" in done.stderr


def test_the_setting_that_comes_before_a_cluster_is_named(folder: Folder) -> None:
    folder.settings["CODEKILN_SERVICES"] = "ingestion=127.0.0.1:1"
    done = folder.run("connect")
    assert done.returncode == 1 and "CODEKILN_SERVICES is set" in done.stderr
