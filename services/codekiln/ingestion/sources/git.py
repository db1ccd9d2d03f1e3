"""One commit of a git repository, read from its objects by the git command: no checkout, link or submodule.

The repository is not trusted: hooks, file-system monitors, pagers and transports that start programs are off.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from codekiln.core.errors import NotFound
from codekiln.ingestion import selection
from codekiln.ingestion.license_text import Licenses, LicenseTree, is_license_file
from codekiln.ingestion.selection import Selection
from codekiln.ingestion.sources.git_borders import check_borders
from codekiln.ingestion.sources.git_command import Git, is_remote
from codekiln.ingestion.sources.git_remote import fetch, remote_commit, shown_url
from codekiln.ingestion.sources.source import (
    Cursor,
    Entry,
    ListedRepository,
    Origin,
    Repository,
    Share,
    Skipped,
    SourceFile,
)
from codekiln.ingestion.spec import GitRepository

_LICENSE_BYTES = 1 << 20
_BATCH = 100
"""Objects asked for at once: their names fit a pipe, so that neither side waits for the other."""


class GitSource(ListedRepository):
    """Source and repository in one. A remote one is fetched, that commit alone, when its files are asked for."""

    def __init__(self, spec: GitRepository, scratch: Path) -> None:
        """Raises NotFound where there is no such repository or revision, Unavailable where a server does not answer."""
        self._spec, self._scratch, self._remote = spec, scratch, is_remote(spec.url)
        local = spec.url.removeprefix("file://")
        if local != spec.url or not self._remote:
            check_borders(Path(local).expanduser())
        if self._remote:
            commit = remote_commit(spec.url, spec.revision)
        else:
            commit = Git(_existing(Path(spec.url).expanduser())).commit(spec.revision)
        name = repository_name(spec.url)
        super().__init__(Origin(name, commit, f"git {shown_url(spec.url) if self._remote else name}"))

    def fingerprint(self, wanted: Selection) -> dict[str, Any]:
        return {"git": self.origin.source, "revision": self.revision, "license": self._spec.license}

    def remarks(self) -> dict[str, Any]:
        return {}

    def repositories(self) -> Sequence[Repository]:
        return [self]

    @functools.cached_property
    def _git(self) -> Git:
        if not self._remote:
            return Git(Path(self._spec.url).expanduser())
        return fetch(self._spec.url, self._spec.revision, self.revision, self._scratch)

    def files(self, wanted: Selection, share: Share, start: Cursor) -> Iterator[SourceFile | Skipped]:
        # Only here: to know the date, a remote repository must have been fetched.
        self.origin = replace(self.origin, date=self._git.date(self.revision))
        return super().files(wanted, share, start)

    def entries(self) -> Sequence[Entry]:
        return self._entries

    @functools.cached_property
    def _entries(self) -> list[Entry]:
        return [_entry(line) for line in self._git.tree(self.revision)]

    def read(self, entries: Sequence[Entry], limit: int) -> Iterator[bytes | Skipped]:
        small = [entry.locator for entry in entries if entry.bytes <= limit]
        contents = self._git.contents(small, _BATCH)
        for entry in entries:
            content = next(contents) if entry.bytes <= limit else Skipped(selection.TOO_LARGE)
            yield Skipped(selection.MISSING) if content is None else content

    def licensing(self) -> Callable[[str], Licenses]:
        tree = LicenseTree(self._spec.license)
        texts = [entry for entry in self.entries() if not entry.skip and is_license_file(entry.path)]
        for entry, content in zip(texts, self.read(texts, _LICENSE_BYTES), strict=True):
            if isinstance(content, bytes):
                tree.add(entry.path, content)
        return tree.of


def repository_name(url: str) -> str:
    """`owner/name` of a URL, the folder's name of a path."""
    if not is_remote(url) or url.startswith("file://"):
        path = Path(url.removeprefix("file://")).expanduser().resolve()
        return (path.parent if path.name == ".git" else path).name.removesuffix(".git") or "repository"
    path_part = re.sub(r"^[a-zA-Z][a-zA-Z0-9+.-]*://[^/]*/|^[^/]*?:", "", url).strip("/").removesuffix(".git")
    return "/".join(path_part.split("/")[-2:]) or "repository"


def _existing(path: Path) -> Path:
    if not path.exists():
        raise NotFound(
            f"there is no git repository at {path}: give its path on the machine that runs the worker, or a URL",
            reason="SOURCE_NOT_FOUND",
            path=path,
        )
    return path


def _entry(line: bytes) -> Entry:
    """One line of `git ls-tree -l`: mode, type, object, size, tab, path."""
    head, _, name = line.partition(b"\t")
    mode, kind, object, size = head.decode().split()
    path = name.decode("utf-8", "replace")
    skip = {"120000": selection.SYMLINK, "160000": selection.SUBMODULE}.get(mode, "")
    if not skip and kind != "blob":
        skip = selection.NOT_A_FILE
    return Entry(path, int(size) if size.isdecimal() else 0, object, skip)
