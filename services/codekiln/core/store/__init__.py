"""The object store: everything large or lasting lies here, under one small interface.

`open_store(url)` gives the implementation that the URL names: `file:///path` or `s3://bucket/prefix`.
Only this package knows minio.
"""

from __future__ import annotations

from codekiln.core.store.interface import ObjectInfo, ObjectStore
from codekiln.core.store.opening import open_store

__all__ = ["ObjectInfo", "ObjectStore", "open_store"]
