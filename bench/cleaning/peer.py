"""datatrove 0.10.1 on the same files: personal data and MinHash stage 1, words by spaCy as its defaults have it."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from bench.peers import run_peer
from codekiln.cleaning.document import Document


def datatrove(documents: list[Document]) -> float:
    """Megabytes a CPU second. Raises bench.peers.Missing."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "texts.jsonl"
        with file.open("w", encoding="utf-8") as lines:
            for document in documents:
                lines.write(json.dumps(document.data.decode(errors="replace")) + "\n")
        result = run_peer("datatrove", "datatrove_cleaning.py", str(file), str(Path(folder) / "signatures"))
    return sum(len(document.data) for document in documents) / 1e6 / float(result["cpu_seconds"])
