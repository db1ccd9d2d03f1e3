"""How fast archives and packages are read, beside the standard library's readers on the same files in the same run.

    python -m bench.ingestion --archives FOLDER [--files 150] --json

Ours lists an archive, finds its licences and the language of every file, and gives the files that have one; the peer
(tarfile, zipfile) reads all members one after the other and judges nothing. CPU time of one process; the bytes of the
rate are those that each gave out. A human table, then one JSON line last.
"""

from __future__ import annotations

import argparse
import json
import tarfile
import time
import zipfile
from pathlib import Path

from codekiln.core.settings import Settings
from codekiln.ingestion.selection import Selection
from codekiln.ingestion.sources.archive import ArchiveSource
from codekiln.ingestion.sources.source import Cursor, Repository, Share, SourceFile
from codekiln.ingestion.spec import Archive

_ALL = Selection(frozenset(), 10_000_000)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.ingestion", description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--archives", required=True, type=Path, help="a folder of zip, tar and package files")
    parser.add_argument("--files", type=int, default=150, help="at most so many of them (150)")
    parser.add_argument("--json", action="store_true", help="the last line is JSON; it always is")
    arguments = parser.parse_args()
    chosen = ArchiveSource(Archive(str(arguments.archives)), Settings()).repositories()[: arguments.files]
    start = time.process_time()
    ours = sum(_ours(repository) for repository in chosen)
    middle = time.process_time()
    theirs = sum(_peer(arguments.archives / repository.name) for repository in chosen)
    end = time.process_time()
    rates = {"mb_per_cpu_s": ours / 1e6 / (middle - start), "stdlib_mb_per_cpu_s": theirs / 1e6 / (end - middle)}
    print(f"{'':10}{'MB':>10}{'MB/CPU-s':>10}")
    print(f"{'codekiln':10}{ours / 1e6:>10.1f}{rates['mb_per_cpu_s']:>10.1f}")
    print(f"{'stdlib':10}{theirs / 1e6:>10.1f}{rates['stdlib_mb_per_cpu_s']:>10.1f}")
    print(json.dumps({"archives": len(chosen), **{name: round(rate, 1) for name, rate in rates.items()}}))


def _ours(repository: Repository) -> int:
    items = repository.files(_ALL, Share(None), Cursor())
    return sum(len(item.content) for item in items if isinstance(item, SourceFile))


def _peer(path: Path) -> int:
    """Bytes of all members; 0 for what the standard library does not read."""
    try:
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                return sum(len(archive.read(info)) for info in archive.infolist())
        with tarfile.open(path, "r|*") as stream:
            files = (stream.extractfile(member) for member in stream if member.isfile())
            return sum(len(file.read()) for file in files if file)
    except (tarfile.TarError, zipfile.BadZipFile):
        return 0


if __name__ == "__main__":
    main()
