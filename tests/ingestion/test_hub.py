"""A hub of Hugging Face's kind, on this machine: its listing, its redirects to where files lie, and ranges of them."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from codekiln.core.errors import CodekilnError, FailedPrecondition, NotFound, PermissionDenied, Unavailable
from codekiln.core.jobs.worker import Context
from codekiln.core.settings import Settings
from codekiln.core.store import ObjectStore
from codekiln.ingestion.corpus import identify
from codekiln.ingestion.sources.hugging_face import HuggingFaceSource
from codekiln.ingestion.sources.source import Cursor, Share, Skipped, SourceFile
from codekiln.ingestion.spec import HuggingFaceDataset, IngestionSpec, Source

from .material import ALL, rows, run
from .test_resuming import COLUMNS, FILES, survives

COMMIT = "c0ffee" + "0" * 34


class Served(ThreadingHTTPServer):
    """Files of one dataset, a token that it asks for, and what came with each request."""

    def __init__(self, folder: Path) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.folder, self.commit, self.token, self.broken = folder, COMMIT, "", 0
        self.seen: list[tuple[str, str | None]] = []

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Handler(BaseHTTPRequestHandler):
    server: Served

    def log_message(self, *_: object) -> None:
        pass

    def do_GET(self) -> None:
        self.server.seen.append((self.path, self.headers["Authorization"]))
        on_hub = not self.path.startswith("/blobs/")
        if self.server.broken:
            return self._answer(self.server.broken)
        if on_hub and self.server.token and self.headers["Authorization"] != f"Bearer {self.server.token}":
            return self._answer(401)
        if self.path.startswith("/api/datasets/owner/name/revision/main") or (
            COMMIT in self.path and on_hub and "/api/" in self.path
        ):
            files = sorted(path for path in self.server.folder.rglob("*") if path.is_file())
            siblings = [
                {
                    "rfilename": path.relative_to(self.server.folder).as_posix(),
                    "size": path.stat().st_size,
                    "blobId": str(i),
                }
                for i, path in enumerate(files)
            ]
            return self._answer(200, json.dumps({"sha": self.server.commit, "siblings": siblings}).encode())
        prefix = f"/datasets/owner/name/resolve/{COMMIT}/"
        if self.path.startswith(prefix):
            # As large files are: from another host, where the token has no business.
            return self._answer(302, b"", f"{self.server.endpoint}/blobs/{self.path.removeprefix(prefix)}")
        path = self.server.folder / self.path.removeprefix("/blobs/")
        if on_hub or not path.is_file():
            return self._answer(404)
        start, _, end = self.headers["Range"].removeprefix("bytes=").partition("-")
        self._answer(206, path.read_bytes()[int(start) : int(end) + 1])

    def _answer(self, status: int, body: bytes = b"", location: str = "") -> None:
        self.send_response(status)
        if location:
            self.send_header("Location", location)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    folder = tmp_path / "hub"
    (folder / "data").mkdir(parents=True)
    pq.write_table(pa.table(COLUMNS), folder / "data" / "train-00000-of-00001.parquet", row_group_size=7)
    (folder / "data" / "test.jsonl").write_text(json.dumps({"path": "t.py", "content": "t\n"}))
    (folder / "README.md").write_text("# a dataset")
    with Served(folder) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        monkeypatch.setenv("HF_ENDPOINT", server.endpoint)
        monkeypatch.delenv("HF_TOKEN", raising=False)
        yield server
        server.shutdown()
        thread.join()


def items(*splits: str, name: str = "owner/name", revision: str = "") -> list[SourceFile | Skipped]:
    source = HuggingFaceSource(HuggingFaceDataset("", splits, name, revision), Settings())
    return [i for r in source.repositories() for i in r.files(ALL, Share(None), Cursor())]


def test_a_dataset_of_a_hub_is_read_in_pieces_at_one_commit(hub: Served, store: ObjectStore, context: Context) -> None:
    assert [i.path for i in items("test") if isinstance(i, SourceFile)] == ["t.py"]
    assert len(items()) == len(FILES) + 1
    spec = IngestionSpec((Source(hugging_face=HuggingFaceDataset(name="owner/name")),), shard_bytes=2048)
    key = identify(spec, context)
    assert key.parameters["sources"][0]["revision"] == COMMIT
    hub.seen.clear()
    manifest = run(spec, context)
    assert {row["source"] for row in rows(store, manifest)} == {
        "hugging_face data/test.jsonl", "hugging_face data/train-00000-of-00001.parquet",
    }  # fmt: skip
    assert all(COMMIT in path or path.startswith("/blobs/") for path, _ in hub.seen if "revision/main" not in path)


def test_a_killed_worker_goes_on_from_a_hub(hub: Served, store: ObjectStore, context: Context, tmp_path: Path) -> None:
    spec = IngestionSpec((Source(hugging_face=HuggingFaceDataset(name="owner/name")),), shard_bytes=2048)
    assert survives(spec, store, context, tmp_path) > 20


def test_the_token_goes_to_the_hub_and_no_further(hub: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    hub.token = "hf_secret"
    with pytest.raises(PermissionDenied, match="set HF_TOKEN") as caught:
        items()
    assert caught.value.reason == "HUB_REFUSED"
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    hub.seen.clear()
    assert len(items()) == len(FILES) + 1
    assert {token for path, token in hub.seen if path.startswith("/blobs/")} == {None}
    assert {token for path, token in hub.seen if not path.startswith("/blobs/")} == {"Bearer hf_secret"}


def test_what_a_hub_lacks_or_does_not_say_is_named(hub: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(kind: type[CodekilnError], **spec: str) -> str:
        with pytest.raises(kind) as caught:
            items(**spec)  # type: ignore[arg-type]
        return caught.value.reason

    assert refused(NotFound, name="owner/absent") == "SOURCE_NOT_FOUND"
    assert refused(NotFound, revision="no-such") == "SOURCE_NOT_FOUND"
    hub.commit = "../../etc"
    assert refused(FailedPrecondition) == "HUB_UNUSABLE"
    hub.broken = 503
    assert refused(Unavailable) == "HUB_UNREACHABLE"
    monkeypatch.setenv("HF_ENDPOINT", "file:///etc")
    assert refused(FailedPrecondition) == "HUB_UNUSABLE"
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:1")
    assert refused(Unavailable) == "HUB_UNREACHABLE"
