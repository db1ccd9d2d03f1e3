"""The packages of a Python environment: its standard library and every installed distribution, by its own records.

A distribution is what its RECORD lists; nothing is imported. A file changed by hand after installation goes unnoticed
by the fingerprint, which is that of the RECORD.
"""

from __future__ import annotations

import csv
import functools
import importlib.metadata
import posixpath
import re
from collections.abc import Callable, Iterator, Sequence
from email.message import Message
from pathlib import Path
from typing import Any, cast

from codekiln.core.errors import NotFound
from codekiln.core.hashing import digest_of, sha256_hex
from codekiln.ingestion import selection
from codekiln.ingestion.license_metadata import package_licenses
from codekiln.ingestion.license_text import UNKNOWN, Licenses, is_license_file
from codekiln.ingestion.plain_text import decoded
from codekiln.ingestion.selection import Selection
from codekiln.ingestion.sources.interpreter import Interpreter, ask
from codekiln.ingestion.sources.source import Entry, ListedRepository, Origin, Repository, Skipped, digest_of_entries
from codekiln.ingestion.sources.walking import read_files, read_regular, walk
from codekiln.ingestion.spec import InstalledPackages

_LICENSE_BYTES = 1 << 20
_SOURCE = "installed_packages"
_NOT_STANDARD = frozenset({"site-packages", "dist-packages", "lib-dynload"})


class PackagesSource:
    """The environment of one interpreter."""

    def __init__(self, spec: InstalledPackages) -> None:
        """Raises NotFound or FailedPrecondition where the interpreter, or a package that `only` names, is not there."""
        self._spec = spec
        self._interpreter = ask(spec.python)

    def fingerprint(self, wanted: Selection) -> dict[str, Any]:
        library = self._standard_library
        return {
            "standard_library": f"{library.name} {library.revision} {library.digest()}" if library else "",
            "distributions": len(self._distributions),
            "records": digest_of([[d.name, d.revision, d.record_digest()] for d in self._distributions]),
        }

    def repositories(self) -> Sequence[Repository]:
        return [*([self._standard_library] if self._standard_library else []), *self._distributions]

    def remarks(self) -> dict[str, Any]:
        return {}

    @functools.cached_property
    def _standard_library(self) -> StandardLibrary | None:
        return None if self._spec.exclude_standard_library else StandardLibrary(self._interpreter)

    @functools.cached_property
    def _distributions(self) -> list[InstalledDistribution]:
        found: dict[str, InstalledDistribution] = {}
        for distribution in importlib.metadata.distributions(path=list(self._interpreter.search_path)):
            metadata = cast(Message, distribution.metadata)
            if metadata is None or not metadata.get("Name"):
                continue  # the remains of a broken uninstallation
            # As Python itself does, the first one on the search path wins.
            found.setdefault(_normal(metadata["Name"]), InstalledDistribution(distribution, metadata))
        only, exclude = ({_normal(name) for name in names} for names in (self._spec.only, self._spec.exclude))
        if absent := sorted(only - found.keys()):
            raise NotFound(
                f"`{absent[0]}` is not installed in the environment of {self._spec.python or 'this interpreter'}: "
                "install it or leave it out of `only`",
                reason="PACKAGE_NOT_INSTALLED",
                package=absent[0],
            )
        return [found[name] for name in sorted(found) if (not only or name in only) and name not in exclude]


class StandardLibrary(ListedRepository):
    """The Python files that come with an interpreter, its tests included."""

    def __init__(self, interpreter: Interpreter) -> None:
        super().__init__(Origin(interpreter.implementation, interpreter.version, _SOURCE))
        self._root = interpreter.standard_library

    def digest(self) -> str:
        """Changes with any file. Times are left out: an image built again has new ones."""
        return digest_of_entries([Entry(e.path, e.bytes, "", e.skip) for e in self.entries()])

    def entries(self) -> Sequence[Entry]:
        return self._entries

    @functools.cached_property
    def _entries(self) -> list[Entry]:
        return walk(self._root, without=_NOT_STANDARD)

    def read(self, entries: Sequence[Entry], limit: int) -> Iterator[bytes | Skipped]:
        return read_files(self._root, entries, limit)

    def licensing(self) -> Callable[[str], Licenses]:
        # Not every distributor puts the licence file beside the library, but there is only one for CPython.
        known = Licenses(("PSF-2.0",), "metadata") if self.name == "cpython" else UNKNOWN
        return lambda path: known


class InstalledDistribution(ListedRepository):
    """One installed distribution."""

    def __init__(self, distribution: importlib.metadata.Distribution, metadata: Message) -> None:
        super().__init__(Origin(str(metadata["Name"]), str(metadata.get("Version") or ""), _SOURCE))
        self._metadata = metadata
        self._root = Path(str(distribution.locate_file("")))
        self._distribution = distribution

    def record_digest(self) -> str:
        return sha256_hex((self._record or "").encode())

    @functools.cached_property
    def _record(self) -> str | None:
        return self._distribution.read_text("RECORD")

    def entries(self) -> Sequence[Entry]:
        return self._entries

    @functools.cached_property
    def _entries(self) -> list[Entry]:
        if self._record is None:
            return [Entry(self.name, 0, "", skip=selection.NO_RECORD)]
        rows = [row for row in csv.reader(self._record.splitlines()) if row and row[0]]
        return sorted((self._entry(row) for row in rows), key=lambda entry: entry.path)

    def _entry(self, row: list[str]) -> Entry:
        path = posixpath.normpath(row[0].replace("\\", "/"))
        if path.startswith("../") or path.startswith("/"):
            return Entry(path, 0, path, skip=selection.OUTSIDE)
        if path.partition("/")[0].endswith((".dist-info", ".egg-info")):
            return Entry(path, 0, path, skip=selection.METADATA)
        size = row[2] if len(row) > 2 else ""
        return Entry(path, int(size) if size.isdecimal() else self._size_of(path), path)

    def _size_of(self, path: str) -> int:
        try:
            return (self._root / path).stat().st_size
        except OSError:
            return 0

    def read(self, entries: Sequence[Entry], limit: int) -> Iterator[bytes | Skipped]:
        for entry in entries:
            # Some installers put links into the environment instead of files: here they are followed.
            yield read_regular(f"{self._root}/{entry.locator}", limit, follow=True)

    def licensing(self) -> Callable[[str], Licenses]:
        licenses = package_licenses(self._metadata, self._license_texts)
        return lambda path: licenses

    def _license_texts(self) -> Iterator[str]:
        for entry in self.entries():
            # <name>.dist-info/LICENSE or <name>.dist-info/licenses/LICENSE; deeper ones are of bundled projects.
            folder = posixpath.dirname(entry.path)
            if (
                entry.skip == selection.METADATA
                and re.fullmatch(r"[^/]+(/licenses)?", folder)
                and is_license_file(entry.path)
            ):
                content = read_regular(f"{self._root}/{entry.path}", _LICENSE_BYTES, follow=True)
                if isinstance(content, bytes):
                    yield decoded(content)


def _normal(name: str) -> str:
    """A distribution's name as PEP 503 compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()
