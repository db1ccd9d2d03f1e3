"""Any S3, through the minio client.

The client's released version has no conditional PUT, and passing the header as metadata silently overwrites; a
presigned PUT that carries `If-None-Match` or `If-Match` is public API and works (docs/decisions/0003-conditional-writes.md).
"""

from __future__ import annotations

import contextlib
import io
import secrets
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
from codekiln.core.store.keys import check_key

_DENIED = {"AccessDenied", "InvalidAccessKeyId", "SignatureDoesNotMatch", "AuthorizationHeaderMalformed", "Forbidden"}
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
_FULL = {"XMinioStorageFull", "QuotaExceeded", "InsufficientStorage"}


class S3Store:
    """Objects below `s3://bucket/prefix`."""

    def __init__(
        self, bucket: str, prefix: str, endpoint: str, region: str, credentials: Credentials | None, url: str
    ) -> None:
        self.url = url
        self._bucket, self._prefix, self._endpoint = bucket, f"{prefix}/" if prefix else "", endpoint
        # One retry layer only: urllib3's. Conditional writes are never retried here, their outcome would be ambiguous.
        self._http = urllib3.PoolManager(
            timeout=urllib3.Timeout(connect=3.0, read=60.0),
            retries=urllib3.Retry(total=3, backoff_factor=0.2, status_forcelist=[500, 502, 503, 504]),
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
        status, etag = self._conditional_put(key, data, {"If-None-Match": "*"})
        if status == 412:
            raise AlreadyExists(f"`{key}` exists", reason="OBJECT_EXISTS", key=key)
        return etag

    def replace(self, key: str, data: bytes, etag: str) -> str:
        status, new = self._conditional_put(key, data, {"If-Match": f'"{etag}"'})
        if status == 412:
            raise Conflict(f"`{key}` was changed by somebody else", reason="OBJECT_CHANGED", key=key)
        return new

    def list(self, prefix: str) -> Iterator[ObjectInfo]:
        with self._errors(prefix):
            for item in self._client.list_objects(self._bucket, prefix=self._prefix + prefix, recursive=True):
                yield ObjectInfo(item.object_name.removeprefix(self._prefix), item.size or 0)

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
        key = f"probe/{secrets.token_hex(8)}"
        self.put(key, b"1")
        try:
            for headers in ({"If-None-Match": "*"}, {"If-Match": '"00000000000000000000000000000000"'}):
                status, _ = self._conditional_put(key, b"2", headers)
                if status != 412:
                    raise FailedPrecondition(
                        f"the store at {self._endpoint} ignores {next(iter(headers))} on PUT, so records could be lost: "
                        "use one that honours conditional writes (MinIO, Versity, SeaweedFS >= 4.17, AWS)",
                        reason="STORE_WITHOUT_CONDITIONS",
                        store=self.url,
                    )
        finally:
            self.delete(key)

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
        if response.status == 404:
            raise NotFound(f"there is no `{key}` in {self.url}", reason="OBJECT_NOT_FOUND", key=key)
        if response.status == 409:
            raise Conflict(f"`{key}` is being written by somebody else", reason="OBJECT_CHANGED", key=key)
        if response.status in (401, 403):
            raise self._denied(f"status {response.status}")
        if response.status == 507:
            raise ResourceExhausted(f"the store at {self._endpoint} is full", reason="STORE_FULL")
        raise self._unreachable(f"status {response.status} to PUT")

    def _key(self, key: str) -> str:
        return self._prefix + check_key(key)

    @contextlib.contextmanager
    def _errors(self, key: str) -> Iterator[None]:
        try:
            yield
        except S3Error as error:
            raise self._translated(error, key) from error
        except (urllib3.exceptions.HTTPError, InvalidResponseError) as error:
            raise self._unreachable(str(error)[:200]) from error

    def _translated(self, error: S3Error, key: str) -> CodekilnError:
        code = error.code or ""
        if code in _MISSING:
            return NotFound(f"there is no `{key}` in {self.url}", reason="OBJECT_NOT_FOUND", key=key)
        if code == "NoSuchBucket":
            return FailedPrecondition(
                f"bucket `{self._bucket}` does not exist at {self._endpoint}: create it", reason="BUCKET_NOT_FOUND"
            )
        if code in _DENIED:
            return self._denied(code)
        if code in _FULL:
            return ResourceExhausted(f"the store at {self._endpoint} is full", reason="STORE_FULL")
        if code in _BUSY:
            return self._unreachable(code)
        return FailedPrecondition(
            f"the store at {self._endpoint} answers {code}: {error.message}", reason="STORE_ERROR", s3_code=code
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
