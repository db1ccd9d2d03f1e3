"""Every source, its worker killed at every write: what the next one makes is what an undisturbed one makes."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from codekiln.core.artifacts import find
from codekiln.core.jobs.worker import Context
from codekiln.core.store import ObjectStore, open_store
from codekiln.ingestion.spec import (
    Archive,
    Folder,
    GitRepository,
    HuggingFaceDataset,
    IngestionSpec,
    JsonLines,
    ParquetFiles,
    Source,
)

from .archives import tar, zip_
from .material import Killed, MortalStore, new_context, repository, rows, run, write
from .test_archive import debian
from .test_hugging_face import saved
from .test_json_lines import save

NAMES = [f"{i:02}.{('py', 'go', 'bin', 'md')[i % 4]}" for i in range(40)]
FILES: dict[str, bytes | str] = {name: f"{name}\n" * 40 for name in NAMES}
COLUMNS: dict[str, list[Any]] = {"content": list(FILES.values()), "path": NAMES}


def _parquet(folder: Path) -> Source:
    pq.write_table(pa.table(COLUMNS), folder / "a.parquet", row_group_size=7)
    pq.write_table(pa.table(COLUMNS), folder / "b.parquet")
    return Source(parquet=ParquetFiles(str(folder)))


def _repositories(folder: Path) -> Source:
    items = [{"file_path": path, "content": content} for path, content in FILES.items()]
    column = [items[i : i + 7] for i in range(0, 40, 7)]
    pq.write_table(
        pa.table({"repo_path": [f"r/{i}" for i in range(len(column))], "files": column}), folder / "a.parquet"
    )
    return Source(parquet=ParquetFiles(str(folder)))


def _json_lines(folder: Path) -> Source:
    lines = [{"path": path, "content": content} for path, content in FILES.items()]
    save(folder / "a.jsonl.gz", *lines[:20], b"no json\n", *lines[20:])
    return Source(json_lines=JsonLines(str(folder)))


def _hugging_face(folder: Path) -> Source:
    return Source(hugging_face=HuggingFaceDataset(str(saved(folder, pa.table(COLUMNS), pa.table(COLUMNS)))))


def _archives(folder: Path) -> Source:
    tar(folder / "a.tar.gz", FILES)
    (folder / "broken.tgz").write_bytes((folder / "a.tar.gz").read_bytes()[:500])
    zip_(folder / "c.zip", FILES)
    debian(folder / "d")
    return Source(archive=Archive(str(folder), "MIT"))


def _git(folder: Path) -> Source:
    repository(folder / "thing", FILES)
    return Source(git=GitRepository(str(folder / "thing")))


def _folder(folder: Path) -> Source:
    return Source(folder=Folder(str(write(folder / "mine", FILES))))


MAKERS: dict[str, Callable[[Path], Source]] = {
    "parquet": _parquet,
    "repositories": _repositories,
    "json_lines": _json_lines,
    "hugging_face": _hugging_face,
    "archives": _archives,
    "git": _git,
    "folder": _folder,
}


def survives(spec: IngestionSpec, store: ObjectStore, context: Context, tmp_path: Path) -> int:
    """Kills a worker at every write, before and after it reached the disk. Returns the number of files."""
    expected = run(spec, context)
    assert len(expected.parts) > 2
    for writes in range(2 * len(expected.parts)):
        home = tmp_path / f"home-{writes}"
        fresh = open_store((tmp_path / f"store-{writes}").as_uri())
        with pytest.raises(Killed):
            run(spec, new_context(MortalStore(fresh, writes, writes % 2 == 0), home))  # type: ignore[arg-type]
        assert find(fresh, expected.ref) is None
        again = run(spec, new_context(fresh, home))
        assert [(p.name, p.sha256) for p in again.parts] == [(p.name, p.sha256) for p in expected.parts]
        assert (again.summary, again.licenses) == (expected.summary, expected.licenses)
    assert len(rows(store, expected)) == expected.summary["files"]
    return int(expected.summary["files"])


@pytest.mark.parametrize("limits", ["none", "bytes", "language"])
@pytest.mark.parametrize("kind", MAKERS)
def test_a_worker_killed_at_any_write_loses_and_doubles_nothing(
    store: ObjectStore, context: Context, tmp_path: Path, kind: str, limits: str
) -> None:
    (tmp_path / "data").mkdir()
    values: dict[str, Any] = {
        "none": {"shard_bytes": 2048},
        "bytes": {"shard_bytes": 1024, "max_bytes": 5000, "seed": 3},
        "language": {"shard_bytes": 1024, "max_language_bytes": {"Python": 1000, "Go": 2000}},
    }[limits]
    assert survives(IngestionSpec(sources=(MAKERS[kind](tmp_path / "data"),), **values), store, context, tmp_path) > 5


def test_all_sources_mix_by_weight_and_language_and_survive_it_too(
    store: ObjectStore, context: Context, tmp_path: Path
) -> None:
    sources = []
    for number, (kind, make) in enumerate(MAKERS.items()):
        (tmp_path / kind).mkdir()
        source = make(tmp_path / kind)
        sources.append(Source(**{**vars(source), "weight": float(number + 1)}))
    spec = IngestionSpec(tuple(sources), max_bytes=28_000, shard_bytes=4096, max_language_bytes={"Markdown": 1000})
    survives(spec, store, context, tmp_path)
    manifest = run(spec, context)
    assert manifest.summary["languages"]["Markdown"]["bytes"] <= 1000
    assert manifest.summary["skipped"]["language_limit"] > 0
    by_kind: dict[str, int] = {}
    for row in rows(store, manifest):
        by_kind[row["source"].split()[0]] = by_kind.get(row["source"].split()[0], 0) + row["length_bytes"]
    assert by_kind["folder"] > by_kind["json_lines"] > 0
    assert json.dumps(manifest.summary["sources"])


def test_a_limit_of_a_language_is_kept_whatever_the_order(store: ObjectStore, context: Context, tmp_path: Path) -> None:
    source = _folder(tmp_path)
    for seed in range(3):
        spec = IngestionSpec((source,), max_language_bytes={"Python": 600}, seed=seed)
        manifest = run(spec, context)
        assert 0 < manifest.summary["languages"]["Python"]["bytes"] <= 600
        assert manifest.summary["languages"]["Go"]["files"] == 10
