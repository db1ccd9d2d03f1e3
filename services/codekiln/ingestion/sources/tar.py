"""Reads a tar archive as a stream: ustar, GNU and pax, one header at a time, nothing kept and nothing unpacked.

The standard library's reader takes an extended header of any size into memory and searches it in quadratic time, which
is why this is our own. Sparse files are not put together: they are skipped.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from codekiln.ingestion import selection
from codekiln.ingestion.sources.inflating import Broken

_BLOCK = 512
_EXTENDED_BYTES = 1 << 20
"""A path has 4,096 bytes at most on Linux; headers with more than this are made to hurt."""
_SKIPS = {
    b"1": selection.HARD_LINK,
    b"2": selection.SYMLINK,
    b"3": selection.NOT_A_FILE,
    b"4": selection.NOT_A_FILE,
    b"6": selection.NOT_A_FILE,
    b"S": selection.NOT_A_FILE,
}
_REGULAR = (b"0", b"\0", b"7")
_PAX = re.compile(rb"([0-9]{1,7}) ([^=\n]{1,200})=")


@dataclass(frozen=True, slots=True)
class TarMember:
    """One file. `skip` is why it is none; `date` is in seconds since 1970."""

    path: bytes
    bytes: int
    date: int
    skip: str = ""


class TarStream:
    """Members in the order of the archive; `read` gives the one at hand."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._left = self._padding = 0
        self.comment = ""
        """What the archive says of itself: `git archive` writes the commit."""

    def __iter__(self) -> Iterator[TarMember]:
        """Directories are left out. Raises Broken where the archive ends in its middle or is none."""
        extended: dict[bytes, bytes] = {}
        first = True
        while True:
            self._pass(self._left + self._padding)
            header = self._stream.read(_BLOCK)
            if len(header) == _BLOCK and not header.strip(b"\0"):
                return  # two empty blocks end an archive; some tools write one
            if len(header) < _BLOCK or not _checksum_fits(header):
                raise Broken("it is neither zip nor tar" if first else "it ends in its middle or is damaged")
            first = False
            size, kind = _number(header[124:136]), header[156:157]
            size = _size(extended, size) if kind not in b"xgLK" else size
            if kind in (b"1", b"2", b"3", b"4", b"5", b"6"):
                size = 0
            if kind == b"S":
                # GNU's map of a sparse file goes on in blocks that no size counts.
                more = header[482:483] == b"\1"
                while more:
                    more = self._exactly(_BLOCK)[504:505] == b"\1"
            self._left, self._padding = size, -size % _BLOCK
            if kind in (b"x", b"g", b"L", b"K"):
                self._extend(kind, extended)
                continue
            path = extended.get(b"path") or _path(header)
            sparse = any(key.startswith(b"GNU.sparse") for key in extended)
            date = _seconds(extended.get(b"mtime"), header[136:148])
            extended = {}
            if kind == b"5" or (kind in _REGULAR and path.endswith(b"/")):
                continue
            skip = selection.NOT_A_FILE if sparse or kind not in _REGULAR else ""
            yield TarMember(path, size, date, _SKIPS.get(kind, skip))

    def read(self) -> bytes:
        """The bytes of the member that was given last. Once."""
        content = self._exactly(self._left)
        self._left = 0
        return content

    def _extend(self, kind: bytes, extended: dict[bytes, bytes]) -> None:
        if self._left > _EXTENDED_BYTES:
            raise Broken("it has a header of more than a megabyte")
        content = self.read()
        if kind == b"L":
            extended[b"path"] = content.rstrip(b"\0")
        elif kind == b"x":
            extended.update(_records(content))
        elif kind == b"g" and (comment := _records(content).get(b"comment")):
            self.comment = comment.decode("utf-8", "replace")

    def _exactly(self, size: int) -> bytes:
        content = self._stream.read(size)
        if len(content) != size:
            raise Broken("it ends in its middle")
        return content

    def _pass(self, size: int) -> None:
        while size > 0:
            size -= len(self._exactly(min(size, 1 << 20)))


def _records(content: bytes) -> dict[bytes, bytes]:
    """The records of a pax header: `length key=value\\n`. What does not fit ends them."""
    found, at = {}, 0
    while match := _PAX.match(content, at):
        end = at + int(match[1])
        if end <= match.end() or end > len(content):
            break
        found[match[2]] = content[match.end() : end - 1]
        at = end
    return found


def _path(header: bytes) -> bytes:
    name, prefix = header[:100].partition(b"\0")[0], header[345:500].partition(b"\0")[0]
    return prefix + b"/" + name if prefix and header[257:263] == b"ustar\0" else name


def _size(extended: dict[bytes, bytes], size: int) -> int:
    given = extended.get(b"size", b"")
    return int(given) if given.isdigit() and len(given) < 20 else size


def _number(field: bytes) -> int:
    """Octal digits, or GNU's binary form of what they cannot hold."""
    if field[:1] == b"\x80":
        return int.from_bytes(field[1:], "big")
    text = field.partition(b"\0")[0].strip()
    return int(text, 8) if re.fullmatch(rb"[0-7]{1,12}", text) else 0


def _seconds(extended: bytes | None, field: bytes) -> int:
    if extended and re.fullmatch(rb"[0-9]{1,15}(\.[0-9]*)?", extended):
        return int(extended.partition(b".")[0])
    return _number(field)


def _checksum_fits(header: bytes) -> bool:
    return _number(header[148:156]) == sum(header[:148]) + 32 * 8 + sum(header[156:])
