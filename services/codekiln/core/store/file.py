"""The embedded store: a folder. Used on a laptop, and by several processes of one machine at once.

Writes go to a temporary file first and are renamed; `create` links, which fails where something is; `replace` compares
and renames under a lock. Not for network file systems without flock.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import hashlib
import os
import shutil
import tempfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from codekiln.core.errors import AlreadyExists, Conflict, FailedPrecondition, NotFound, ResourceExhausted, Unavailable
from codekiln.core.store.interface import ObjectInfo
from codekiln.core.store.keys import check_key

_LOCKS = 64
_PRIVATE = ".codekiln"


class FileStore:
    """Objects are files below `root`. The tag of an object is the SHA-256 of its content."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.url = root.absolute().as_uri()

    def get(self, key: str) -> bytes:
        with self._reading(key) as file:
            return file.read()

    def get_with_etag(self, key: str) -> tuple[bytes, str]:
        data = self.get(key)
        return data, _etag(data)

    def get_range(self, key: str, start: int, length: int) -> bytes:
        with self._reading(key) as file:
            file.seek(start)
            return file.read(length)

    def put(self, key: str, data: bytes) -> str:
        with self._locked(key), self._written(key, data) as temporary:
            os.replace(temporary, self._path(key))
        return _etag(data)

    def put_file(self, key: str, path: Path) -> None:
        with path.open("rb") as source, self._locked(key), self._written(key, source) as temporary:
            os.replace(temporary, self._path(key))

    def get_file(self, key: str, path: Path) -> None:
        with self._reading(key) as source, path.open("wb") as target:
            shutil.copyfileobj(source, target, 1 << 20)

    def create(self, key: str, data: bytes) -> str:
        with self._locked(key), self._written(key, data) as temporary:
            try:
                os.link(temporary, self._path(key))
            except FileExistsError:
                raise AlreadyExists(f"`{key}` exists", reason="OBJECT_EXISTS", key=key) from None
        return _etag(data)

    def replace(self, key: str, data: bytes, etag: str) -> str:
        with self._locked(key):
            if self.get_with_etag(key)[1] != etag:
                raise Conflict(f"`{key}` was changed by somebody else", reason="OBJECT_CHANGED", key=key)
            with self._written(key, data) as temporary:
                os.replace(temporary, self._path(key))
        return _etag(data)

    def list(self, prefix: str) -> Iterator[ObjectInfo]:
        folder = self.root / prefix.rpartition("/")[0]
        found = []
        for where, folders, files in os.walk(folder):
            folders[:] = [name for name in folders if name != _PRIVATE]
            for name in files:
                path = Path(where, name)
                key = path.relative_to(self.root).as_posix()
                if key.startswith(prefix):
                    # A file may be deleted between the walk and the look.
                    with contextlib.suppress(FileNotFoundError):
                        found.append(ObjectInfo(key, path.stat().st_size))
        yield from sorted(found, key=lambda info: info.key)

    def delete(self, key: str) -> None:
        with contextlib.suppress(FileNotFoundError, NotADirectoryError):
            self._path(key).unlink()

    def uri(self, key: str) -> str:
        return str(self._path(key).absolute())

    def presign(self, key: str, seconds: int) -> str:
        return self._path(key).absolute().as_uri()

    def probe(self) -> None:
        try:
            (self.root / _PRIVATE).mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=self.root / _PRIVATE):
                pass
        except OSError as error:
            raise FailedPrecondition(
                f"cannot write to the store in {self.root}: {error.strerror}. Choose another folder with CODEKILN_STORE",
                reason="STORE_NOT_WRITABLE",
                store=self.url,
            ) from error

    def _path(self, key: str) -> Path:
        return self.root / check_key(key)

    @contextlib.contextmanager
    def _reading(self, key: str) -> Iterator[IO[bytes]]:
        try:
            with self._path(key).open("rb") as file:
                yield file
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
            raise NotFound(f"there is no `{key}` in {self.url}", reason="OBJECT_NOT_FOUND", key=key) from None

    @contextlib.contextmanager
    def _written(self, key: str, data: bytes | IO[bytes]) -> Iterator[str]:
        """A temporary file with the data, on disk, in the file system of its destination; removed afterwards."""
        temporary = ""
        try:
            self._path(key).parent.mkdir(parents=True, exist_ok=True)
            (self.root / _PRIVATE).mkdir(exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=self.root / _PRIVATE, delete=False) as file:
                temporary = file.name
                if isinstance(data, bytes):
                    file.write(data)
                else:
                    shutil.copyfileobj(data, file, 1 << 20)
                file.flush()
                os.fdatasync(file.fileno())
            yield temporary
        except OSError as error:
            if error.errno in (errno.ENOSPC, errno.EDQUOT):
                raise ResourceExhausted(
                    f"no space left for the store in {self.root}: free some and run again", reason="STORE_FULL"
                ) from error
            raise Unavailable(
                f"cannot write `{key}` in {self.url}: {error.strerror}", reason="STORE_NOT_WRITABLE", key=key
            ) from error
        finally:
            if temporary:
                with contextlib.suppress(FileNotFoundError):
                    os.unlink(temporary)

    @contextlib.contextmanager
    def _locked(self, key: str) -> Iterator[None]:
        check_key(key)
        (self.root / _PRIVATE).mkdir(parents=True, exist_ok=True)
        with open(self.root / _PRIVATE / f"lock-{zlib.crc32(key.encode()) % _LOCKS:02d}", "ab") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def _etag(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
