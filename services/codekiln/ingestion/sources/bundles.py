"""Which archives make which repository: each its own, save the tarballs that a Debian source package names."""

from __future__ import annotations

import posixpath
from collections.abc import Sequence
from dataclasses import dataclass

from codekiln.core.errors import FailedPrecondition, NotFound
from codekiln.core.settings import Settings
from codekiln.ingestion.sources.archive_kind import SUFFIXES
from codekiln.ingestion.sources.debian import SourcePackage, parse_dsc
from codekiln.ingestion.sources.inflating import Broken
from codekiln.ingestion.sources.place import DataFile, data_files

_DSC_BYTES = 1 << 20


@dataclass(frozen=True)
class Bundle:
    """The files that make one repository: an archive, or the tarballs of a Debian source package with their folders."""

    name: str
    parts: tuple[tuple[DataFile, str], ...]
    package: SourcePackage | None = None


def bundles(files: Sequence[DataFile], alone: bool, folder: str, settings: Settings) -> list[Bundle]:
    """In the order of names. `alone`: the one file was named itself, and its tarballs lie in `folder`.

    Raises FailedPrecondition where that one cannot be read.
    """
    by_name = {file.name: file for file in files}
    packages: list[Bundle] = []
    taken: set[str] = set()
    for file in files:
        if not file.name.endswith(".dsc"):
            continue
        try:
            package = parse_dsc(_small(file))
            parts = [(_beside(file, t.name, t.bytes, by_name, alone, folder, settings), t) for t in package.tarballs]
        except (Broken, NotFound) as error:
            if alone:
                raise unreadable(file.name, error) from error
            packages.append(Bundle(file.name, ((file, ""),)))  # no archive: it will be skipped and counted
            continue
        packages.append(Bundle(file.name, tuple((part, tarball.folder) for part, tarball in parts), package))
        taken |= {part.name for part, _ in parts} | {file.name}
    rest = [Bundle(f.name, ((f, ""),)) for f in files if f.name not in taken and not f.name.endswith(".dsc")]
    return sorted(packages + rest, key=lambda bundle: bundle.name)


def _beside(
    dsc: DataFile, name: str, size: int, known: dict[str, DataFile], alone: bool, folder: str, settings: Settings
) -> DataFile:
    path = posixpath.join(posixpath.dirname(dsc.name), name)
    file = data_files(f"{folder}/{name}", SUFFIXES, settings)[0] if alone else known.get(path)
    if file is None or file.bytes != size:
        raise Broken(f"{name} is not beside it" if file is None else f"{name} is not as long as it says")
    return file


def _small(file: DataFile) -> bytes:
    with file.open() as stream:
        return stream.read(_DSC_BYTES)


def unreadable(name: str, error: Exception) -> FailedPrecondition:
    """The error that names an archive and what is wrong with it."""
    return FailedPrecondition(
        f"cannot read the archive {name!a}: {error}. Replace it or leave it out",
        reason="ARCHIVE_UNREADABLE",
        archive=name,
    )
