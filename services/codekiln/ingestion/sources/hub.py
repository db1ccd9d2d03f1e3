"""Datasets of a Hugging Face hub, read from it piece by piece by HTTP ranges, at one revision. Nothing is kept here.

The hub is what HF_ENDPOINT names and the token, for gated datasets, HF_TOKEN, as for Hugging Face's own tools. Their
client is not used: it keeps whole files in a cache.
"""

from __future__ import annotations

import io
import json
import os
import re
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPException

from codekiln.core.errors import CodekilnError, FailedPrecondition, NotFound, PermissionDenied, Unavailable
from codekiln.ingestion.sources.place import DataFile
from codekiln.ingestion.sources.ranged import RangedFile

_DEFAULT = "https://huggingface.co"
_AHEAD = 4 << 20
_SECONDS = 60.0
_LISTING_BYTES = 64 << 20


@dataclass(frozen=True)
class Snapshot:
    """A dataset at one commit."""

    commit: str
    files: list[DataFile]


class Hub:
    """One hub. Every method may raise Unavailable, PermissionDenied or NotFound."""

    def __init__(self, environment: Mapping[str, str] = os.environ) -> None:
        """Raises FailedPrecondition where HF_ENDPOINT is no address."""
        self._endpoint = environment.get("HF_ENDPOINT", "").rstrip("/") or _DEFAULT
        if not self._endpoint.startswith(("http://", "https://")):
            raise FailedPrecondition("HF_ENDPOINT must begin with http:// or https://", reason="HUB_UNUSABLE")
        self._token = environment.get("HF_TOKEN", "").strip()

    def snapshot(self, name: str, revision: str, suffixes: tuple[str, ...]) -> Snapshot:
        """The commit that `revision` (a branch, tag or commit; `main` when empty) is at, and the files that end so."""
        at = f"{urllib.parse.quote(name)}/revision/{urllib.parse.quote(revision or 'main', safe='')}"
        answer = self._get(f"/api/datasets/{at}?blobs=true", {}, _LISTING_BYTES)
        try:
            listing = json.loads(answer)
            commit = str(listing["sha"])
            entries = [(str(item["rfilename"]), int(item["size"]), str(item["blobId"])) for item in listing["siblings"]]
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise FailedPrecondition(
                f"{self._endpoint} does not answer as a hub does: check HF_ENDPOINT", reason="HUB_UNUSABLE"
            ) from error
        if not re.fullmatch(r"[0-9a-f]{40,64}", commit):
            raise FailedPrecondition(f"{self._endpoint} names no commit of {name}", reason="HUB_UNUSABLE")
        files = [self._file(name, commit, *entry) for entry in entries if entry[0].lower().endswith(suffixes)]
        return Snapshot(commit, sorted(files, key=lambda file: file.name))

    def _file(self, name: str, commit: str, path: str, size: int, blob: str) -> DataFile:
        url = f"/datasets/{urllib.parse.quote(name)}/resolve/{commit}/{urllib.parse.quote(path)}"
        return DataFile(
            path,
            size,
            blob,
            lambda: io.BufferedReader(RangedFile(lambda at, count: self.read_range(url, at, count), size), _AHEAD),
        )

    def read_range(self, url: str, start: int, length: int) -> bytes:
        """`length` bytes of a file from `start`."""
        data = self._get(url, {"Range": f"bytes={start}-{start + length - 1}"}, length)
        if len(data) != length:
            raise Unavailable(f"{self._endpoint} broke off in {url}", reason="HUB_UNREACHABLE")
        return data

    def _get(self, url: str, headers: dict[str, str], limit: int) -> bytes:
        request = urllib.request.Request(self._endpoint + url, headers=headers)
        if self._token:
            # Files come from elsewhere by a redirect, and the token must not go there.
            request.add_unredirected_header("Authorization", f"Bearer {self._token}")
        try:
            with urllib.request.urlopen(request, timeout=_SECONDS) as answer:
                if "Range" in headers and answer.status != 206:
                    raise FailedPrecondition(f"{self._endpoint} gives no parts of files", reason="HUB_UNUSABLE")
                return bytes(answer.read(limit + 1)[:limit])
        except urllib.error.HTTPError as error:
            with error:
                raise self._refused(error.code, url) from None
        except (OSError, HTTPException) as error:
            raise Unavailable(
                f"cannot reach {self._endpoint} ({getattr(error, 'reason', error)}): is HF_ENDPOINT right?",
                reason="HUB_UNREACHABLE",
            ) from error

    def _refused(self, status: int, url: str) -> CodekilnError:
        shown = f"{self._endpoint}{url.partition('?')[0]}"
        if status in (401, 403):
            # A hub says so of what does not exist, too.
            return PermissionDenied(
                f"{shown} is not given out: check the name, accept the dataset's terms and set HF_TOKEN",
                reason="HUB_REFUSED",
            )
        if status == 404:
            return NotFound(f"there is no {shown}: check name and revision", reason="SOURCE_NOT_FOUND")
        return Unavailable(f"{shown} answers with status {status}", reason="HUB_UNREACHABLE")
