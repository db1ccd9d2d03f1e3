"""Compressed streams (gzip, bzip2, xz, zstd), told by their first bytes and stopped where they swell like a bomb.

Whatever is wrong with the bytes raises Broken; what the disk or the store says passes as it is.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import zlib
from typing import Any, BinaryIO

_MAGIC = {b"\x1f\x8b": "gzip", b"BZh": "bzip2", b"\xfd7zXZ\0": "xz", b"\x28\xb5\x2f\xfd": "zstd"}
MAX_RATIO = 200
"""Bytes out for each byte in. Sources give 4 to 15, long runs of generated tables 50; a bomb of zeros gives 1000."""
FREE_BYTES = 100 << 20
"""Up to here a stream may swell as it likes: small files of zeros are no harm."""
_XZ_MEMORY = 256 << 20
"""`xz -9` needs 65 MB to read; a header may ask for 4 GB."""
_BLOCK = 1 << 20


class Broken(Exception):
    """The bytes are not what they should be. The message says how, in a few words."""


def compression(head: bytes) -> str:
    """`gzip`, `bzip2`, `xz`, `zstd`, or the empty string, by a file's first bytes."""
    return next((name for magic, name in _MAGIC.items() if head.startswith(magic)), "")


def inflate(raw: BinaryIO) -> BinaryIO:
    """The bytes of a file, decompressed where it is compressed. The result reads forward only."""
    head = raw.read(6)
    raw.seek(0)
    kind = compression(head)
    return io.BufferedReader(_Guarded(_opened(kind, raw), raw), _BLOCK) if kind else raw


def _opened(kind: str, raw: BinaryIO) -> Any:
    if kind == "gzip":
        return gzip.GzipFile(fileobj=raw, mode="rb")
    if kind == "bzip2":
        return bz2.BZ2File(raw)
    if kind == "xz":
        return _Xz(raw)
    import pyarrow as pa

    return pa.CompressedInputStream(pa.PythonFile(raw, mode="r"), "zstd")


class _Guarded(io.RawIOBase):
    """Counts what comes out against what went in, and gives every decompressor's errors one name."""

    def __init__(self, stream: Any, raw: BinaryIO) -> None:
        self._stream, self._raw, self._out = stream, raw, 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        import pyarrow as pa

        try:
            data = self._stream.read(len(buffer))
        except (EOFError, zlib.error, lzma.LZMAError, pa.ArrowException, gzip.BadGzipFile) as error:
            raise Broken(_words(error)) from error
        except OSError as error:
            if error.errno:
                raise
            raise Broken(_words(error)) from error
        self._out += len(data)
        if self._out > FREE_BYTES + MAX_RATIO * self._raw.tell():
            raise Broken(f"it swells to more than {MAX_RATIO} times its size")
        buffer[: len(data)] = data
        return len(data)


class _Xz:
    """xz with a limit of memory, which lzma.LZMAFile does not take."""

    def __init__(self, raw: BinaryIO) -> None:
        self._raw, self._inner, self._tail = raw, self._new(), b""

    def _new(self) -> lzma.LZMADecompressor:
        return lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_XZ_MEMORY)

    def read(self, size: int) -> bytes:
        while True:
            if self._inner.eof:
                self._tail = self._inner.unused_data.lstrip(b"\0") or self._raw.read(_BLOCK).lstrip(b"\0")
                if not self._tail:
                    return b""
                self._inner = self._new()
            block = self._tail or (self._raw.read(_BLOCK) if self._inner.needs_input else b"")
            if self._inner.needs_input and not block:
                raise EOFError("it ends in its middle")
            self._tail = b""
            if data := self._inner.decompress(block, size):
                return data


def _words(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0].rstrip(".")
