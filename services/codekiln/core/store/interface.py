"""What a store can do. Two implementations, one behaviour suite (tests/core/store/test_behaviour.py)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True)
class ObjectInfo:
    """One object: key below the store's root, and size in bytes."""

    key: str
    bytes: int
    version: str = field(default="", compare=False)
    """Another one when the object was written again; means nothing else."""


class ObjectStore(Protocol):
    """Keys are `/`-separated paths without `.` and `..`. Every method may raise Unavailable.

    A full disk raises ResourceExhausted with reason STORE_FULL. Writes are atomic: readers see all of an object or
    none of it.
    """

    url: str

    def get(self, key: str) -> bytes:
        """The whole object. Raises NotFound."""
        ...

    def get_with_etag(self, key: str) -> tuple[bytes, str]:
        """The whole object and the tag to give to `replace`. Raises NotFound."""
        ...

    def get_range(self, key: str, start: int, length: int) -> bytes:
        """`length` bytes from `start`, fewer at the end. Raises NotFound."""
        ...

    def put(self, key: str, data: bytes) -> str:
        """Writes, replacing what was there. Returns the tag."""
        ...

    def put_file(self, key: str, path: Path) -> None:
        """Writes a file of any size, replacing what was there."""
        ...

    def get_file(self, key: str, path: Path) -> None:
        """Reads an object of any size into a file. Raises NotFound."""
        ...

    def create(self, key: str, data: bytes) -> str:
        """Writes only if nothing is there. Returns the tag. Raises AlreadyExists."""
        ...

    def replace(self, key: str, data: bytes, etag: str) -> str:
        """Writes only if the object still has this tag. Returns the new tag. Raises Conflict or NotFound."""
        ...

    def list(self, prefix: str) -> Iterator[ObjectInfo]:
        """Objects whose key begins with `prefix`, in order of keys."""
        ...

    def delete(self, key: str) -> None:
        """Removes; nothing there is success."""
        ...

    def uri(self, key: str) -> str:
        """Where a person finds it: a path, or `s3://bucket/key`."""
        ...

    def presign(self, key: str, seconds: int) -> str:
        """A URL that reads the object for a while."""
        ...

    def probe(self) -> None:
        """Checks that the store answers and honours conditional writes.

        Raises Unavailable where it does not answer, FailedPrecondition (STORE_WITHOUT_CONDITIONS) where it ignores
        them.
        """
        ...
