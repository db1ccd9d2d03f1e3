"""Files of data below a path: of this machine, or under a prefix of the S3 store that the settings name.

They are read as streams that can seek, and never copied here. The listing comes in the order of names.
"""

from __future__ import annotations

import io
import os
import stat
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO
from urllib.parse import urlsplit

from codekiln.core.errors import FailedPrecondition, NotFound
from codekiln.core.settings import Settings
from codekiln.core.store import ObjectStore, open_store
from codekiln.ingestion.sources.ranged import RangedFile

_AHEAD = 4 << 20
"""Bytes asked of a store at once."""


@dataclass(frozen=True)
class DataFile:
    """One file: its name below the path, bytes, and a word that changes when it does."""

    name: str
    bytes: int
    version: str
    opened: Callable[[], BinaryIO]
    local: Path | None = None

    def open(self) -> BinaryIO:
        """A binary stream that can seek. Raises FailedPrecondition, or Unavailable where a store does not answer."""
        try:
            return self.opened()
        except OSError as error:
            raise FailedPrecondition(
                f"cannot read {self.name!a}: {error.strerror}. Let the worker's user read it or leave it out",
                reason="FILE_UNREADABLE",
                file=self.name,
            ) from error


def is_s3(path: str) -> bool:
    """Whether a path of a specification is one of a store."""
    return path.startswith("s3://")


def data_files(path: str, suffixes: tuple[str, ...], settings: Settings) -> list[DataFile]:
    """The file at `path`, whatever its name, or all below it whose names end so. Raises NotFound where none is."""
    if is_s3(path):
        found, exists = _in_store(path, suffixes, settings)
    else:
        found, exists = _on_disk(Path(path).expanduser(), suffixes)
    if found:
        return found
    ends = " or ".join(f"*{suffix}" for suffix in suffixes[:2]) + (" or the like" if len(suffixes) > 2 else "")
    what = f"{path} holds no {ends} file" if exists else f"there is no file or folder {path}"
    raise NotFound(
        f"{what}: give the path of one on the machine that runs the worker, or of one in its S3 store",
        reason="SOURCE_NOT_FOUND",
        path=path,
    )


def listed(files: Sequence[DataFile]) -> list[list[str | int]]:
    """What a fingerprint is made of."""
    return [[file.name, file.bytes, file.version] for file in files]


def store_below(path: str, settings: Settings) -> tuple[ObjectStore, str]:
    """The store that holds `s3://bucket/...`, and the key or prefix in it. Raises FailedPrecondition."""
    ours, parts = urlsplit(settings.store_url), urlsplit(path)
    if ours.scheme != "s3":
        raise FailedPrecondition(
            f"{path} needs an S3 store: set CODEKILN_STORE to `s3://bucket/prefix?endpoint=https://host:9000`, its "
            "endpoint and keys are used for sources too",
            reason="S3_NOT_CONFIGURED",
            path=path,
        )
    url = f"s3://{parts.netloc}" + (f"?{ours.query}" if ours.query else "")
    return open_store(url, settings.store_credentials()), parts.path.strip("/")


def _in_store(path: str, suffixes: tuple[str, ...], settings: Settings) -> tuple[list[DataFile], bool]:
    store, prefix = store_below(path, settings)
    below = f"{prefix}/" if prefix else ""
    infos = list(store.list(below))
    if not infos and prefix:
        single = [info for info in store.list(prefix) if info.key == prefix]
        return [_object(store, i.key, i.key.rpartition("/")[2], i.bytes, i.version) for i in single], bool(single)
    wanted = [i for i in infos if i.key.lower().endswith(suffixes)]
    return [_object(store, i.key, i.key.removeprefix(below), i.bytes, i.version) for i in wanted], bool(infos)


def _object(store: ObjectStore, key: str, name: str, size: int, version: str) -> DataFile:
    def opened() -> io.BufferedReader:
        return io.BufferedReader(RangedFile(lambda at, count: store.get_range(key, at, count), size), _AHEAD)

    return DataFile(name, size, version, opened)


def _on_disk(root: Path, suffixes: tuple[str, ...]) -> tuple[list[DataFile], bool]:
    try:
        if not root.is_dir():
            return ([_file(root, root.name)], True) if root.exists() else ([], False)
        found: list[DataFile] = []
        for folder, _, names in os.walk(root, onerror=_raise):
            for name in names:
                path = Path(folder, name)
                if name.lower().endswith(suffixes) and path.is_file():
                    _check_link(path, root)
                    found.append(_file(path, path.relative_to(root).as_posix()))
    except OSError as error:
        raise FailedPrecondition(
            f"cannot look at {error.filename or root}: {error.strerror}. Let the worker's user read it",
            reason="FOLDER_UNREADABLE",
            path=root,
        ) from error
    return sorted(found, key=lambda file: file.name), True


def _raise(error: OSError) -> None:
    raise error


def _file(path: Path, name: str) -> DataFile:
    status = path.stat()
    shown = os.fsencode(name).decode("utf-8", "replace")
    return DataFile(shown, status.st_size, str(status.st_mtime_ns), lambda: _open(path), path)


def _open(path: Path) -> BinaryIO:
    # O_NONBLOCK: a pipe must not hold us up.
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(0, "it is not a regular file")
    return open(descriptor, "rb", buffering=1 << 20)


def _check_link(path: Path, root: Path) -> None:
    """A link must stay inside. In the cache of a hub, files of a snapshot are links to the blobs beside it."""
    if not path.is_symlink():
        return
    top = root.resolve()
    top = top.parent.parent if top.parent.name == "snapshots" else top
    if not path.resolve().is_relative_to(top):
        raise FailedPrecondition(
            f"{path} is a link out of {root}: put the file there or leave it out", reason="LINK_OUTSIDE", path=path
        )
