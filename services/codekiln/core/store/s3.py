"""Any S3, through the minio client.

The client's released version has no conditional PUT, and passing the header as metadata silently overwrites; a
presigned PUT that carries `If-None-Match` or `If-Match` is public API and works
(docs/decisions/0003-conditional-writes.md).
"""

from __future__ import annotations

import contextlib
import io
import re
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import urllib3
from minio import Minio
from minio.error import InvalidResponseError, S3Error

from codekiln.core.errors import (
    AlreadyExists,
    CodekilnError,
    Conflict,
    FailedPrecondition,
    NotFound,
    ResourceExhausted,
    Unavailable,
)
from codekiln.core.settings import Credentials
from codekiln.core.store.interface import ObjectInfo
from codekiln.core.store.keys import check_key, check_prefix
from codekiln.core.store.probing import check_conditions

_DENIED = {
    "AccessDenied",
    "AuthorizationHeaderMalformed",
    "Forbidden",
    "InvalidAccessKeyId",
    "SignatureDoesNotMatch",
    "XAdminUserNotFound",  # the Versity gateway's word for an unknown access key
}
_MISSING = {"NoSuchKey", "ResourceNotFound", "NotFound"}
_BUSY = {
    "SlowDown",
    "SlowDownRead",
    "SlowDownWrite",
    "InternalError",
    "ServiceUnavailable",
    "RequestTimeout",
    "ServerBusy",
}
_CONTENDED = {"ConditionalRequestConflict", "OperationAborted"}
_FULL = {"XMinioStorageFull", "QuotaExceeded", "InsufficientStorage"}
_CODE = re.compile(rb"<Code>([A-Za-z]+)</Code>")
_CONNECT_SECONDS = 3.0
_CONFLICTS = 8
"""How often a create is tried again that the store could not order among others (status 409)."""


class S3Store:
    """Objects below `s3://bucket/prefix`."""

    def __init__(
        self, bucket: str, prefix: str, endpoint: str, region: str, credentials: Credentials | None, url: str
    ) -> None:
        self.url = url
        self._bucket, self._prefix, self._endpoint = bucket, f"{prefix}/" if prefix else "", endpoint
        # One retry layer only: urllib3's. Conditional writes are never retried here, their outcome would be ambiguous.
        self._http = urllib3.PoolManager(
            timeout=urllib3.Timeout(connect=_CONNECT_SECONDS, read=60.0),
            retries=urllib3.Retry(total=3, connect=1, backoff_factor=0.2, status_forcelist=[500, 502, 503, 504]),
            maxsize=16,
        )
        secure, _, host = endpoint.partition("://")
        self._client = Minio(
            host.rstrip("/"),
            access_key=credentials.access_key if credentials else None,
            secret_key=credentials.secret_key if credentials else None,
            secure=secure == "https",
            region=region,
            http_client=self._http,
        )

    def get(self, key: str) -> bytes:
        return self.get_with_etag(key)[0]

    def get_with_etag(self, key: str) -> tuple[bytes, str]:
        with self._errors(key):
            response = self._client.get_object(self._bucket, self._key(key))
            with _closing(response):
                return response.read(), response.headers["ETag"].strip('"')

    def get_range(self, key: str, start: int, length: int) -> bytes:
        if length <= 0:
            return b""
        try:
            with self._errors(key):
                response = self._client.get_object(self._bucket, self._key(key), offset=start, length=length)
                with _closing(response):
                    return bytes(response.read())
        except CodekilnError as error:
            if error.metadata.get("s3_code") == "InvalidRange":
                return b""
            raise

    def put(self, key: str, data: bytes) -> str:
        with self._errors(key):
            return self._client.put_object(self._bucket, self._key(key), io.BytesIO(data), len(data)).etag or ""

    def put_file(self, key: str, path: Path) -> None:
        with path.open("rb") as file, self._errors(key):
            self._client.put_object(self._bucket, self._key(key), file, path.stat().st_size, part_size=64 << 20)

    def get_file(self, key: str, path: Path) -> None:
        with self._errors(key):
            response = self._client.get_object(self._bucket, self._key(key))
            with _closing(response), path.open("wb") as target:
                for chunk in response.stream(1 << 20):
                    target.write(chunk)

    def create(self, key: str, data: bytes) -> str:
        for attempt in range(_CONFLICTS):
            try:
                status, etag = self._conditional_put(key, data, {"If-None-Match": "*"})
            except Conflict:
                time.sleep(0.02 * 2**attempt)
                continue
            if status == 412:
                raise AlreadyExists(f"`{key}` exists", reason="OBJECT_EXISTS", key=key)
            return etag
        raise Unavailable(f"`{key}` is being written by too many at once: try again", reason="OBJECT_CONTENDED")

    def replace(self, key: str, data: bytes, etag: str) -> str:
        status, new = self._conditional_put(key, data, {"If-Match": f'"{etag}"'})
        if status == 412:
            raise Conflict(f"`{key}` was changed by somebody else", reason="OBJECT_CHANGED", key=key)
        return new

    def list(self, prefix: str) -> Iterator[ObjectInfo]:
        with self._errors(prefix):
            prefix = self._prefix + check_prefix(prefix)
            for item in self._client.list_objects(self._bucket, prefix=prefix, recursive=True):
                yield ObjectInfo(
                    item.object_name.removeprefix(self._prefix), item.size or 0, (item.etag or "").strip('"')
                )

    def delete(self, key: str) -> None:
        with contextlib.suppress(NotFound), self._errors(key):
            self._client.remove_object(self._bucket, self._key(key))

    def uri(self, key: str) -> str:
        return f"s3://{self._bucket}/{self._key(key)}"

    def presign(self, key: str, seconds: int) -> str:
        with self._errors(key):
            return self._client.presigned_get_object(self._bucket, self._key(key), timedelta(seconds=seconds))

    def probe(self) -> None:
        with self._errors(""):
            if not self._client.bucket_exists(self._bucket):
                self._make_bucket()
        check_conditions(self, self._endpoint)

    def _make_bucket(self) -> None:
        try:
            self._client.make_bucket(self._bucket)
        except S3Error as error:
            if error.code not in ("BucketAlreadyOwnedByYou", "BucketAlreadyExists"):
                raise

    def _conditional_put(self, key: str, data: bytes, headers: dict[str, str]) -> tuple[int, str]:
        with self._errors(key):
            url = self._client.get_presigned_url("PUT", self._bucket, self._key(key), expires=timedelta(minutes=5))
            response = self._http.request("PUT", url, body=data, headers=headers, retries=False)
        if response.status in (200, 204, 412):
            return response.status, response.headers.get("ETag", "").strip('"')
        found = _CODE.search(response.data or b"")
        raise self._refusal(response.status, found[1].decode() if found else "", f"status {response.status}", key)

    def _key(self, key: str) -> str:
        return self._prefix + check_key(key)

    @contextlib.contextmanager
    def _errors(self, key: str) -> Iterator[None]:
        try:
            yield
        except S3Error as error:
            status = error.response.status if error.response is not None else 0
            raise self._refusal(status, error.code or "", error.message or "", key) from error
        except InvalidResponseError as error:
            raise self._unreachable(f"status {error.args[0] if error.args else '?'}, not an S3 answer") from error
        except urllib3.exceptions.HTTPError as error:
            # Not the error's own words: they hold the URL, and a presigned one is as good as a key.
            raise self._unreachable(_cause(error)) from error

    def _refusal(self, status: int, code: str, words: str, key: str) -> CodekilnError:
        """Our error for an answer of the store that is not success, by its code, else by its status."""
        if code in _MISSING or (status == 404 and not code):
            return NotFound(f"there is no `{key}` in {self.url}", reason="OBJECT_NOT_FOUND", key=key)
        if code == "NoSuchBucket":
            return FailedPrecondition(
                f"bucket `{self._bucket}` does not exist at {self._endpoint}: check the name or create it",
                reason="BUCKET_NOT_FOUND",
            )
        if code in _CONTENDED or (status == 409 and not code):
            return Conflict(f"`{key}` is being written by somebody else", reason="OBJECT_CHANGED", key=key)
        if code in _DENIED or status in (401, 403):
            return self._denied(code or f"status {status}")
        if code in _FULL or status == 507:
            return ResourceExhausted(f"the store at {self._endpoint} is full", reason="STORE_FULL")
        if code in _BUSY or status >= 500 or not status:
            return self._unreachable(code or f"status {status}")
        return FailedPrecondition(
            f"the store at {self._endpoint} answers {code or status}: {words}", reason="STORE_ERROR", s3_code=code
        )

    def _denied(self, detail: str) -> FailedPrecondition:
        return FailedPrecondition(
            f"the store at {self._endpoint} refuses our keys ({detail}): check CODEKILN_STORE_ACCESS_KEY_FILE and "
            "CODEKILN_STORE_SECRET_KEY_FILE",
            reason="STORE_ACCESS_DENIED",
        )

    def _unreachable(self, detail: str) -> Unavailable:
        return Unavailable(
            f"the store at {self._endpoint} does not answer ({detail}): check CODEKILN_STORE and that it runs",
            reason="STORE_UNREACHABLE",
        )


@contextlib.contextmanager
def _closing(response: urllib3.BaseHTTPResponse) -> Iterator[None]:
    try:
        yield
    finally:
        response.close()
        response.release_conn()


def _cause(error: BaseException) -> str:
    """A few words for what went wrong below HTTP."""
    reason = error.reason if isinstance(error, urllib3.exceptions.MaxRetryError) and error.reason else error
    if isinstance(reason, urllib3.exceptions.NameResolutionError):
        return "its host name is not known"
    if isinstance(reason, urllib3.exceptions.SSLError):
        return "its TLS certificate is not accepted, or it does not speak TLS"
    below = reason.__cause__ or reason.__context__
    if isinstance(below, OSError) and below.strerror:
        return below.strerror.lower()
    if isinstance(reason, urllib3.exceptions.ConnectTimeoutError):
        return f"no connection within {_CONNECT_SECONDS:.0f} s"
    return type(reason).__name__
