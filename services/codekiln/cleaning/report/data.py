"""What the report says, as plain JSON: funnel, languages, licences, replacements, duplicates, leaks, samples."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from codekiln.cleaning.pipeline import Counts
from codekiln.cleaning.samples import Samples
from codekiln.cleaning.spec import CleaningSpec
from codekiln.core.spec import to_json

REPORT_PARTS = SimpleNamespace(json="report.json", html="report.html")
ORDER = {
    "code": (
        "licence", "size", "decode", "lines", "encoded", "generated", "vendored", "parse", "quality", "anonymize",
        "benchmark", "duplicates",
    ),
    "text": ("licence", "size", "decode", "noise", "quality", "anonymize", "benchmark", "duplicates"),
}  # fmt: skip
"""By profile, steps in the order in which they run."""


def build_report(
    spec: CleaningSpec,
    counts: Counts,
    samples: Samples,
    verdict: dict[str, Any],
    summary: dict[str, Any],
    licenses: dict[str, int],
) -> dict[str, Any]:
    """The report. The same inputs give the same report: it holds no time and no place."""
    return {
        "spec": to_json(spec),
        "summary": summary,
        "funnel": _funnel(counts, ORDER[spec.profile]),
        "parse": dict(sorted(counts.tallies.get("parse", {}).items())),
        "encodings": dict(sorted(counts.tallies.get("encoding", {}).items())),
        "licenses": dict(sorted(licenses.items(), key=lambda item: (-item[1], item[0]))),
        "duplicates": {
            "clusters": verdict["clusters"],
            "largest": [
                {"reason": reason, "survivor": survivor, "files": len(gone) + 1, "gone": gone[:20]}
                for reason, survivor, gone in verdict["largest"]
            ],
        },
        "samples": {
            group: [
                {
                    "repository": s.repo_name,
                    "path": s.path,
                    "language": s.language,
                    "detail": s.detail,
                    "shown": s.shown,
                }
                for s in found
            ]
            for group, found in sorted(samples.groups.items())
        },
    }


def _funnel(counts: Counts, steps: tuple[str, ...]) -> list[dict[str, Any]]:
    """A row a step: what came in, what went and why, what came out."""
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
                "dropped": {
                    reason: vars(a) for reason, a in sorted(reasons.items(), key=lambda i: (-i[1].files, i[0]))
                },
            }
        )
        files, size = files - gone, size - gone_bytes
    return rows
