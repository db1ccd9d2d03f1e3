"""A store that counts and times what is asked of another one."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from pathlib import Path

from codekiln.core.errors import AlreadyExists, CodekilnError, Conflict, NotFound
from codekiln.core.store.interface import ObjectInfo, ObjectStore
from codekiln.core.telemetry import metrics

_VERBS = ("get", "get_range", "put", "create", "replace", "list", "delete")


class MeteredStore:
    """Passes everything on to `inner`."""

    def __init__(self, inner: ObjectStore) -> None:
        self._inner = inner
        self.url = inner.url
        for verb in _VERBS:
            metrics.STORE_SECONDS.labels(verb)
            metrics.STORE_ERRORS.labels(verb, "STORE_UNREACHABLE")
        for verb in ("create", "replace"):
            metrics.STORE_CONFLICTS.labels(verb)

    def get(self, key: str) -> bytes:
        with _measured("get"):
            return self._inner.get(key)

    def get_with_etag(self, key: str) -> tuple[bytes, str]:
        with _measured("get"):
            return self._inner.get_with_etag(key)

    def get_range(self, key: str, start: int, length: int) -> bytes:
        with _measured("get_range"):
            return self._inner.get_range(key, start, length)

    def put(self, key: str, data: bytes) -> str:
        with _measured("put"):
            return self._inner.put(key, data)

    def put_file(self, key: str, path: Path) -> None:
        with _measured("put"):
            self._inner.put_file(key, path)

    def get_file(self, key: str, path: Path) -> None:
        with _measured("get"):
            self._inner.get_file(key, path)

    def create(self, key: str, data: bytes) -> str:
        with _measured("create"):
            return self._inner.create(key, data)

    def replace(self, key: str, data: bytes, etag: str) -> str:
        with _measured("replace"):
            return self._inner.replace(key, data, etag)

    def list(self, prefix: str) -> Iterator[ObjectInfo]:
        with _measured("list"):
            yield from self._inner.list(prefix)

    def delete(self, key: str) -> None:
        with _measured("delete"):
            self._inner.delete(key)

    def uri(self, key: str) -> str:
        return self._inner.uri(key)

    def presign(self, key: str, seconds: int) -> str:
        return self._inner.presign(key, seconds)

    def probe(self) -> None:
        self._inner.probe()


@contextlib.contextmanager
def _measured(verb: str) -> Iterator[None]:
    start = time.perf_counter()
    try:
        yield
    except (AlreadyExists, Conflict):
        metrics.STORE_CONFLICTS.labels(verb).inc()
        raise
    except NotFound:
        raise
    except CodekilnError as error:
        metrics.STORE_ERRORS.labels(verb, error.reason).inc()
        raise
    finally:
        metrics.STORE_SECONDS.labels(verb).observe(time.perf_counter() - start)
