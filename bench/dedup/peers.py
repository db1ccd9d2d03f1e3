"""rensa, datasketch and datatrove on the same texts, each in a process and an environment of its own."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

from bench.dedup.ours import score
from bench.dedup.truth import Pairs
from bench.peers import Missing, run_peer

NAMES = ("rensa", "datasketch", "datatrove")


def measure(documents: list[bytes], truth: Pairs) -> dict[str, dict[str, Any]]:
    """By peer: documents a CPU second; recall and precision where it gives pairs; or why it is `missing`."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "texts.jsonl"
        with file.open("w", encoding="utf-8") as lines:
            lines.writelines(json.dumps(data.decode(errors="replace")) + "\n" for data in documents)
        return {name: _run(name, file, Path(folder) / name, len(documents), truth) for name in NAMES}


def _run(name: str, file: Path, folder: Path, count: int, truth: Pairs) -> dict[str, Any]:
    try:
        said = run_peer(name, f"{name}_dedup.py", str(file), str(folder))
    except Missing as missing:
        return {"missing": str(missing)}
    result = {"docs_per_cpu_s": round(count / said["cpu_seconds"], 1)}
    if "pairs" in said:
        recall, precision = score({(a, b) for a, b in said["pairs"]}, truth)
        result |= {"recall": round(recall, 4), "precision": round(precision, 4)}
    else:
        result["dropped"] = count - said["left"]
    return result
