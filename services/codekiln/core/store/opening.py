"""From a URL to a store."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from codekiln.core.errors import InvalidArgument
from codekiln.core.settings import Credentials
from codekiln.core.store.file import FileStore
from codekiln.core.store.interface import ObjectStore
from codekiln.core.store.metered import MeteredStore

_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")


def open_store(url: str, credentials: Credentials | None = None) -> ObjectStore:
    """`file:///path` or `s3://bucket/prefix?endpoint=https://host:9000&region=us-east-1`. Does not touch the network.

    Raises InvalidArgument for any other URL.
    """
    parts = urlsplit(url)
    if parts.scheme == "file" and parts.path and parts.netloc in ("", "localhost"):
        return MeteredStore(FileStore(Path(unquote(parts.path))))
    if parts.scheme == "s3" and parts.netloc:
        if not _BUCKET.fullmatch(parts.netloc):
            raise InvalidArgument(
                f"`{parts.netloc}` in {url} is not a bucket: 3 to 63 lower-case letters, digits, `-` and `.`",
                reason="BAD_STORE_URL",
            )
        # minio and urllib3 are not needed by the embedded store and cost 0.1 s.
        from codekiln.core.store.s3 import S3Store

        query = parse_qs(parts.query)
        endpoint = query.get("endpoint", ["https://s3.amazonaws.com"])[0]
        if not endpoint.startswith(("http://", "https://")):
            raise InvalidArgument(
                f"`{endpoint}` in {url} is not an endpoint: write http:// or https://", reason="BAD_STORE_URL"
            )
        region = query.get("region", ["us-east-1"])[0]
        prefix = unquote(parts.path).strip("/")
        return MeteredStore(S3Store(parts.netloc, prefix, endpoint, region, credentials, url))
    raise InvalidArgument(
        f"`{url}` is not a store: write file:///folder or s3://bucket/prefix?endpoint=https://host:9000",
        reason="BAD_STORE_URL",
    )
