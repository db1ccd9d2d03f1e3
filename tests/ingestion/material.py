"""Sources to read from: a virtual environment, git repositories, folders; and a look into what was made of them."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import os
import subprocess
import venv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from codekiln.core.artifacts import Manifest, read_part
from codekiln.core.corpus import CORPUS_SCHEMA
from codekiln.core.jobs.record import Progress
from codekiln.core.jobs.worker import Context
from codekiln.core.settings import Settings
from codekiln.core.store import ObjectStore
from codekiln.ingestion.corpus import identify, ingest
from codekiln.ingestion.selection import Selection
from codekiln.ingestion.spec import Folder, IngestionSpec, Source

ALL = Selection(frozenset(), 10_000_000)
"""Everything that is recognised."""

MIT = """MIT License

Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated
documentation files (the "Software"), to deal in the Software without restriction.
The above copyright notice and this permission notice shall be included in all copies of the Software.
"""
GPL3 = "GNU GENERAL PUBLIC LICENSE\nVersion 3, 29 June 2007\n"


def new_context(
    store: ObjectStore,
    home: Path,
    report: Callable[[Progress], None] = lambda progress: None,
    settings: Settings | None = None,
) -> Context:
    scratch = home / "scratch"
    scratch.mkdir(parents=True, exist_ok=True)
    return Context(store, settings or Settings(home=home), scratch, report)


def run(spec: IngestionSpec, context: Context) -> Manifest:
    return ingest(spec, identify(spec, context), context)


def rows(store: ObjectStore, manifest: Manifest) -> list[dict[str, Any]]:
    """All rows of a corpus, in order."""
    tables = [pq.read_table(pa.BufferReader(read_part(store, part))) for part in manifest.parts]
    assert all(table.schema.equals(CORPUS_SCHEMA) for table in tables)
    return [row for table in tables for row in table.to_pylist()]


def write(folder: Path, files: dict[str, bytes | str]) -> Path:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def of_folder(folder: Path, license: str = "", repository: str = "", **values: Any) -> IngestionSpec:
    return IngestionSpec(sources=(Source(folder=Folder(str(folder), license, repository)),), **values)


class Environment:
    """A virtual environment with distributions as an installer leaves them."""

    def __init__(self, path: Path) -> None:
        venv.create(path, with_pip=False, symlinks=True)
        self.python = str(path / "bin" / "python")
        self.packages = next((path / "lib").glob("python*")) / "site-packages"

    def install(
        self,
        name: str,
        version: str,
        files: dict[str, bytes | str],
        metadata: str = "",
        record: bool = True,
        extra: str = "",
    ) -> Path:
        """`extra` are further lines for the RECORD. Returns the .dist-info folder."""
        info = f"{name}-{version}.dist-info"
        header = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{metadata}\n"
        files = {**files, f"{info}/METADATA": header}
        write(self.packages, files)
        if record:
            lines = io.StringIO()
            writer = csv.writer(lines, lineterminator="\n")
            for path in files:
                content = (self.packages / path).read_bytes()
                digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
                writer.writerow([path, f"sha256={digest}", len(content)])
            (self.packages / info / "RECORD").write_text(lines.getvalue() + f"{info}/RECORD,,\n" + extra)
        return self.packages / info


def git(folder: Path, *arguments: str) -> str:
    identity = {f"GIT_{who}_{what}": "a@b.example" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    identity |= {"GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1"}
    command = ["git", "-C", str(folder), "-c", "protocol.file.allow=always", *arguments]
    return subprocess.run(
        command, check=True, capture_output=True, text=True, env={**os.environ, **identity}
    ).stdout.strip()


def repository(folder: Path, files: dict[str, bytes | str]) -> str:
    """A work tree with one commit, whose name is returned."""
    folder.mkdir(parents=True, exist_ok=True)
    git(folder, "init", "--quiet", "--initial-branch=main")
    return commit(folder, files)


def commit(folder: Path, files: dict[str, bytes | str]) -> str:
    write(folder, files)
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message=change")
    return git(folder, "rev-parse", "HEAD")


class Killed(BaseException):
    """The process is gone."""


class MortalStore:
    """A store whose process dies at its n-th write, before or after the write reached the disk."""

    def __init__(self, store: ObjectStore, writes: int, reached: bool) -> None:
        self._store, self._left, self._reached = store, writes, reached

    def put(self, key: str, data: bytes) -> str:
        self._left -= 1
        if self._left < 0 and not self._reached:
            raise Killed
        tag = self._store.put(key, data)
        if self._left < 0:
            raise Killed
        return tag

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)
