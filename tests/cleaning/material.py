"""Documents, corpora and benchmarks for the tests of cleaning, made from real files or from a few lines."""

# ruff: noqa: E501
from __future__ import annotations

import hashlib
import io
import json
import sysconfig
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from codekiln.cleaning.anonymize.keys import STORE_KEY
from codekiln.cleaning.document import Document
from codekiln.core.artifacts import Draft, Key, Manifest
from codekiln.core.corpus import CORPUS_SCHEMA
from codekiln.core.jobs.record import Progress
from codekiln.core.jobs.worker import Context
from codekiln.core.settings import Settings
from codekiln.core.store import ObjectStore, open_store

FUNCTION = '''"""Walks over trees of numbers."""


def total(tree, seen=None):
    """Adds every number of a tree that may share branches, each branch once."""
    seen = set() if seen is None else seen
    if id(tree) in seen:
        return 0
    seen.add(id(tree))
    own = tree.value if tree.value is not None else 0
    return own + sum(total(child, seen) for child in tree.children)
'''
"""A file that every step keeps as it is."""

KEY = bytes(range(32))
"""Of the substitutes, in every store of a test: two stores then have equal datasets."""

PROBLEM = {
    "task_id": "Made/0",
    "prompt": 'def running_gap(values, width):\n    """ For every window of the given width return the distance between its\n'
    '    largest and its smallest entry, windows moving on by one entry each time.\n    >>> running_gap([1, 5, 2], 2)\n    [4, 3]\n    """\n',
    "entry_point": "running_gap",
    "canonical_solution": "    gaps = []\n    for start in range(len(values) - width + 1):\n"
    "        window = values[start:start + width]\n        if not window:\n            continue\n"
    "        gaps.append(max(window) - min(window))\n    return gaps\n",
    "test": "def check(candidate):\n    assert candidate([1, 5, 2], 2) == [4, 3]\n",
}


def document(data: bytes | str, path: str = "pkg/module.py", language: str = "Python", **values: Any) -> Document:
    """A document with what the test is about, and plain values elsewhere."""
    data = data.encode() if isinstance(data, str) else data
    fields: dict[str, Any] = {
        "blob_id": hashlib.sha1(data).hexdigest(),
        "path": path,
        "repo_name": "repo",
        "revision_id": "1",
        "language": language,
        "licenses": ("MIT",),
        "license_evidence": "file",
        "data": data,
        "length_bytes": len(data),
    }
    return Document(**{**fields, **values})


def stdlib(pattern: str = "*.py", limit: int = 60) -> list[Path]:
    """Real files, always the same few."""
    return sorted(Path(sysconfig.get_paths()["stdlib"]).glob(pattern))[:limit]


def row(data: bytes | str, path: str, **values: Any) -> dict[str, Any]:
    """A corpus row."""
    data = data.encode() if isinstance(data, str) else data
    return {
        "blob_id": hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest(),
        "path": path,
        "repo_name": "repo",
        "revision_id": "1",
        "language": "Python",
        "detected_licenses": ["MIT"],
        "license_evidence": "file",
        "length_bytes": len(data),
        "content": data,
        **values,
    }


def corpus(store: ObjectStore, shards: Iterable[list[dict[str, Any]]], name: str = "made") -> Manifest:
    """Publishes rows as a corpus, one list a shard."""
    draft = Draft(store, Key("corpus", 1, {"name": name}))
    files = size = 0
    for number, rows in enumerate(shards):
        sink = io.BytesIO()
        pq.write_table(pa.Table.from_pylist(rows, schema=CORPUS_SCHEMA), sink, compression="zstd")
        draft.add_bytes(f"shard-{number:05d}.parquet", sink.getvalue())
        files += len(rows)
        size += sum(r["length_bytes"] for r in rows)
    return draft.publish(summary={"files": files, "bytes": size})


def benchmark(store: ObjectStore, problems: list[dict[str, Any]], name: str = "made") -> Manifest:
    """Publishes problems as a benchmark."""
    return benchmark_text(store, "\n".join(json.dumps(problem) for problem in problems).encode(), name)


def benchmark_text(store: ObjectStore, data: bytes, name: str = "made") -> Manifest:
    """The same from the bytes of problems.jsonl."""
    draft = Draft(store, Key("benchmark", 1, {"name": name}))
    draft.add_bytes("problems.jsonl", data)
    return draft.publish(summary={"name": name})


def context(home: Path, workers: int = 1, **settings: Any) -> tuple[Context, list[Progress]]:
    """A worker's context on a store of its own, and the reports it was given."""
    values = Settings(service="cleaning", home=home, workers=workers, **settings)
    reports: list[Progress] = []
    values.scratch.mkdir(parents=True, exist_ok=True)
    made = Context(open_store(values.store_url, None), values, values.scratch, reports.append)
    made.store.put(STORE_KEY, KEY)
    return made, reports
