"""Where services answer: from a setting, or from servers that really live."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from codekiln.client import find_addresses
from codekiln.client.addresses import local_servers, run_folder
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
