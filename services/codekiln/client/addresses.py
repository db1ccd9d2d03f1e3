"""Where services answer: from a setting, from `codekiln connect`, or from what servers of this machine have written.

The first of these that is there holds alone: CODEKILN_SERVICES, then a connected cluster, then local servers.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from codekiln.core.errors import InvalidArgument
from codekiln.core.settings import Settings

SERVICES = ("ingestion", "cleaning", "tokenizer", "trainer", "evaluation", "inference")


def run_folder(settings: Settings) -> Path:
    """Where the servers of this machine write their addresses."""
    return settings.home.absolute() / "run"


@dataclass(frozen=True)
class Connection:
    """A release on a cluster whose services `codekiln connect` makes reachable here, as long as that process lives.

    `services` are host:port by name, `names` what their certificates call them; `http` is inference's HTTP.
    """

    pid: int
    release: str
    namespace: str
    services: dict[str, str]
    names: dict[str, str]
    http: str = ""

    def write(self, settings: Settings) -> None:
        """For the other commands of this home."""
        path = connection_file(settings)
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_suffix(".tmp")
        temporary.write_text(json.dumps(asdict(self)))
        temporary.replace(path)

    def __str__(self) -> str:
        return f"release {self.release} in namespace {self.namespace}"


def connection_file(settings: Settings) -> Path:
    return run_folder(settings) / "cluster.json"


def find_connection(settings: Settings) -> Connection | None:
    """The cluster that this home is connected to; CODEKILN_SERVICES comes before it."""
    if settings.services:
        return None
    try:
        found = Connection(**json.loads(connection_file(settings).read_text()))
        alive = _runs(int(found.pid), "connect")
    except (FileNotFoundError, ValueError, TypeError):
        return None
    return found if alive else None


def find_addresses(settings: Settings) -> dict[str, str]:
    """host:port by service; empty where nothing runs here and nothing is set. Raises InvalidArgument."""
    if settings.services:
        return _parse(settings.services)
    if (cluster := find_connection(settings)) is not None:
        return dict(cluster.services)
    return {name: record["grpc"] for name, record in local_servers(settings).items()}


def local_servers(settings: Settings) -> dict[str, dict[str, str]]:
    """What the live servers of this home wrote: pid, grpc, metrics, http."""
    found = {}
    for service in SERVICES:
        try:
            record = json.loads((run_folder(settings) / f"{service}.json").read_text())
            alive = _runs(int(record["pid"]), f"codekiln.{service}.server") and bool(record["grpc"])
        except (FileNotFoundError, ValueError, KeyError, TypeError):
            continue
        if alive:
            found[service] = record
    return found


def _runs(pid: int, argument: str) -> bool:
    """Whether a process of that argument has this pid, which may be another's by now."""
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return False
    return pid != os.getpid() and argument.encode() in command.split(b"\0")


def _parse(text: str) -> dict[str, str]:
    addresses = {}
    for pair in text.split(","):
        name, equals, address = pair.strip().partition("=")
        if not equals or name not in SERVICES or ":" not in address:
            raise InvalidArgument(
                f"CODEKILN_SERVICES has `{pair}`: write name=host:port, names are {', '.join(SERVICES)}",
                reason="BAD_SETTING",
            )
        addresses[name] = address
    return addresses
