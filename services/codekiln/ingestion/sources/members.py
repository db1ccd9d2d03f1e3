"""The files of one archive, zip or tar, by the archive's content and not its name. Nothing is written anywhere.

`list_members` reads the archive once; `read_members` reads it again and gives the bytes of some.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from codekiln.ingestion import selection
from codekiln.ingestion.sources.inflating import Broken, inflate
from codekiln.ingestion.sources.place import DataFile
from codekiln.ingestion.sources.source import Skipped
from codekiln.ingestion.sources.tar import TarStream
from codekiln.ingestion.sources.zip import ZipFiles

MAX_FILES = 500_000
"""Five times those of the Linux kernel. Their names are in memory while the archive is read."""
MAX_BYTES = 64 << 30
_TELLING_BYTES, _ALL_TELLING_BYTES = 1 << 20, 64 << 20
_ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")


@dataclass(frozen=True, slots=True)
class Member:
    """One file: path below the archive's root, bytes, date in seconds, why it is not read, its place in the order."""

    path: str
    bytes: int
    date: int
    skip: str
    number: int


@dataclass(frozen=True)
class Listing:
    """What an archive holds, the content of its `telling` files, and the comment that it carries."""

    members: list[Member]
    telling: dict[str, bytes]
    comment: str


def list_members(file: DataFile, is_telling: Callable[[str], bool]) -> Listing:
    """Everything but directories, in the archive's order. Raises Broken for a damaged or hostile archive."""
    with file.open() as raw:
        head = raw.read(4)
        raw.seek(0)
        if head in _ZIP:
            return _list_zip(ZipFiles(raw, file.bytes), is_telling)
        return _list_tar(TarStream(inflate(raw)), is_telling)


def read_members(file: DataFile, numbers: Sequence[int], limit: int) -> Iterator[bytes | Skipped]:
    """One item a number, which must rise. Larger ones than `limit` are skipped unread. Raises Broken."""
    with file.open() as raw:
        head = raw.read(4)
        raw.seek(0)
        if head in _ZIP:
            yield from ZipFiles(raw, file.bytes).read(numbers, limit)
            return
        stream = TarStream(inflate(raw))
        wanted = iter(numbers)
        number = next(wanted, -1)
        for at, member in enumerate(stream):
            if at == number:
                yield stream.read() if member.bytes <= limit else Skipped(selection.TOO_LARGE)
                if (number := next(wanted, -1)) < 0:
                    return
        if number >= 0:
            raise Broken("it has fewer files than before")


def _list_zip(files: ZipFiles, is_telling: Callable[[str], bool]) -> Listing:
    members = [_member(m.path, m.bytes, m.date, m.skip, m.number) for m in files.members()]
    if len(members) > MAX_FILES:
        raise _too_many()
    told = [m for m in members if not m.skip and m.bytes <= _TELLING_BYTES and is_telling(m.path)]
    told = told[: _ALL_TELLING_BYTES // _TELLING_BYTES]
    contents = files.read([m.number for m in told], _TELLING_BYTES)
    telling = {m.path: c for m, c in zip(told, contents, strict=True) if isinstance(c, bytes)}
    return Listing(members, telling, files.comment)


def _list_tar(stream: TarStream, is_telling: Callable[[str], bool]) -> Listing:
    members: list[Member] = []
    telling: dict[str, bytes] = {}
    told = total = 0
    for number, found in enumerate(stream):
        member = _member(found.path, found.bytes, found.date, found.skip, number)
        members.append(member)
        total += member.bytes
        if len(members) > MAX_FILES or total > MAX_BYTES:
            raise _too_many()
        small = member.bytes <= _TELLING_BYTES and told + member.bytes <= _ALL_TELLING_BYTES
        if small and not member.skip and is_telling(member.path):
            telling[member.path] = stream.read()
            told += member.bytes
    return Listing(members, telling, stream.comment)


def _member(name: bytes, size: int, date: int, skip: str, number: int) -> Member:
    path = name.decode("utf-8", "replace").replace("\0", "\ufffd")
    return Member(_inside(path), size, date, skip or ("" if _is_inside(path) else selection.OUTSIDE), number)


def _is_inside(path: str) -> bool:
    """Whether a path stays below the root, also where backslashes are separators."""
    parts = re.split(r"[/\\]", path)
    return bool(path.strip("/.")) and ".." not in parts and parts[0] != "" and not re.match(r"[A-Za-z]:[/\\]", path)


def _inside(path: str) -> str:
    return posixpath.normpath(path) if path else "?"


def _too_many() -> Broken:
    return Broken(f"it has more than {MAX_FILES} files or {MAX_BYTES >> 30} GiB")
