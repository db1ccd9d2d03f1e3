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
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from codekiln.core.errors import AlreadyExists, Conflict, FailedPrecondition, NotFound, ResourceExhausted, Unavailable
from codekiln.core.store.interface import ObjectInfo
from codekiln.core.store.keys import PRIVATE, check_key, check_prefix
from codekiln.core.store.probing import check_conditions

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_STALE_SECONDS = 24 * 3600.0


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
            return file.read(max(0, length))

    def put(self, key: str, data: bytes) -> str:
        with self._written(key, data) as temporary, self._locked():
            os.replace(temporary, self._path(key))
        return _etag(data)

    def put_file(self, key: str, path: Path) -> None:
        with path.open("rb") as source, self._written(key, source) as temporary, self._locked():
            os.replace(temporary, self._path(key))

    def get_file(self, key: str, path: Path) -> None:
        with self._reading(key) as source, path.open("wb") as target:
            shutil.copyfileobj(source, target, 1 << 20)

    def create(self, key: str, data: bytes) -> str:
        with self._written(key, data) as temporary, self._locked():
            try:
                os.link(temporary, self._path(key))
            except FileExistsError:
                raise AlreadyExists(f"`{key}` exists", reason="OBJECT_EXISTS", key=key) from None
        return _etag(data)

    def replace(self, key: str, data: bytes, etag: str) -> str:
        with self._written(key, data) as temporary, self._locked():
            if self.get_with_etag(key)[1] != etag:
                raise Conflict(f"`{key}` was changed by somebody else", reason="OBJECT_CHANGED", key=key)
            os.replace(temporary, self._path(key))
        return _etag(data)

    def list(self, prefix: str) -> Iterator[ObjectInfo]:
        folder = self.root / check_prefix(prefix).rpartition("/")[0]
        found = []
        for where, folders, files in os.walk(folder):
            if Path(where) == self.root and PRIVATE in folders:
                folders.remove(PRIVATE)
            for name in files:
                path = Path(where, name)
                key = path.relative_to(self.root).as_posix()
                if key.startswith(prefix):
                    # A file may be deleted between the walk and the look.
                    with contextlib.suppress(FileNotFoundError):
                        status = path.stat()
                        found.append(ObjectInfo(key, status.st_size, str(status.st_mtime_ns)))
        yield from sorted(found, key=lambda info: info.key)

    def delete(self, key: str) -> None:
        path = self._path(key)
        with contextlib.suppress(FileNotFoundError, NotADirectoryError, IsADirectoryError), self._locked():
            path.unlink()

    def uri(self, key: str) -> str:
        return str(self._path(key).absolute())

    def presign(self, key: str, seconds: int) -> str:
        return self._path(key).absolute().as_uri()

    def probe(self) -> None:
        try:
            (self.root / PRIVATE).mkdir(parents=True, exist_ok=True)
            self._sweep()
            check_conditions(self, str(self.root))
        except (OSError, Unavailable) as error:
            why = error.message if isinstance(error, Unavailable) else error.strerror
            raise FailedPrecondition(
                f"cannot write to the store in {self.root} ({why}): choose another folder with CODEKILN_STORE",
                reason="STORE_NOT_WRITABLE",
                store=self.url,
            ) from error

    def _sweep(self) -> None:
        """Removes what killed writers left long ago."""
        for path in (self.root / PRIVATE).glob("tmp*"):
            with contextlib.suppress(FileNotFoundError):
                if time.time() - path.stat().st_mtime > _STALE_SECONDS:
                    path.unlink()

    def _path(self, key: str) -> Path:
        return self.root / check_key(key)

    @contextlib.contextmanager
    def _reading(self, key: str) -> Iterator[IO[bytes]]:
        try:
            file = self._path(key).open("rb")
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
            raise NotFound(f"there is no `{key}` in {self.url}", reason="OBJECT_NOT_FOUND", key=key) from None
        except OSError as error:
            raise self._unusable(key, "read", error) from error
        with file:
            yield file

    @contextlib.contextmanager
    def _written(self, key: str, data: bytes | IO[bytes]) -> Iterator[str]:
        """A temporary file with the data, on disk, in the file system of its destination; removed afterwards."""
        path, temporary = self._path(key), ""
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            (self.root / PRIVATE).mkdir(exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=self.root / PRIVATE, delete=False) as file:
                temporary = file.name
                if isinstance(data, bytes):
                    file.write(data)
                else:
                    shutil.copyfileobj(data, file, 1 << 20)
                file.flush()
                os.fdatasync(file.fileno())
            yield temporary
        except (FileExistsError, IsADirectoryError, NotADirectoryError) as error:
            raise FailedPrecondition(
                f"`{key}` cannot be written in {self.url}: another object's key is the beginning of its path, or the "
                "other way round",
                reason="KEYS_COLLIDE",
                key=key,
            ) from error
        except OSError as error:
            raise self._unusable(key, "write", error) from error
        finally:
            if temporary:
                with contextlib.suppress(FileNotFoundError):
                    os.unlink(temporary)

    def _unusable(self, key: str, verb: str, error: OSError) -> ResourceExhausted | Unavailable:
        if error.errno in _FULL:
            return ResourceExhausted(
                f"no space left for the store in {self.root}: free some and run again", reason="STORE_FULL"
            )
        return Unavailable(f"cannot {verb} `{key}` in {self.url}: {error.strerror}", reason="STORE_NOT_USABLE", key=key)

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        """Holds off other writers for the moment that a comparison and a rename take. Needs no space on the disk."""
        folder = os.open(self.root / PRIVATE, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.flock(folder, fcntl.LOCK_EX)
            yield
        finally:
            os.close(folder)


def _etag(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
