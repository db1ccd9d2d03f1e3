"""Peers on the same cases: each in an environment of its own (bench.peers), spoken to in JSON lines.

A peer that cannot be installed is reported as missing and fails nothing. Peers find what they find: kinds that one does
not look for score 0 there. A finding counts as a hit where it overlaps the planted value at all, which favours them.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.peers import Missing, interpreter
from bench.pii.planting import Case
from bench.pii.scoring import Spans

PEERS = ("datatrove", "betterleaks", "detect-secrets")
_WORKER = Path(__file__).with_name("peer_worker.py")


@dataclass(frozen=True)
class Found:
    """What a peer found, case by case, and the CPU seconds that it took."""

    spans: list[Spans]
    cpu_seconds: float


def find(name: str, cases: Sequence[Case]) -> Found | str:
    """Findings in the order of cases, or why there are none."""
    try:
        python = interpreter(name)
        lines = "".join(json.dumps({"path": case.path, "text": case.text}) + "\n" for case in cases)
        done = subprocess.run(
            [str(python), str(_WORKER), name], input=lines, capture_output=True, text=True, check=True, timeout=3600
        )
    except (Missing, OSError, subprocess.SubprocessError) as error:
        said = getattr(error, "stderr", "") or str(error)
        return str(said).strip().splitlines()[-1][:200] if str(said).strip() else "failed without a word"
    *answers, seconds = [json.loads(line) for line in done.stdout.splitlines()]
    return Found([[tuple(span) for span in answer] for answer in answers], seconds)
