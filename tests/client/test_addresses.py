"""Where services answer: from a setting, or from servers that really live."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from codekiln.client import find_addresses
from codekiln.client.addresses import Connection, find_connection, local_servers, run_folder
from codekiln.core.errors import InvalidArgument
from codekiln.core.settings import Settings
from tests.core.toy.running import eventually


def write(settings: Settings, service: str, content: object) -> None:
    run_folder(settings).mkdir(parents=True, exist_ok=True)
    text = content if isinstance(content, str) else json.dumps(content)
    (run_folder(settings) / f"{service}.json").write_text(text)


def test_a_setting_names_them() -> None:
    settings = Settings(services="ingestion=a:1, cleaning=b.example:2")
    assert find_addresses(settings) == {"ingestion": "a:1", "cleaning": "b.example:2"}


@pytest.mark.parametrize("text", ["ingestion", "ingestion=a", "nobody=a:1", "ingestion=a:1,", "=a:1"])
def test_a_setting_of_another_form_is_refused(text: str) -> None:
    with pytest.raises(InvalidArgument, match="write name=host:port") as caught:
        find_addresses(Settings(services=text))
    assert caught.value.reason == "BAD_SETTING"


def test_a_setting_wins_over_what_runs_here(tmp_path: Path) -> None:
    assert find_addresses(Settings(home=tmp_path, services="trainer=a:1")) == {"trainer": "a:1"}


def test_only_live_servers_are_found(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    assert find_addresses(settings) == {}
    server = subprocess.Popen(
        [sys.executable, "-c", "import sys; sys.stdin.read()", "codekiln.cleaning.server"], stdin=subprocess.PIPE
    )
    try:
        write(settings, "cleaning", {"pid": server.pid, "grpc": "127.0.0.1:5", "metrics": "127.0.0.1:6"})
        write(settings, "ingestion", {"pid": server.pid, "grpc": "127.0.0.1:7"})  # the pid is another's now
        write(settings, "trainer", {"pid": os.getpid(), "grpc": "127.0.0.1:8"})
        found = eventually(lambda: find_addresses(settings), "the server")
        assert found == {"cleaning": "127.0.0.1:5"}
    finally:
        server.communicate()
    assert local_servers(settings) == {}


@pytest.mark.parametrize("content", ["", "{", "[]", "{}", '{"pid": "x"}', '{"pid": 1}', "null"])
def test_a_damaged_address_file_is_passed_over(tmp_path: Path, content: str) -> None:
    settings = Settings(home=tmp_path)
    write(settings, "cleaning", content)
    assert find_addresses(settings) == {}


@contextlib.contextmanager
def connected(settings: Settings, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    """A live process of these arguments, and the record that it is the connection of this home."""
    process = subprocess.Popen(
        [sys.executable, "-c", "import sys; sys.stdin.read()", *arguments], stdin=subprocess.PIPE
    )
    try:
        names = {"cleaning": "codekiln-cleaning"}
        Connection(process.pid, "codekiln", "team", {"cleaning": "127.0.0.1:5"}, names, "127.0.0.1:6").write(settings)
        yield process
    finally:
        process.communicate()


def test_a_connected_cluster_is_found_as_long_as_its_process_lives(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    with connected(settings, "codekiln", "connect"):
        found = eventually(lambda: find_connection(settings), "the connection")
        assert (found.release, found.namespace, found.http) == ("codekiln", "team", "127.0.0.1:6")
        assert find_addresses(settings) == {"cleaning": "127.0.0.1:5"}
    assert find_connection(settings) is None
    assert find_addresses(settings) == {}


def test_the_pid_of_a_connection_that_is_another_s_now_is_none(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    with connected(settings, "connected"):
        assert find_connection(settings) is None


def test_the_setting_comes_before_a_cluster_and_a_cluster_before_local_servers(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    with connected(settings, "connect", "codekiln.trainer.server") as process:
        write(settings, "trainer", {"pid": process.pid, "grpc": "127.0.0.1:8"})
        eventually(lambda: find_connection(settings), "the connection")
        assert local_servers(settings) != {}
        assert find_addresses(settings) == {"cleaning": "127.0.0.1:5"}
        set_apart = Settings(home=tmp_path, services="trainer=a:1")
        assert find_connection(set_apart) is None
        assert find_addresses(set_apart) == {"trainer": "a:1"}


@pytest.mark.parametrize("content", ["", "{", "[]", "{}", '{"pid": 1}', "null", '{"pid": "x", "services": 3}'])
def test_a_damaged_record_of_a_connection_is_passed_over(tmp_path: Path, content: str) -> None:
    settings = Settings(home=tmp_path)
    write(settings, "cluster", content)
    assert find_addresses(settings) == {}
