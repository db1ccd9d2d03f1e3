"""Where services answer: from a setting, or from what the servers of this machine wrote when they started."""

from __future__ import annotations

import json
import os
from pathlib import Path

from codekiln.core.errors import InvalidArgument
from codekiln.core.settings import Settings

SERVICES = ("ingestion", "cleaning", "tokenizer", "trainer", "evaluation", "inference")


def run_folder(settings: Settings) -> Path:
    """Where the servers of this machine write their addresses."""
    return settings.home.absolute() / "run"


def find_addresses(settings: Settings) -> dict[str, str]:
    """host:port by service; empty where nothing runs here and nothing is set. Raises InvalidArgument."""
    if settings.services:
        return _parse(settings.services)
    return {name: record["grpc"] for name, record in local_servers(settings).items()}


def local_servers(settings: Settings) -> dict[str, dict[str, str]]:
    """What the live servers of this home wrote: pid, grpc, metrics, http."""
    found = {}
    for service in SERVICES:
        try:
            record = json.loads((run_folder(settings) / f"{service}.json").read_text())
            alive = _is_server(int(record["pid"]), service) and bool(record["grpc"])
        except (FileNotFoundError, ValueError, KeyError, TypeError):
            continue
        if alive:
            found[service] = record
    return found


def _is_server(pid: int, service: str) -> bool:
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return False
    return pid != os.getpid() and f"codekiln.{service}.server".encode() in command


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
