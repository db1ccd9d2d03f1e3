"""What an archive is, by its files and its name: wheel, sdist, npm package, crate, Go module, or neither. Pure.

Each kind says which repository and version it is, what its metadata says of the licence, and which folder at the top is
the archive's own and not the repository's.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from codekiln.ingestion.license_text import UNKNOWN, Licenses, is_license_file
from codekiln.ingestion.plain_text import decoded
from codekiln.ingestion.sources.package_metadata import Package, from_cargo, from_npm, from_python

SUFFIXES = (
    ".zip", ".whl", ".tar", ".tar.gz", ".tgz", ".crate", ".tar.bz2", ".tbz2", ".tar.xz", ".txz", ".tar.zst", ".tzst",
    ".dsc",
)  # fmt: skip
"""What counts as an archive below a folder."""
_GO_MODULE = re.compile(r"([^@\n]+)@(v[^/\n]+)/")
_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_VERSIONED = re.compile(r"(.+?)[-_]v?(\d+(?:\.\d+)*(?:[-.+~]?[A-Za-z0-9]+)*)")
_METADATA_FILES = frozenset({"PKG-INFO", "METADATA", "package.json", "Cargo.toml", "copyright", "changelog"})
_FIRST_REAL_DATE = 631152000
"""1990: npm writes 1985, wheels 1980 and Go 1979 into every file, so that the same content gives the same archive."""
_INVENTED_DATES = frozenset({1153704088})
"""What cargo writes, for the same reason."""


@dataclass(frozen=True)
class Kind:
    """What was found out of one archive."""

    kind: str
    name: str
    version: str = ""
    licenses: Licenses = UNKNOWN
    prefix: str = ""
    """Taken off every path, with its slash."""
    hidden: str = ""
    """Folder of an installer's metadata, which is no source."""


def is_telling(path: str) -> bool:
    """Whether a file's content is needed to say what the archive is, or what its licence is."""
    return posixpath.basename(path) in _METADATA_FILES or is_license_file(path)


def classify(file: str, paths: Sequence[str], telling: dict[str, bytes], comment: str) -> Kind:
    """`file` is the archive's name, `telling` the files that `is_telling` asked for, `comment` the archive's own."""
    top = _common_folder(paths)
    for look in (_wheel, _sdist, _npm, _crate):
        if found := look(top, telling):
            return found
    if top and (module := _go_module(paths)):
        return module
    name = stem(file)
    if _COMMIT.fullmatch(comment):
        return Kind("archive", re.sub(rf"-{comment}$", "", name), comment, prefix=top)
    if versioned := _VERSIONED.fullmatch(name):
        return Kind("archive", versioned[1], versioned[2], prefix=top)
    return Kind("archive", name, prefix=top)


def stem(file: str) -> str:
    """An archive's name without folders and without what says how it is packed."""
    name = posixpath.basename(file)
    suffix = max((s for s in SUFFIXES if name.lower().endswith(s)), key=len, default="")
    return name[: len(name) - len(suffix)] or name


def newest_date(dates: Iterable[int]) -> int | None:
    """The date of the newest file, in seconds, where it is not one that a tool writes into all archives."""
    newest = max((date for date in dates if date < 1 << 33), default=0)
    return newest if newest >= _FIRST_REAL_DATE and newest not in _INVENTED_DATES else None


def _wheel(top: str, telling: dict[str, bytes]) -> Kind | None:
    path = next((p for p in telling if re.fullmatch(r"[^/]+\.dist-info/METADATA", p)), None)
    if path is None:
        return None
    folder = path.removesuffix("METADATA")

    def texts() -> Iterator[str]:
        # Deeper ones are of projects that are bundled.
        for name, content in telling.items():
            if re.fullmatch(re.escape(folder) + r"(licenses/)?[^/]+", name) and is_license_file(name):
                yield decoded(content)

    package = from_python(telling[path], texts)
    return _kind("wheel", package, "", folder) if package else None


def _sdist(top: str, telling: dict[str, bytes]) -> Kind | None:
    # Licence files are read as those of every archive are: by folder.
    package = from_python(telling[f"{top}PKG-INFO"], lambda: ()) if f"{top}PKG-INFO" in telling else None
    return _kind("sdist", package, top) if top and package else None


def _npm(top: str, telling: dict[str, bytes]) -> Kind | None:
    package = from_npm(telling[f"{top}package.json"]) if f"{top}package.json" in telling else None
    return _kind("npm", package, top) if top and package and package.version else None


def _crate(top: str, telling: dict[str, bytes]) -> Kind | None:
    package = from_cargo(telling[f"{top}Cargo.toml"]) if f"{top}Cargo.toml" in telling else None
    return _kind("crate", package, top) if top and package and top == f"{package.name}-{package.version}/" else None


def _go_module(paths: Sequence[str]) -> Kind | None:
    match = _GO_MODULE.match(paths[0]) if paths else None
    if match is None or not all(path.startswith(match[0]) for path in paths):
        return None
    return Kind("go", match[1], match[2], prefix=match[0])


def _kind(kind: str, package: Package, prefix: str, hidden: str = "") -> Kind:
    return Kind(kind, package.name, package.version, package.licenses, prefix, hidden)


def _common_folder(paths: Sequence[str]) -> str:
    """The one folder, with its slash, that all paths begin with; empty where there is none."""
    first = paths[0].partition("/") if paths else ("", "", "")
    folder = first[0] + first[1]
    return folder if first[1] and all(path.startswith(folder) for path in paths) else ""
