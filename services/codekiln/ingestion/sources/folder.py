"""A folder of source files as one repository.

Links are not followed; what tools keep there (.git, caches) is not entered.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from codekiln.core.errors import FailedPrecondition, NotFound
from codekiln.ingestion.license_text import Licenses, LicenseTree, is_license_file
from codekiln.ingestion.selection import Selection
from codekiln.ingestion.sources.source import Entry, ListedRepository, Repository, Skipped, digest_of_entries, refusal
from codekiln.ingestion.sources.walking import read_files, walk
from codekiln.ingestion.spec import Folder

_LICENSE_BYTES = 1 << 20


class FolderSource(ListedRepository):
    """Source and repository in one."""

    def __init__(self, spec: Folder, ignored: Sequence[Path] = ()) -> None:
        """`ignored` are folders of our own that may lie inside. Raises NotFound or FailedPrecondition."""
        self._root = _existing_folder(Path(spec.path).expanduser())
        self._license, self._ignored = spec.license, ignored
        super().__init__(spec.repository or self._root.resolve().name or "folder", "")

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

    def entries(self) -> Sequence[Entry]:
        return self._entries

    @functools.cached_property
    def _entries(self) -> list[Entry]:
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

    def licensing(self) -> Callable[[str], Licenses]:
        tree = LicenseTree(self._license)
        texts = [entry for entry in self.entries() if not entry.skip and is_license_file(entry.path)]
        for entry, content in zip(texts, self.read(texts, _LICENSE_BYTES), strict=True):
            if isinstance(content, bytes):
                tree.add(entry.path, content)
        return tree.of


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
