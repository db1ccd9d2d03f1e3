"""What the newest finished job of each kind made, as gauges: kept and dropped by reason, compression, loss, pass@k.

Read from the artifact's summary when a job ends, so that they are there however short the job was and whatever server
looks. Labels come from tables of ours: kinds, figures, reasons of the cleaning steps, outcomes of the sandbox, k.
"""

from __future__ import annotations

from typing import Any

from codekiln.core.telemetry.metrics import (
    CLEANING_DROPPED_BYTES,
    CLEANING_DROPPED_FILES,
    EVALUATION_OUTCOMES,
    EVALUATION_PASS_RATIO,
    RESULT_FIGURE,
)

_FIGURES: dict[str, tuple[str, ...]] = {
    "ingestion": ("files", "bytes", "repositories"),
    "benchmark": ("problems",),
    "cleaning": ("files_in", "bytes_in", "files_kept", "bytes_kept"),
    "tokenizer": ("vocab_size", "bytes_per_token"),
    "tokens": ("bytes_per_token",),
    "trainer": ("loss_end", "bits_per_byte_end", "tokens_per_second", "tokens_seen", "parameters", "steps"),
    "evaluation": ("problems", "samples", "parse_share", "executions_per_second"),
}


def show_result(kind: str, summary: dict[str, Any]) -> None:
    """Replaces what was shown of this kind."""
    for figure in _FIGURES.get(kind, ()):
        value = summary.get(figure)
        if isinstance(value, int | float):
            RESULT_FIGURE.labels(kind, figure).set(value)
    if kind == "cleaning":
        CLEANING_DROPPED_FILES.clear()
        CLEANING_DROPPED_BYTES.clear()
        for reason, counts in summary.get("dropped", {}).items():
            CLEANING_DROPPED_FILES.labels(reason).set(counts["files"])
            CLEANING_DROPPED_BYTES.labels(reason).set(counts["bytes"])
    if kind == "evaluation":
        EVALUATION_OUTCOMES.clear()
        EVALUATION_PASS_RATIO.clear()
        for outcome, count in summary.get("outcomes", {}).items():
            EVALUATION_OUTCOMES.labels(outcome).set(count)
        for k, score in summary.get("pass_at", {}).items():
            EVALUATION_PASS_RATIO.labels(k).set(score["value"])
