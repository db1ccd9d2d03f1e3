"""Other tools to measure beside ours, each in an environment of its own with pinned packages.

    <name>.in   what is asked for, by hand
    <name>.txt  what that resolves to, with hashes: `make requirements`
    <name>_*.py what runs there; it imports nothing of ours

An environment is made at first use, in the user's cache folder.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
"""Where their scripts are."""


class Missing(Exception):
    """The peer cannot be installed here; the message says why."""


def run_peer(name: str, script: str, *arguments: str) -> dict[str, Any]:
    """Runs `<script>` of this folder in the peer's environment; its last line of output is JSON. Raises Missing."""
    command = [str(interpreter(name)), str(FOLDER / script), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Missing(f"{script} ended with {done.returncode}: {done.stderr.strip().splitlines()[-1:]}")
    return dict(json.loads(done.stdout.strip().splitlines()[-1]))


def interpreter(name: str) -> Path:
    """Python of the peer's environment, which is made unless it is there. Raises Missing."""
    requirements = FOLDER / f"{name}.txt"
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = cache / "codekiln-bench" / f"{name}-{hashlib.sha256(requirements.read_bytes()).hexdigest()[:12]}"
    python = folder / "bin" / "python"
    if (folder / "ready").exists():
        return python
    uv = Path(sys.prefix) / "bin" / "uv"
    for command in (
        [uv, "venv", "-q", "--clear", "-p", sys.executable, folder],
        [uv, "pip", "install", "-q", "--require-hashes", "-p", python, "-r", requirements],
    ):
        done = subprocess.run([str(word) for word in command], capture_output=True, text=True, check=False)
        if done.returncode:
            raise Missing(f"{name} cannot be installed: {done.stderr.strip().splitlines()[-1:]}")
    (folder / "ready").touch()
    return python
