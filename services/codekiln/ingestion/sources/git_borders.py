"""Whether a repository on this machine keeps to its own folder, or would give out the files of another one.

A `.git` file, `commondir`, alternates and symbolic links make git read elsewhere without running anything. A linked
work tree and a submodule do so rightly: the repository that they point to points back at them.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

from codekiln.core.errors import FailedPrecondition

_POINTER_BYTES = 4096


def check_borders(path: Path) -> None:
    """Raises FailedPrecondition (GIT_POINTS_ELSEWHERE) where `path` would have git read outside of it."""
    top = path.resolve()
    git = top / ".git"
    if git.is_file():
        target = _pointer(git, "gitdir: ")
        if target is None or (not target.is_relative_to(top) and not _points_back(target, top)):
            raise _elsewhere(path, f"its .git names {target}")
        if target is not None and not target.is_relative_to(top):
            return  # somebody's own work tree: what it points to has said so
        folder = target
    else:
        folder = git if os.path.lexists(git) else top
    assert folder is not None  # a pointer that is none was refused
    for name, target in _targets(folder):
        if target is not None and not target.resolve().is_relative_to(top):
            raise _elsewhere(path, f"its {name} leads to {target}")


def _targets(git: Path) -> Iterator[tuple[str, Path | None]]:
    """Everything in a .git folder that may lead elsewhere, and where to."""
    yield ".git", git
    yield "commondir", _pointer(git / "commondir", "")
    for line in _text(git / "objects" / "info" / "alternates", 1 << 20).splitlines():
        if line.strip() and not line.startswith("#"):
            yield "objects/info/alternates", git / "objects" / line.strip().strip('"')
    for folder in (git, git / "objects", git / "objects" / "pack", git / "objects" / "info", git / "refs"):
        try:
            with os.scandir(folder) as listing:
                links = [Path(item.path) for item in listing if item.is_symlink()]
        except OSError:
            continue
        yield from ((link.relative_to(git).as_posix(), link) for link in links)


def _points_back(target: Path, top: Path) -> bool:
    """Whether the folder of a linked work tree, or the repository of a submodule, names this work tree as its own."""
    back = _pointer(target / "gitdir", "")
    if back is not None and back == top / ".git":
        return True
    configured = re.search(r"^\s*worktree\s*=\s*(.+?)\s*$", _text(target / "config", 1 << 20), re.M)
    return configured is not None and (target / configured[1]).resolve() == top


def _pointer(file: Path, before: str) -> Path | None:
    text = _text(file, _POINTER_BYTES).strip()
    if not text.startswith(before) or not text[len(before) :].strip() or "\0" in text:
        return None
    return (file.parent / text[len(before) :].strip()).resolve()


def _text(file: Path, limit: int) -> str:
    try:
        if not file.is_file():
            return ""
        with file.open("rb") as stream:
            return stream.read(limit).decode("utf-8", "surrogateescape")
    except OSError:
        return ""


def _elsewhere(path: Path, how: str) -> FailedPrecondition:
    return FailedPrecondition(
        f"{path} would read another repository ({ascii(how)[1:-1]}): name that one, or make a copy of its own with "
        "`git clone --no-local`",
        reason="GIT_POINTS_ELSEWHERE",
        path=path,
    )
