"""The PATHs of a command: files, those below folders in order, and `-` for what is piped in."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click

from codekiln.cleaning.standalone.files import path_in_repository
from codekiln.core.errors import FailedPrecondition, InvalidArgument, NotFound

_SKIPPED = frozenset({".git", ".hg", ".svn", ".codekiln"})
_STDIN = "-"


@dataclass(frozen=True)
class Input:
    """One file, or what is piped in, which has no path."""

    path: Path | None
    name: str
    """The path as rules should see it: from the top of its repository."""

    @property
    def shown(self) -> str:
        """For people: nothing in it that a terminal obeys or that turns the line around."""
        return printable(str(self.path or _STDIN))

    @property
    def recorded(self) -> str:
        """For JSON, which has no bytes: U+FFFD for what is not UTF-8."""
        return os.fsencode(self.path or _STDIN).decode("utf-8", "replace")


class Inputs:
    """What PATHs name, each with its bytes. Links are not followed below folders; what cannot be read is told."""

    def __init__(self, paths: tuple[str, ...], stdin_filename: str = "") -> None:
        """Raises NotFound or InvalidArgument before anything is read."""
        self._paths, self._stdin_filename = paths, stdin_filename
        self._files = self._unreadable = 0
        for path in paths:
            if path == _STDIN:
                continue
            if not Path(path).exists():
                raise NotFound(f"there is no file or folder {printable(path)}", reason="PATH_NOT_FOUND")
            if not Path(path).is_file() and not Path(path).is_dir():
                raise InvalidArgument(
                    f"{printable(path)} is no regular file: pipe it in and name `-`", reason="NOT_A_FILE"
                )

    def __iter__(self) -> Iterator[tuple[Input, bytes]]:
        for path in self._paths:
            for file in self._below(path):
                try:
                    data = file.path.read_bytes() if file.path else sys.stdin.buffer.read()
                except OSError as error:
                    self._tell(file.shown, error)
                    continue
                self._files += 1
                yield file, data

    def finish(self) -> None:
        """After all were read. Raises FailedPrecondition where some could not be."""
        if self._unreadable:
            raise FailedPrecondition(f"{self._unreadable} of the paths could not be read", reason="FILES_UNREADABLE")
        if not self._files:
            click.echo(f"there is no file in {', '.join(map(printable, self._paths))}", err=True)

    def _below(self, path: str) -> Iterator[Input]:
        if path == _STDIN:
            yield Input(None, self._stdin_filename or _STDIN)
        elif Path(path).is_file():
            yield Input(Path(path), path_in_repository(Path(path), path))
        else:
            for folder, folders, names in os.walk(path, onerror=self._folder):
                folders[:] = sorted(name for name in folders if name not in _SKIPPED)
                found = (Path(folder, name) for name in sorted(names))
                yield from (
                    Input(file, path_in_repository(file, path))
                    for file in found
                    if file.is_file() and not file.is_symlink()
                )

    def _folder(self, error: OSError) -> None:
        self._tell(printable(str(error.filename)), error)

    def _tell(self, shown: str, error: OSError) -> None:
        self._unreadable += 1
        click.echo(f"cannot read {shown}: {error.strerror}", err=True)


def printable(text: str) -> str:
    """Text in one line as it reads: control characters, marks of direction and bytes that are no text are spelled."""
    return "".join(c if c.isprintable() else _spelled(c) for c in text)


def _spelled(character: str) -> str:
    if "\udc80" <= character <= "\udcff":
        return f"\\x{ord(character) - 0xDC00:02x}"
    return character.encode("unicode_escape", "surrogatepass").decode()
