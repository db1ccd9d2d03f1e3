"""Files that a person names, and the path by which rules judge each."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from codekiln.core.errors import NotFound

_SKIPPED = frozenset({".git", ".hg", ".svn", ".codekiln"})


def named(paths: Iterable[str]) -> Iterator[tuple[Path, str]]:
    """Each file with what named it: itself or a folder. Raises NotFound before any is given where one is not there."""
    given = list(paths)
    for name in given:
        if not Path(name).exists():
            raise NotFound(f"there is no file or folder {name}", reason="PATH_NOT_FOUND")
    for name in given:
        yield from ((file, name) for file in ([Path(name)] if Path(name).is_file() else below(Path(name))))


def below(folder: Path) -> Iterator[Path]:
    """Regular files in order; links are not followed."""
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if name not in _SKIPPED)
        found = (Path(place, name) for name in sorted(names))
        yield from (file for file in found if file.is_file() and not file.is_symlink())


def path_in_repository(file: Path, name: str) -> str:
    """The path that an ingestion would give the file: from the top of its repository.

    Where it is in none, from the working folder, the folder that was named, or the top of all: the first that has it.
    """
    path = Path(os.path.abspath(file))
    tops = [folder for folder in path.parents if (folder / ".git").exists()][:1]
    for top in (*tops, Path.cwd(), Path(os.path.abspath(name))):
        if path != top and path.is_relative_to(top):
            return path.relative_to(top).as_posix()
    return path.relative_to(path.anchor).as_posix()
