#!/usr/bin/env python3
"""Packages the chart as the same bytes each time: `make package`. Prints the file and its SHA-256.

helm checks the chart and picks the files; helm 3 also writes the time of day into the archive. So it is written again
here, with the time that SOURCE_DATE_EPOCH names (1980-01-01 without it) and no owner.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CHART = ROOT / "charts" / "codekiln"
EARLIEST = 315532800


def main() -> None:
    package = packaged(CHART, ROOT / "dist")
    print(f"{package.relative_to(ROOT)}  sha256:{hashlib.sha256(package.read_bytes()).hexdigest()}")


def packaged(chart: Path, folder: Path) -> Path:
    """The archive of this chart, written into `folder`."""
    helm = shutil.which("helm") or sys.exit(
        "make package needs helm 3 or 4 on the PATH: https://helm.sh/docs/intro/install"
    )
    with tempfile.TemporaryDirectory() as scratch:
        done = subprocess.run([helm, "package", str(chart), "--destination", scratch], capture_output=True, text=True)
        if done.returncode != 0:
            sys.exit(f"helm cannot package the chart: {done.stderr.strip()}")
        (archive,) = Path(scratch).glob("*.tgz")
        folder.mkdir(parents=True, exist_ok=True)
        package = folder / archive.name
        package.write_bytes(without_times(archive.read_bytes(), int(os.environ.get("SOURCE_DATE_EPOCH", EARLIEST))))
    return package


def without_times(archive: bytes, seconds: int) -> bytes:
    """The same files under the same names, in order of their names, all of one time and of no owner."""
    written = io.BytesIO()
    # Compressed apart: tarfile's own gzip writes the time of day.
    with (
        tarfile.open(fileobj=io.BytesIO(archive), mode="r:gz") as old,
        gzip.GzipFile(fileobj=written, mode="wb", filename="", mtime=seconds) as compressed,
        tarfile.open(fileobj=compressed, mode="w", format=tarfile.USTAR_FORMAT) as new,
    ):
        for member in sorted((m for m in old.getmembers() if m.isfile()), key=lambda m: m.name):
            entry = tarfile.TarInfo(member.name)
            entry.size, entry.mtime, entry.mode = member.size, seconds, 0o644
            new.addfile(entry, old.extractfile(member))
    return written.getvalue()


if __name__ == "__main__":
    main()
