"""What a store says when it cannot do its work: unreachable, refused, without conditions, full, not a store."""

from __future__ import annotations

import contextlib
import json
import os
import resource
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from codekiln.core.errors import CodekilnError, FailedPrecondition, InvalidArgument, ResourceExhausted, Unavailable
from codekiln.core.settings import Credentials
from codekiln.core.store import open_store
from tests.s3 import S3Server, free_port

KEYS = Credentials("AKIAEXAMPLE", "very-secret")


def test_an_unreachable_endpoint_is_one_sentence() -> None:
    endpoint = f"http://127.0.0.1:{free_port()}"
    store = open_store(f"s3://bucket/?endpoint={endpoint}", KEYS)
    calls = (
        store.probe,
        lambda: store.get("a"),
        lambda: store.put("a", b"1"),
        lambda: store.create("a", b"1"),
        lambda: list(store.list("a")),
        lambda: store.delete("a"),
    )
    for call in calls:
        with pytest.raises(Unavailable) as caught:
            call()
        assert caught.value.reason == "STORE_UNREACHABLE"
        assert caught.value.message == (
            f"the store at {endpoint} does not answer (connection refused): check CODEKILN_STORE and that it runs"
        )


def test_an_unknown_host_is_named() -> None:
    with pytest.raises(Unavailable, match="its host name is not known"):
        open_store("s3://bucket/?endpoint=http://store.invalid:9000", KEYS).probe()


@pytest.mark.s3
@pytest.mark.parametrize("wrong", ["secret key", "access key", "no keys"])
def test_wrong_keys_are_told_from_an_absent_store(s3: S3Server, wrong: str) -> None:
    keys = {
        "secret key": Credentials(s3.credentials.access_key, "wrong"),
        "access key": Credentials("nobody", s3.credentials.secret_key),
        "no keys": None,
    }[wrong]
    url = s3.url()
    open_store(url, s3.credentials).probe()
    store = open_store(url, keys)
    for call in (store.probe, lambda: store.create("a", b"1"), lambda: store.put("a", b"1")):
        with pytest.raises(FailedPrecondition) as caught:
            call()
        assert caught.value.reason == "STORE_ACCESS_DENIED"
        assert "CODEKILN_STORE_SECRET_KEY_FILE" in caught.value.message


@pytest.mark.s3
def test_a_bucket_that_is_missing_is_named_and_the_probe_makes_it(s3: S3Server) -> None:
    url = s3.url("not-made-yet")
    store = open_store(url, s3.credentials)
    for call in (lambda: store.get("a"), lambda: store.create("a", b"1"), lambda: list(store.list(""))):
        with pytest.raises(FailedPrecondition) as caught:
            call()
        assert caught.value.reason == "BUCKET_NOT_FOUND"
    store.probe()
    store.create("a", b"1")


class CarelessStore(BaseHTTPRequestHandler):
    """An S3 server that takes any keys and ignores every condition, as some do."""

    protocol_version = "HTTP/1.1"
    objects: dict[str, bytes]
    heeds: tuple[str, ...]

    def do_HEAD(self) -> None:
        self._answer(200)

    def do_PUT(self) -> None:
        path, body = urlsplit(self.path).path, self.rfile.read(int(self.headers["Content-Length"]))
        for header in self.heeds:
            given = self.headers.get(header)
            if given is not None and (given == "*") == (path in self.objects):
                return self._answer(412)
        self.objects[path] = body
        self._answer(200)

    def do_GET(self) -> None:
        body = self.objects.get(urlsplit(self.path).path)
        self._answer(404 if body is None else 200, body or b"<Error><Code>NoSuchKey</Code></Error>")

    def do_DELETE(self) -> None:
        self.objects.pop(urlsplit(self.path).path, None)
        self._answer(204)

    def _answer(self, status: int, body: bytes = b"") -> None:
        self.send_response(status)
        self.send_header("ETag", '"00000000000000000000000000000000"')
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@contextlib.contextmanager
def served(handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    """The endpoint of a server of this process."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.mark.parametrize("heeds", [(), ("If-None-Match",)])
def test_a_store_that_ignores_conditions_is_refused(heeds: tuple[str, ...]) -> None:
    objects: dict[str, bytes] = {}
    handler = type("Handler", (CarelessStore,), {"objects": objects, "heeds": heeds})
    with served(handler) as endpoint, pytest.raises(FailedPrecondition) as caught:
        open_store(f"s3://bucket/?endpoint={endpoint}", KEYS).probe()
    assert caught.value.reason == "STORE_WITHOUT_CONDITIONS"
    assert ("If-Match" if heeds else "If-None-Match") in caught.value.message
    assert objects == {}, "the probe cleans up after itself"


@pytest.mark.parametrize("status", [500, 503, 507, 418])
def test_whatever_a_server_answers_is_one_of_our_errors(status: int) -> None:
    class Broken(CarelessStore):
        def do_GET(self) -> None:
            self._answer(status, b"<html>not XML of S3")

        do_PUT = do_GET

    with served(Broken) as endpoint:
        store = open_store(f"s3://bucket/?endpoint={endpoint}", KEYS)
        for call in (lambda: store.get("a"), lambda: store.create("a", b"1")):
            with pytest.raises(CodekilnError) as caught:
                call()
            shown = f"{caught.value.message} {caught.value.metadata}"
            assert KEYS.access_key not in shown and "X-Amz" not in shown


SPACE = 4 << 20
FILL = """
import json, sys
from pathlib import Path
from codekiln.core.errors import ResourceExhausted
from codekiln.core.store import open_store
store = open_store(sys.argv[1])
store.put("record", b"as it was")
tag = store.get_with_etag("record")[1]
big = bytes(8 << 20)
source = Path(sys.argv[2])
said = []
calls = (
    lambda: store.put("record", big),
    lambda: store.create("new", big),
    lambda: store.replace("record", big, tag),
    lambda: store.put_file("file", source),
)
for call in calls:
    try:
        call()
    except ResourceExhausted as error:
        said.append([error.reason, error.message])
print(json.dumps({"said": said, "record": store.get("record").decode(), "keys": [i.key for i in store.list("")]}))
"""


def test_a_full_disk_is_told_and_leaves_nothing_half(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.write_bytes(bytes(8 << 20))
    root = tmp_path / "store"
    root.mkdir()
    with _small_disk(root) as limit:
        done = subprocess.run(
            [sys.executable, "-c", FILL, root.as_uri(), str(source)],
            capture_output=True, text=True, preexec_fn=limit, env={**os.environ, "PYTHONPATH": "services"},
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        told = json.loads(done.stdout)
        assert told["said"] == [["STORE_FULL", f"no space left for the store in {root}: free some and run again"]] * 4
        assert told["record"] == "as it was" and told["keys"] == ["record"]
        assert not list((root / ".codekiln").glob("tmp*")), "temporary files are removed"
        open_store(root.as_uri()).delete("record")


@contextlib.contextmanager
def _small_disk(folder: Path) -> Iterator[object]:
    """A file system of 4 MB at `folder` where we may mount one; else a limit on the size of files in the child."""
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={SPACE}", "tmpfs", str(folder)], capture_output=True
    ).returncode
    if mounted != 0:
        yield lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (SPACE, SPACE))
        return
    try:
        yield None
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(FailedPrecondition) as caught:
        open_store((tmp_path / "file" / "store").as_uri()).probe()
    assert caught.value.reason == "STORE_NOT_WRITABLE"
    assert str(tmp_path / "file" / "store") in caught.value.message and "CODEKILN_STORE" in caught.value.message


def test_an_object_whose_key_is_the_path_of_another_is_refused(tmp_path: Path) -> None:
    store = open_store(tmp_path.as_uri())
    store.put("a/b", b"1")
    for key in ("a", "a/b/c"):
        with pytest.raises(FailedPrecondition) as caught:
            store.put(key, b"2")
        assert caught.value.reason == "KEYS_COLLIDE"
    assert [info.key for info in store.list("")] == ["a/b"]


def test_what_killed_writers_left_is_swept_when_it_is_old(tmp_path: Path) -> None:
    store = open_store(tmp_path.as_uri())
    store.probe()
    old, new = tmp_path / ".codekiln" / "tmpold", tmp_path / ".codekiln" / "tmpnew"
    for path in (old, new):
        path.write_bytes(b"half")
    os.utime(old, (0, 0))
    store.probe()
    assert not old.exists() and new.exists()


@pytest.mark.parametrize(
    "url",
    [
        "", "nothing", "/a/path", "file:", "file://host/path", "http://host/bucket", "s3:///prefix", "s3://UPPER/p",
        "s3://bucket/p?endpoint=host:9000", "s3://b/p",
    ],
)  # fmt: skip
def test_what_is_not_a_store_is_refused_with_the_form_to_write(url: str) -> None:
    with pytest.raises(InvalidArgument) as caught:
        open_store(url)
    assert caught.value.reason == "BAD_STORE_URL"


def test_a_store_that_fills_up_is_not_to_be_tried_again() -> None:
    assert not issubclass(ResourceExhausted, Unavailable)
