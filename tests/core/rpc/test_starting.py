"""A server that cannot start says why in one sentence, with exit status 2, and leaves nothing behind."""

from __future__ import annotations

import json
import socket
from pathlib import Path

import pytest

from tests.core.toy.running import ToyService
from tests.s3 import free_port


def sentence(toy: ToyService, **settings: object) -> str:
    """What the server said before it ended with status 2: exactly one line."""
    server = toy.spawn({f"CODEKILN_{key}": str(value) for key, value in settings.items()})
    assert server.wait(60) == 2
    lines = [line for line in toy.log().splitlines() if not line.startswith("{")]
    assert len(lines) == 1, toy.log()
    return lines[0]


def test_a_port_in_use_is_named(toy: ToyService) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        assert sentence(toy, LISTEN=address) == (
            f"codekiln ingestion: {address} is in use or not an address of this machine: stop what listens there, or "
            "choose another with CODEKILN_LISTEN"
        )


def test_a_second_server_on_the_same_port_does_not_share_it(toy: ToyService) -> None:
    toy.start()
    assert f"127.0.0.1:{toy.port} is in use" in sentence(toy)
    with toy.client() as client:
        assert list(client.jobs("ingestion")) == []


def test_a_metrics_port_in_use_is_named(toy: ToyService) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        said = sentence(toy, METRICS_LISTEN=address)
    assert said == (
        f"codekiln ingestion: {address} cannot be listened on (Address already in use): choose another with "
        "CODEKILN_METRICS_LISTEN"
    )


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"STOER": "x"}, "unknown setting CODEKILN_STOER: did you mean CODEKILN_STORE?"),
        ({"STORE": "nonsense"}, "`nonsense` is not a store: write file:///folder or s3://bucket/prefix"),
        (
            {"LAUNCHER": "slurm"},
            "CODEKILN_LAUNCHER is `slurm`: write local or auto or kubernetes or pytorchjob or trainjob",
        ),
        ({"LISTEN": "7100"}, "CODEKILN_LISTEN is `7100`: write host:port"),
        ({"LISTEN": "203.0.113.7:7100"}, "203.0.113.7:7100 is in use or not an address of this machine"),
        ({"AUTH_TOKEN_FILE": "/nowhere/tokens"}, "the token file /nowhere/tokens cannot be read: No such file"),
    ],
)
def test_a_bad_setting_is_named(toy: ToyService, settings: dict[str, str], said: str) -> None:
    assert sentence(toy, **settings).startswith(f"codekiln ingestion: {said}")


def test_a_store_that_cannot_be_reached_is_named(toy: ToyService) -> None:
    endpoint = f"http://127.0.0.1:{free_port()}"
    assert sentence(toy, STORE=f"s3://bucket/?endpoint={endpoint}") == (
        f"codekiln ingestion: the store at {endpoint} does not answer (connection refused): check CODEKILN_STORE and "
        "that it runs"
    )


def test_a_store_that_cannot_be_written_is_named(toy: ToyService, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert f"cannot write to the store in {tmp_path / 'file' / 'store'}" in sentence(
        toy, STORE=(tmp_path / "file" / "store").as_uri()
    )


def test_a_server_writes_its_addresses_once_it_listens(toy: ToyService) -> None:
    server = toy.start(LISTEN="127.0.0.1:0")
    assert set(toy.addresses) == {"service", "pid", "grpc", "metrics"}
    assert int(toy.addresses["pid"]) == server.pid
    for name in ("grpc", "metrics"):
        host, _, port = toy.addresses[name].rpartition(":")
        socket.create_connection((host, int(port)), timeout=5).close()


def test_logs_are_one_json_line_an_event(toy: ToyService) -> None:
    toy.start()
    toy.stop()
    events = [json.loads(line) for line in toy.log().splitlines()]
    assert [event["event"] for event in events] == ["listening", "draining", "stopped"]
    assert all({"time", "level", "service", "logger"} <= event.keys() for event in events)
