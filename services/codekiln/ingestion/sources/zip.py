"""Reads a zip archive member by member, nothing unpacked; the central directory alone says what is in it."""

from __future__ import annotations

import datetime
import lzma
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from codekiln.ingestion import selection
from codekiln.ingestion.sources.inflating import FREE_BYTES, MAX_RATIO, Broken
from codekiln.ingestion.sources.source import Skipped

_DIRECTORY_BYTES = 32 << 20
"""Room for 300,000 files; the standard library holds all of it in memory, ten times that size."""
_END, _END64 = b"PK\x05\x06", b"PK\x06\x06"


@dataclass(frozen=True, slots=True)
class ZipMember:
    """One file. `skip` is why it is none; `date` is in seconds since 1970; `number` finds it again."""

    path: bytes
    bytes: int
    date: int
    skip: str
    number: int


class ZipFiles:
    """The files of one archive."""

    def __init__(self, file: BinaryIO, size: int) -> None:
        """`size` is the archive's own, in bytes. Raises Broken."""
        _check_directory(file, size)
        try:
            self._zip = zipfile.ZipFile(file)
            self._infos = self._zip.infolist()
        except (zipfile.BadZipFile, NotImplementedError, ValueError, struct.error, EOFError, IndexError) as error:
            raise Broken(str(error) or "it is no zip archive") from error
        self.comment = self._zip.comment.decode("utf-8", "replace")
        if sum(info.file_size for info in self._infos) > FREE_BYTES + MAX_RATIO * size:
            raise Broken(f"it swells to more than {MAX_RATIO} times its size")

    def members(self) -> list[ZipMember]:
        """In the order of the central directory, without directories."""
        return [_member(info, i) for i, info in enumerate(self._infos) if not info.is_dir()]

    def read(self, numbers: Sequence[int], limit: int) -> Iterator[bytes | Skipped]:
        """One item a number. A member that is damaged, or not as long as it says, is skipped."""
        for number in numbers:
            yield self._one(self._infos[number], limit)

    def _one(self, info: zipfile.ZipInfo, limit: int) -> bytes | Skipped:
        if info.file_size > limit:
            return Skipped(selection.TOO_LARGE)
        try:
            with self._zip.open(info) as stream:
                content = stream.read(info.file_size + 1)
        except OSError as error:
            if error.errno:
                raise
            return Skipped(selection.UNREADABLE)
        except (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, ValueError, RuntimeError, struct.error):
            return Skipped(selection.UNREADABLE)
        return content if len(content) == info.file_size else Skipped(selection.UNREADABLE)


def _member(info: zipfile.ZipInfo, number: int) -> ZipMember:
    mode = info.external_attr >> 16 if info.create_system == 3 else 0
    skip = ""
    if stat.S_ISLNK(mode):
        skip = selection.SYMLINK
    elif stat.S_IFMT(mode) not in (0, stat.S_IFREG):
        skip = selection.NOT_A_FILE
    elif info.flag_bits & 0x1:
        skip = selection.ENCRYPTED
    return ZipMember(_path(info), info.file_size, _date(info), skip, number)


def _path(info: zipfile.ZipInfo) -> bytes:
    """The name's own bytes: the standard library takes what is not marked as UTF-8 for code page 437."""
    try:
        return info.filename.encode("utf-8" if info.flag_bits & 0x800 else "cp437")
    except UnicodeEncodeError:
        return info.filename.encode("utf-8", "replace")


def _date(info: zipfile.ZipInfo) -> int:
    try:
        # A zip knows no time zone.
        return int(datetime.datetime(*info.date_time, tzinfo=datetime.UTC).timestamp())
    except ValueError:
        return 0


def _check_directory(file: BinaryIO, size: int) -> None:
    """Refuses a directory that would not fit into memory, before anything reads it."""
    start = max(0, size - 65_557)
    file.seek(start)
    tail = file.read(size - start)
    at = tail.rfind(_END)
    if at < 0 or at + 22 > len(tail):
        raise Broken("it is no zip archive, or ends in its middle")
    (length,) = struct.unpack_from("<L", tail, at + 12)
    at64 = tail.rfind(_END64, 0, at)
    if length == 0xFFFFFFFF and at64 >= 0 and at64 + 56 <= len(tail):
        (length,) = struct.unpack_from("<Q", tail, at64 + 40)
    if length > min(size, _DIRECTORY_BYTES):
        raise Broken("its directory is too large")
