"""What the newest finished job of each kind made, as gauges: kept and dropped by reason, compression, loss, pass@k.

Read from the artifact's summary when a job ends, so that they are there however short the job was and whatever server
looks. Labels come from tables of ours: kinds, figures, reasons of the cleaning steps, outcomes of the sandbox, k.
"""

from __future__ import annotations

from typing import Any

from codekiln.core.telemetry.metrics import (
    CLEANING_DROPPED_BYTES,
    CLEANING_DROPPED_FILES,
    CLEANING_REPLACED,
    EVALUATION_OUTCOMES,
    EVALUATION_PASS_BOUND_RATIO,
    EVALUATION_PASS_RATIO,
    RESULT_FIGURE,
)

_FIGURES: dict[str, tuple[str, ...]] = {
    "ingestion": ("files", "bytes", "repositories"),
    "benchmark": ("problems",),
    "cleaning": ("files_in", "bytes_in", "files_kept", "bytes_kept"),
    "tokenizer": ("vocab_size", "bytes_per_token", "train_bytes"),
    "tokens": ("bytes_per_token",),
    "trainer": (
        *("loss_start", "loss_end", "bits_per_byte_start", "bits_per_byte_end", "seconds"),
        *("tokens_per_second", "tokens_seen", "parameters", "steps", "mfu"),
    ),
    "evaluation": ("problems", "samples", "parse_share", "executions_per_second", "bits_per_byte"),
}


def show_result(kind: str, summary: dict[str, Any]) -> None:
    """Replaces what was shown of this kind."""
    for figure in _FIGURES.get(kind, ()):
        value = summary.get(figure)
        if isinstance(value, int | float):
            RESULT_FIGURE.labels(kind, figure).set(value)
    if kind == "cleaning":
        _show_cleaning(summary)
    if kind == "tokens":
        for split in ("train", "validation"):
            RESULT_FIGURE.labels(kind, f"{split}_tokens").set(summary.get(split, {}).get("tokens", 0))
    if kind == "evaluation":
        _show_evaluation(summary)


def _show_cleaning(summary: dict[str, Any]) -> None:
    for gauge in (CLEANING_DROPPED_FILES, CLEANING_DROPPED_BYTES, CLEANING_REPLACED):
        gauge.clear()
    for reason, counts in summary.get("dropped", {}).items():
        CLEANING_DROPPED_FILES.labels(reason).set(counts["files"])
        CLEANING_DROPPED_BYTES.labels(reason).set(counts["bytes"])
    for sort, count in summary.get("anonymized", {}).items():
        CLEANING_REPLACED.labels(sort).set(count)
    contaminated = sum(sum(tasks.values()) for tasks in summary.get("contamination", {}).values())
    RESULT_FIGURE.labels("cleaning", "contaminated_files").set(contaminated)


def _show_evaluation(summary: dict[str, Any]) -> None:
    for gauge in (EVALUATION_OUTCOMES, EVALUATION_PASS_RATIO, EVALUATION_PASS_BOUND_RATIO):
        gauge.clear()
    for outcome, count in summary.get("outcomes", {}).items():
        EVALUATION_OUTCOMES.labels(outcome).set(count)
    for k, score in summary.get("pass_at", {}).items():
        EVALUATION_PASS_RATIO.labels(k).set(score["value"])
        for bound in ("low", "high"):
            if bound in score:
                EVALUATION_PASS_BOUND_RATIO.labels(k, bound).set(score[bound])
