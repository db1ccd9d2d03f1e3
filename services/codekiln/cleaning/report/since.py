"""What changed since another dataset: parameters that differ, and counts by step, reason, language and licence.

A dataset's own report must not depend on what else a store holds, so this is worked out when somebody asks.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from codekiln.cleaning.report.data import REPORT_PARTS, VERSION
from codekiln.core.artifacts import Manifest, Ref, find, list_refs, read_part
from codekiln.core.errors import FailedPrecondition
from codekiln.core.names import list_names, read_name
from codekiln.core.store import ObjectStore


def read_report(store: ObjectStore, manifest: Manifest) -> dict[str, Any]:
    """Its report.json. Raises FailedPrecondition for one that an earlier version wrote, DataLoss for a damaged one."""
    report = json.loads(read_part(store, manifest.part(REPORT_PARTS.json)))
    if report.get("version") != VERSION:
        raise FailedPrecondition(
            f"the report of {manifest.ref} was written by an earlier version of codekiln: clean its corpus again",
            reason="REPORT_OF_ANOTHER_VERSION",
            dataset=manifest.ref,
        )
    return dict(report)


def previous(store: ObjectStore, dataset: Manifest, name: str = "") -> tuple[Manifest, str] | None:
    """The dataset to compare with, and why that one: what the same name pointed to before, else the newest earlier
    dataset of the same corpus."""
    for known in [name] if name else list_names(store):
        history = read_name(store, known)
        if dataset.ref not in history:
            continue
        for ref in history[history.index(dataset.ref) + 1 :]:
            if ref.kind == "dataset" and ref != dataset.ref and (manifest := find(store, ref)):
                return manifest, f"what {known} pointed to before"
    corpora = _corpora(dataset)
    earlier = [
        manifest
        for ref in list_refs(store, "dataset")
        if ref != dataset.ref
        and (manifest := find(store, ref))
        and manifest.created < dataset.created
        and corpora & _corpora(manifest)
    ]
    if not earlier:
        return None
    return max(earlier, key=lambda manifest: manifest.created), "the newest earlier dataset of the same corpus"


def compare(report: dict[str, Any], earlier: dict[str, Any], dataset: Ref, chosen: str) -> dict[str, Any]:
    """The report's key `since`. Rows are what differs, the largest difference in files first."""
    before, after = earlier["spec"], report["spec"]
    names = [name for name in {**after, **before} if before.get(name) != after.get(name)]
    return {
        "dataset": str(dataset),
        "chosen": chosen,
        "parameters": {name: {"before": before.get(name), "after": after.get(name)} for name in names},
        "steps": _differences(_steps(earlier), _steps(report)),
        "reasons": _differences(_reasons(earlier), _reasons(report)),
        "languages": _differences(_kept(earlier["languages"]), _kept(report["languages"])),
        "licences": _differences(_kept(earlier["licences"]), _kept(report["licences"])),
    }


def _corpora(manifest: Manifest) -> set[Ref]:
    return {ref for ref in manifest.inputs if ref.kind == "corpus"}


Pairs = dict[str, tuple[int, int]]
"""Name -> files and bytes."""


def _steps(report: dict[str, Any]) -> Pairs:
    """What each step drops."""
    return {
        row["step"]: (row["files_in"] - row["files_out"], row["bytes_in"] - row["bytes_out"])
        for row in report["funnel"]
    }


def _reasons(report: dict[str, Any]) -> Pairs:
    return {reason: (a["files"], a["bytes"]) for reason, a in report["summary"]["dropped"].items()}


def _kept(rows: Iterable[dict[str, Any]]) -> Pairs:
    return {row["name"]: (row["files_kept"], row["bytes_kept"]) for row in rows}


def _differences(before: Pairs, after: Pairs) -> list[dict[str, Any]]:
    rows = []
    for name in {**after, **before}:
        (old_files, old_bytes), (files, size) = before.get(name, (0, 0)), after.get(name, (0, 0))
        if (old_files, old_bytes) != (files, size):
            rows.append(
                {"name": name, "files_before": old_files, "bytes_before": old_bytes, "files": files, "bytes": size}
            )
    return sorted(rows, key=lambda row: (-abs(row["files"] - row["files_before"]), row["name"]))
