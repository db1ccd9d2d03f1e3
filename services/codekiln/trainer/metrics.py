"""Rows of a training, one a step: the source of truth of every curve, progress line and summary.

Row 0 is the untrained model and has no `loss`. Fields: step, loss (nats a token, of the step's batch before its
update), lr, gradient_norm, tokens (so far), seconds (of the step), tokens_per_second, mfu (utilization.py); at
checkpoints and at both ends also validation_loss and bits_per_byte.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

Row = dict[str, float]

CHECKPOINT = "checkpoint/unixtime"
"""Told once a checkpoint is published: when, in seconds since the epoch."""


def append(path: Path, row: Row) -> None:
    """One line, in the file when this returns."""
    with path.open("a") as file:
        file.write(json.dumps(row) + "\n")


def read(path: Path) -> list[Row]:
    """All rows of a file."""
    return [json.loads(line) for line in path.read_text().splitlines()]


def write(path: Path, rows: list[Row]) -> None:
    """Replaces the file."""
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))


class Follower:
    """Reads what is appended to a file of rows."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._read = 0

    def rows(self) -> list[Row]:
        """Rows since the last call; a line that is still being written waits for the next."""
        if not self._path.exists():
            return []
        with self._path.open("rb") as file:
            file.seek(self._read)
            lines = file.read().splitlines(keepends=True)
        whole = [line for line in lines if line.endswith(b"\n")]
        self._read += sum(map(len, whole))
        return [json.loads(line) for line in whole]


def summary(rows: list[Row], parameters: int, fim_rate: float) -> dict[str, Any]:
    """What fits a screen. `loss_*` and `bits_per_byte_*` are of held-out text; seconds are those of the steps alone."""
    seconds = sum(row.get("seconds", 0.0) for row in rows)
    last = rows[-1]
    return {
        "parameters": parameters,
        "steps": int(last["step"]),
        "tokens_seen": int(last["tokens"]),
        "seconds": round(seconds, 3),
        "tokens_per_second": round(last["tokens"] / seconds, 1) if seconds else 0.0,
        "mfu": round(sum(row.get("mfu", 0.0) * row.get("seconds", 0.0) for row in rows) / seconds, 6)
        if seconds
        else 0.0,
        "loss_start": rows[0]["validation_loss"],
        "loss_end": last["validation_loss"],
        "bits_per_byte_start": rows[0]["bits_per_byte"],
        "bits_per_byte_end": last["bits_per_byte"],
        "fim_rate": fim_rate,
    }
