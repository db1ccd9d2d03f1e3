"""Makes archives to read: as their own tools write them, and as somebody would who wants to hurt."""

from __future__ import annotations

import gzip
import io
import os
import subprocess
import sys
import tarfile
import zipfile
from collections import Counter
from pathlib import Path

from codekiln.core.settings import Settings
from codekiln.ingestion.selection import Selection
from codekiln.ingestion.sources.archive import ArchiveSource
from codekiln.ingestion.sources.source import Cursor, Share, Skipped, SourceFile
from codekiln.ingestion.spec import Archive

from .material import ALL

DATE = 1_700_000_000


def tar(path: Path, files: dict[str, bytes | str], mode: str = "w:gz", extra: tuple[tarfile.TarInfo, ...] = ()) -> Path:
    """A tar archive with the files, then the `extra` members, which have no content."""
    with tarfile.open(path, mode) as archive:  # type: ignore[call-overload]
        for name, content in files.items():
            data = content.encode() if isinstance(content, str) else content
            info = tarfile.TarInfo(name)
            info.size, info.mtime = len(data), DATE
            archive.addfile(info, io.BytesIO(data))
        for info in extra:
            archive.addfile(info)
    return path


def zip_(path: Path, files: dict[str, bytes | str], comment: bytes = b"", method: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, (2023, 11, 14, 22, 13, 20)), content, method)
        archive.comment = comment
    return path


def member(name: str, type_: bytes, target: str = "") -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = type_, target
    return info


def bomb_tar_gz(path: Path, megabytes: int) -> Path:
    """One member of zeros."""
    info = tarfile.TarInfo("zeros.py")
    info.size = megabytes << 20
    with gzip.open(path, "wb", 9) as out:
        out.write(info.tobuf())
        for _ in range(megabytes):
            out.write(bytes(1 << 20))
        out.write(bytes(1024))
    return path


def items(
    path: Path, wanted: Selection = ALL, license: str = "", start: Cursor | None = None
) -> list[SourceFile | Skipped]:
    source = ArchiveSource(Archive(str(path), license), Settings())
    return [i for r in source.repositories() for i in r.files(wanted, Share(None), start or Cursor())]


def files(path: Path, license: str = "") -> list[SourceFile]:
    return [item for item in items(path, license=license) if isinstance(item, SourceFile)]


def reasons(path: Path) -> dict[str, int]:
    return dict(Counter(item.reason for item in items(path) if isinstance(item, Skipped)))


_MEASURED = """
import importlib, resource, sys, time
from pathlib import Path
items = importlib.import_module(f"tests.ingestion.{sys.argv[2]}").items
start = time.process_time()
try:
    print(len(items(Path(sys.argv[1]))), "items")
except Exception as error:
    print(type(error).__name__, getattr(error, "reason", ""), getattr(error, "message", ""))
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10, int(time.process_time() - start))
"""


def measured(path: Path, module: str = "archives") -> tuple[str, int]:
    """What `items` of a module says of a path in a process of its own, and that process's largest memory in MB.

    Fails where it takes more than 30 seconds of the processor.
    """
    root = Path(__file__).parents[2]
    environ = {**os.environ, "PYTHONPATH": f"{root}:{root / 'services'}"}
    command = [sys.executable, "-c", _MEASURED, str(path), module]
    done = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=300, check=True)
    said, figures = done.stdout.strip().splitlines()[-2:]
    megabytes, seconds = map(int, figures.split())
    assert seconds < 30
    assert megabytes > 10
    return said, megabytes
