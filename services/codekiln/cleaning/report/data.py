"""What the report says, as plain JSON: funnel, languages, licences, replacements, duplicates, leaks, samples.

schema.json beside this file describes it, and docs/cleaning.md for people.
"""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

from codekiln.cleaning.counts import KEPT, Amount, Counts
from codekiln.cleaning.observing import Observed
from codekiln.cleaning.spec import CleaningSpec
from codekiln.core.spec import to_json

REPORT_PARTS = SimpleNamespace(json="report.json", html="report.html", leaks="contamination.json")
VERSION = 2
"""Of the schema. It goes up where a reader of the last one would fail."""
_FILE = ("repository", "path", "language", "bytes", "outcome")


def build_report(
    spec: CleaningSpec,
    counts: Counts,
    steps: Sequence[str],
    observed: Observed,
    verdict: dict[str, Any],
    summary: dict[str, Any],
    licenses: dict[str, int],
) -> dict[str, Any]:
    """The report. The same inputs give the same report: it holds no time and no place. `steps` in their order.

    Bytes are those of files as found, but for `summary.bytes_kept`, which are those of the dataset.
    """
    return {
        "version": VERSION,
        "spec": to_json(spec),
        "summary": summary,
        "funnel": _funnel(counts, steps),
        "languages": _outcomes(counts, "language"),
        "licences": _outcomes(counts, "licence"),
        "parse": dict(sorted(counts.tallies.get("parse", {}).items())),
        "encodings": dict(sorted(counts.tallies.get("encoding", {}).items())),
        "licenses": dict(sorted(licenses.items(), key=lambda item: (-item[1], item[0]))),
        "duplicates": {
            "clusters": verdict["clusters"],
            "largest": [_cluster(*cluster) for cluster in verdict["largest"]],
        },
        "largest": [{key: file[key] for key in _FILE} for file in observed.largest],
        "samples": observed.samples.to_json(),
    }


def _funnel(counts: Counts, steps: Sequence[str]) -> list[dict[str, Any]]:
    """A row a step: what came in, what it changed, what went and why, what came out."""
    rows, files, size = [], counts.seen.files, counts.seen.bytes
    for step in steps:
        reasons = counts.dropped.get(step, {})
        gone = sum(amount.files for amount in reasons.values())
        gone_bytes = sum(amount.bytes for amount in reasons.values())
        rows.append(
            {
                "step": step,
                "files_in": files,
                "bytes_in": size,
                "files_out": files - gone,
                "bytes_out": size - gone_bytes,
                "changed": vars(counts.changed.get(step, Amount())),
                "dropped": _ordered(reasons),
            }
        )
        files, size = files - gone, size - gone_bytes
    return rows


def _outcomes(counts: Counts, axis: str) -> list[dict[str, Any]]:
    """A row a language or licence, most bytes first: what came in, what stayed, what went and why."""
    rows = []
    for name, outcomes in counts.outcomes.get(axis, {}).items():
        kept = outcomes.get(KEPT, Amount())
        rows.append(
            {
                "name": name,
                "files_in": sum(amount.files for amount in outcomes.values()),
                "bytes_in": sum(amount.bytes for amount in outcomes.values()),
                "files_kept": kept.files,
                "bytes_kept": kept.bytes,
                "dropped": _ordered({reason: amount for reason, amount in outcomes.items() if reason != KEPT}),
            }
        )
    return sorted(rows, key=lambda row: (-row["bytes_in"], row["name"]))


def _ordered(reasons: dict[str, Amount]) -> dict[str, Any]:
    """Most files first."""
    return {reason: vars(a) for reason, a in sorted(reasons.items(), key=lambda item: (-item[1].files, item[0]))}


def _cluster(reason: str, survivor: str, gone: list[str], files: int) -> dict[str, Any]:
    return {"reason": reason, "survivor": survivor, "files": files, "gone": gone}
