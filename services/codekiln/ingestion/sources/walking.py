"""Lists the files below a folder in a stable order and reads them, without ever following a symbolic link."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path

from codekiln.ingestion import selection
from codekiln.ingestion.sources.source import Entry, Skipped

# fmt: off
SKIPPED_FOLDERS = frozenset({
    ".git", ".hg", ".svn", ".bzr", "__pycache__", ".codekiln", ".venv", ".tox", ".nox", ".mypy_cache", ".ruff_cache",
    ".pytest_cache", ".hypothesis", ".ipynb_checkpoints",
})
# fmt: on
"""What tools keep beside sources: version control, environments, caches. Not entered, not counted."""


def walk(root: Path, *, without: frozenset[str] = frozenset(), ignored: Sequence[Path] = ()) -> list[Entry]:
    """Every file below `root`, folders not entered that are named in `without` or lie at `ignored` paths.

    Raises OSError where `root` itself cannot be listed; a folder below that cannot is one entry with a reason.
    """
    found: list[Entry] = []
    skipped = {os.path.realpath(path) for path in ignored}
    _walk(os.fspath(root), "", SKIPPED_FOLDERS | without, skipped, found)
    return found


def read_files(root: Path, entries: Sequence[Entry], limit: int) -> Iterator[bytes | Skipped]:
    """The bytes of each entry, or why there are none."""
    for entry in entries:
        yield read_regular(os.path.join(root, entry.locator), limit)


def read_regular(path: str, limit: int, *, follow: bool = False) -> bytes | Skipped:
    """A regular file's bytes. Devices, links unless told to `follow`, and what exceeds `limit` are skipped unread."""
    flags = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | (0 if follow else os.O_NOFOLLOW)
    try:
        # O_NONBLOCK: a pipe that took the file's place since the listing must not hold us up.
        descriptor = os.open(path, flags)
    except FileNotFoundError:
        return Skipped(selection.MISSING)
    except OSError:
        return Skipped(selection.UNREADABLE)
    with open(descriptor, "rb", buffering=0) as file:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            return Skipped(selection.NOT_A_FILE)
        if status.st_size > limit:
            return Skipped(selection.TOO_LARGE)
        try:
            return file.read()
        except OSError:
            return Skipped(selection.UNREADABLE)


def _walk(folder: str, prefix: str, without: frozenset[str], ignored: set[str], found: list[Entry]) -> None:
    with os.scandir(folder) as listing:
        items = sorted(listing, key=lambda item: os.fsencode(item.name))
    for item in items:
        name = prefix + item.name
        if not item.is_dir(follow_symlinks=False):
            if item.name != ".git":  # a work tree's or submodule's pointer file
                found.append(_entry(item, name))
            continue
        if item.name in without or (ignored and os.path.realpath(item.path) in ignored):
            continue
        try:
            _walk(item.path, name + "/", without, ignored, found)
        except (OSError, RecursionError):
            found.append(Entry(recordable(name), 0, name, skip=selection.FOLDER_UNREADABLE))


def _entry(item: os.DirEntry[str], name: str) -> Entry:
    path = recordable(name)
    try:
        status = item.stat(follow_symlinks=False)
    except OSError:
        return Entry(path, 0, name, skip=selection.MISSING)
    if stat.S_ISLNK(status.st_mode):
        return Entry(path, 0, name, skip=selection.SYMLINK)
    if not stat.S_ISREG(status.st_mode):
        return Entry(path, 0, name, skip=selection.NOT_A_FILE)
    return Entry(path, status.st_size, name, changed=status.st_mtime_ns)


def recordable(name: str) -> str:
    """A file name as text that every format can hold: bytes that are not UTF-8 become U+FFFD."""
    return os.fsencode(name).decode("utf-8", "replace")
