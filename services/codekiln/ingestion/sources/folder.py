"""A folder of source files as one repository: of this machine, or a prefix of the S3 store.

Links are not followed; what tools keep there (.git, caches) is not entered.
"""

from __future__ import annotations

import functools
import posixpath
from abc import abstractmethod
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from codekiln.core.errors import FailedPrecondition, InvalidArgument, NotFound
from codekiln.core.settings import Settings
from codekiln.ingestion import selection
from codekiln.ingestion.license_text import Licenses, LicenseTree, is_license_file
from codekiln.ingestion.selection import Selection
from codekiln.ingestion.sources.place import store_below
from codekiln.ingestion.sources.source import (
    Entry,
    ListedRepository,
    Origin,
    Repository,
    Skipped,
    digest_of_entries,
    refusal,
)
from codekiln.ingestion.sources.walking import SKIPPED_FOLDERS, read_files, walk
from codekiln.ingestion.spec import Folder

_LICENSE_BYTES = 1 << 20


class _OneRepository(ListedRepository):
    """Source and repository in one."""

    def __init__(self, spec: Folder, name: str) -> None:
        self._license = spec.license
        name = spec.repository or name
        super().__init__(Origin(name, source=f"folder {name}"))

    @abstractmethod
    def _list(self) -> list[Entry]:
        """All files. Raises CodekilnError where they cannot be listed."""

    def fingerprint(self, wanted: Selection) -> dict[str, Any]:
        """Paths, sizes and times of what may enter the corpus: a log file that grows changes nothing."""
        relevant = [e for e in self.entries() if not refusal(e, wanted) or is_license_file(e.path)]
        return {
            "folder": self.name,
            "license": self._license,
            "files": len(relevant),
            "listing": digest_of_entries(relevant),
        }

    def repositories(self) -> Sequence[Repository]:
        return [self]

    def remarks(self) -> dict[str, Any]:
        return {}

    def entries(self) -> Sequence[Entry]:
        return self._entries

    @functools.cached_property
    def _entries(self) -> list[Entry]:
        return self._list()

    def licensing(self) -> Callable[[str], Licenses]:
        tree = LicenseTree(self._license)
        texts = [entry for entry in self.entries() if not entry.skip and is_license_file(entry.path)]
        for entry, content in zip(texts, self.read(texts, _LICENSE_BYTES), strict=True):
            if isinstance(content, bytes):
                tree.add(entry.path, content)
        return tree.of


class FolderSource(_OneRepository):
    """A folder of this machine."""

    def __init__(self, spec: Folder, ignored: Sequence[Path] = ()) -> None:
        """`ignored` are folders of our own that may lie inside. Raises NotFound or FailedPrecondition."""
        self._root, self._ignored = _existing_folder(Path(spec.path).expanduser()), ignored
        super().__init__(spec, self._root.resolve().name or "folder")

    def _list(self) -> list[Entry]:
        try:
            return walk(self._root, ignored=self._ignored)
        except OSError as error:
            raise FailedPrecondition(
                f"cannot read the folder {self._root}: {error.strerror}. Let the worker's user read it",
                reason="FOLDER_UNREADABLE",
                path=self._root,
            ) from error

    def read(self, entries: Sequence[Entry], limit: int) -> Iterator[bytes | Skipped]:
        return read_files(self._root, entries, limit)


class PrefixSource(_OneRepository):
    """The objects below a prefix of the S3 store."""

    def __init__(self, spec: Folder, settings: Settings) -> None:
        """Raises FailedPrecondition where the settings name no S3 store."""
        self._store, prefix = store_below(spec.path, settings)
        self._path, self._prefix = spec.path, f"{prefix}/" if prefix else ""
        super().__init__(spec, posixpath.basename(spec.path.rstrip("/")) or "bucket")

    def _list(self) -> list[Entry]:
        found = [
            Entry(info.key.removeprefix(self._prefix), info.bytes, info.key, changed=info.version)
            for info in self._store.list(self._prefix)
            if not info.key.endswith("/")
        ]
        if not found:
            key = self._prefix.removesuffix("/")
            if key and any(info.key == key for info in self._store.list(key)):
                raise FailedPrecondition(
                    f"{self._path} is one object: name the prefix that it lies below, or read it as an `archive`",
                    reason="NOT_A_FOLDER",
                    path=self._path,
                )
            raise NotFound(
                f"there is nothing below {self._path} in the store: check bucket and prefix",
                reason="SOURCE_NOT_FOUND",
                path=self._path,
            )
        return [entry for entry in found if SKIPPED_FOLDERS.isdisjoint(entry.path.split("/")[:-1])]

    def read(self, entries: Sequence[Entry], limit: int) -> Iterator[bytes | Skipped]:
        for entry in entries:
            yield self._object(entry, limit)

    def _object(self, entry: Entry, limit: int) -> bytes | Skipped:
        if entry.bytes > limit:
            return Skipped(selection.TOO_LARGE)
        try:
            content = self._store.get_range(entry.locator, 0, limit + 1)
        except NotFound:
            return Skipped(selection.MISSING)
        except InvalidArgument:
            return Skipped(selection.UNREADABLE)  # a key that no file system could hold
        return content if len(content) <= limit else Skipped(selection.TOO_LARGE)


def _existing_folder(path: Path) -> Path:
    try:
        if path.is_dir():
            return path
        exists = path.exists()
    except OSError as error:
        raise FailedPrecondition(
            f"cannot look at {path}: {error.strerror}", reason="FOLDER_UNREADABLE", path=path
        ) from error
    if exists:
        raise FailedPrecondition(f"{path} is a file: name the folder that holds it", reason="NOT_A_FOLDER", path=path)
    raise NotFound(
        f"there is no folder {path} on the machine that runs the worker: check the path",
        reason="SOURCE_NOT_FOUND",
        path=path,
    )
