"""What every object store does. Runs on `file://` and on a real S3 server."""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import urllib.request
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from codekiln.core.errors import AlreadyExists, Conflict, InvalidArgument, NotFound
from codekiln.core.store import ObjectStore

from .conftest import Opened

Keys = Callable[..., list[str]]

BAD_KEYS = [
    "", "/", "/a", "a/", "a//b", "a/./b", "a/../b", "..", ".", "a\0b", "a\nb", "a/\x7f", "\ud800", "é" * 600,
    "a" * 201, "/".join(["a" * 180] * 6), ".codekiln/lock",
]  # fmt: skip
GOOD_KEYS = ["a", "a b", "a+b%20?c#d&e=f", "ü/日本/😀", "a/.b", "..a", "a" * 200, "~", "'quoted'\""]


def test_what_is_put_is_read_back(store: ObjectStore) -> None:
    for data in (b"", b"x", bytes(range(256)) * 40):
        store.put("a/b", data)
        assert store.get("a/b") == data


def test_the_tag_of_a_write_is_the_tag_of_a_read(store: ObjectStore) -> None:
    put = store.put("a", b"1")
    assert store.get_with_etag("a") == (b"1", put)
    replaced = store.replace("a", b"2", put)
    assert store.get_with_etag("a") == (b"2", replaced)
    created = store.create("b", b"3")
    assert store.get_with_etag("b") == (b"3", created)


@pytest.mark.parametrize("key", GOOD_KEYS)
def test_any_printable_path_is_a_key(store: ObjectStore, keys: Keys, key: str) -> None:
    store.put(key, b"1")
    assert keys() == [key]
    assert store.get(key) == b"1"
    store.replace(key, b"2", store.get_with_etag(key)[1])
    with pytest.raises(AlreadyExists):
        store.create(key, b"3")
    store.delete(key)
    assert keys() == []


@pytest.mark.parametrize("key", BAD_KEYS)
def test_bad_keys_are_refused_by_every_method(store: ObjectStore, tmp_path: Path, key: str) -> None:
    (tmp_path / "file").write_bytes(b"1")
    calls: list[Callable[[], object]] = [
        lambda: store.get(key),
        lambda: store.get_with_etag(key),
        lambda: store.get_range(key, 0, 1),
        lambda: store.get_file(key, tmp_path / "out"),
        lambda: store.put(key, b"1"),
        lambda: store.put_file(key, tmp_path / "file"),
        lambda: store.create(key, b"1"),
        lambda: store.replace(key, b"1", "tag"),
        lambda: store.delete(key),
        lambda: store.uri(key),
        lambda: store.presign(key, 60),
    ]
    for call in calls:
        with pytest.raises(InvalidArgument) as caught:
            call()
        assert caught.value.reason == "BAD_KEY"


@pytest.mark.parametrize("prefix", ["../", "/", "a/../", "a//b", "\0"])
def test_bad_prefixes_are_refused(store: ObjectStore, prefix: str) -> None:
    with pytest.raises(InvalidArgument):
        list(store.list(prefix))


def test_what_is_not_there_is_not_found(store: ObjectStore, tmp_path: Path) -> None:
    store.put("folder/object", b"1")
    for key in ("nothing", "folder", "folder/object/below"):
        calls: list[Callable[[], object]] = [
            lambda key=key: store.get(key),
            lambda key=key: store.get_with_etag(key),
            lambda key=key: store.get_range(key, 0, 1),
            lambda key=key: store.get_file(key, tmp_path / "out"),
        ]
        for call in calls:
            with pytest.raises(NotFound) as caught:
                call()
            assert caught.value.reason == "OBJECT_NOT_FOUND"
    with pytest.raises(NotFound):
        store.replace("nothing", b"1", "0" * 32)


@pytest.mark.parametrize(
    ("start", "length", "expected"),
    [(0, 4, b"0123"), (3, 4, b"3456"), (8, 100, b"89"), (10, 5, b""), (99, 5, b""), (4, 0, b"")],
)
def test_a_range_ends_where_the_object_ends(store: ObjectStore, start: int, length: int, expected: bytes) -> None:
    store.put("a", b"0123456789")
    assert store.get_range("a", start, length) == expected


def test_lists_are_in_order_of_keys_and_follow_text_prefixes(store: ObjectStore, keys: Keys) -> None:
    for key in ("b/2", "a/10", "a/1", "a-x", "b/1/deep", "a/2", "c"):
        store.put(key, key.encode())
    assert keys() == ["a-x", "a/1", "a/10", "a/2", "b/1/deep", "b/2", "c"]
    assert keys("a/") == ["a/1", "a/10", "a/2"]
    assert keys("a/1") == ["a/1", "a/10"]
    assert keys("a") == ["a-x", "a/1", "a/10", "a/2"]
    assert keys("nothing/") == []
    assert [info.bytes for info in store.list("b/")] == [len("b/1/deep"), len("b/2")]


def test_a_list_of_more_than_a_page_is_complete(store: ObjectStore, keys: Keys) -> None:
    names = [f"many/{i:04d}" for i in range(1010)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda name: store.put(name, b""), names))
    assert keys("many/") == names


def test_a_deleted_object_is_gone_and_deleting_again_is_success(store: ObjectStore, keys: Keys) -> None:
    store.put("a/b", b"1")
    store.delete("a/b")
    store.delete("a/b")
    store.delete("a")
    store.delete("never/there")
    assert keys() == []
    assert store.create("a/b", b"2")


def test_create_never_overwrites(store: ObjectStore) -> None:
    store.create("a", b"first")
    with pytest.raises(AlreadyExists) as caught:
        store.create("a", b"second")
    assert caught.value.reason == "OBJECT_EXISTS"
    assert store.get("a") == b"first"


def test_replace_refuses_what_was_changed_or_deleted_meanwhile(store: ObjectStore) -> None:
    first = store.put("a", b"1")
    store.put("a", b"2")
    with pytest.raises(Conflict) as caught:
        store.replace("a", b"3", first)
    assert caught.value.reason == "OBJECT_CHANGED"
    assert store.get("a") == b"2"
    second = store.get_with_etag("a")[1]
    store.delete("a")
    with pytest.raises((Conflict, NotFound)):
        store.replace("a", b"3", second)
    with pytest.raises(NotFound):
        store.get("a")


def test_of_many_threads_that_create_exactly_one_wins(store: ObjectStore) -> None:
    def attempt(number: int) -> int | None:
        try:
            store.create("contested/key", str(number).encode())
        except AlreadyExists:
            return None
        return number

    with ThreadPoolExecutor(16) as pool:
        winners = [number for number in pool.map(attempt, range(48)) if number is not None]
    assert len(winners) == 1
    assert store.get("contested/key") == str(winners[0]).encode()


def test_of_many_threads_that_replace_one_version_exactly_one_wins(store: ObjectStore) -> None:
    tag = store.put("a", b"start")

    def attempt(number: int) -> int | None:
        try:
            store.replace("a", str(number).encode(), tag)
        except Conflict:
            return None
        return number

    with ThreadPoolExecutor(16) as pool:
        winners = [number for number in pool.map(attempt, range(48)) if number is not None]
    assert len(winners) == 1
    assert store.get("a") == str(winners[0]).encode()


def test_counters_of_many_processes_lose_nothing(opened: Opened, store: ObjectStore) -> None:
    store.put("counter", b"0")
    context = multiprocessing.get_context("spawn")
    with context.Pool(4) as pool:
        created = pool.map(_count_to_ten, [(opened, number) for number in range(4)])
    assert store.get("counter") == b"40"
    assert sum(created) == 1


def _count_to_ten(arguments: tuple[Opened, int]) -> bool:
    """Adds one ten times, and says whether this process created the object that all try to create."""
    opened, number = arguments
    store = opened.open()
    for _ in range(10):
        while True:
            value, tag = store.get_with_etag("counter")
            try:
                store.replace("counter", str(int(value) + 1).encode(), tag)
                break
            except Conflict:
                continue
    try:
        store.create("only-one", str(number).encode())
    except AlreadyExists:
        return False
    return True


def test_readers_see_all_of_a_write_or_none(store: ObjectStore) -> None:
    versions = [json.dumps([letter] * 30_000).encode() for letter in "ab"]
    store.put("a", versions[0])

    def write(_: int) -> None:
        for version in versions * 5:
            store.put("a", version)

    def read(_: int) -> set[bytes]:
        return {store.get("a") for _ in range(30)}

    with ThreadPoolExecutor(4) as pool:
        writers = [pool.submit(write, 0) for _ in range(2)]
        seen = set().union(*pool.map(read, range(2)))
        for writer in writers:
            writer.result()
    assert seen <= set(versions)


def test_a_large_file_comes_back_as_it_was(store: ObjectStore, tmp_path: Path, keys: Keys) -> None:
    source, target = tmp_path / "source", tmp_path / "target"
    block = hashlib.sha512(b"block").digest() * 16_384  # 1 MiB
    with source.open("wb") as file:
        for number in range(70):  # more than one part of a multipart upload
            file.write(number.to_bytes(4, "big") + block)
    store.put_file("large", source)
    assert [(info.key, info.bytes) for info in store.list("")] == [("large", source.stat().st_size)]
    store.get_file("large", target)
    assert _digest(target) == _digest(source)
    at = 69 * (4 + len(block))
    assert store.get_range("large", at, 4) == (69).to_bytes(4, "big")
    source.write_bytes(b"small")
    store.put_file("large", source)
    assert store.get("large") == b"small"


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def test_a_presigned_url_reads_the_object_without_keys(store: ObjectStore) -> None:
    store.put("a/b c", b"through a URL")
    with urllib.request.urlopen(store.presign("a/b c", 60)) as response:
        assert response.read() == b"through a URL"


def test_the_uri_says_where_a_person_finds_it(store: ObjectStore, opened: Opened) -> None:
    store.put("a/b", b"1")
    uri = store.uri("a/b")
    if opened.url.startswith("file:"):
        assert Path(uri).read_bytes() == b"1"
    else:
        assert uri.startswith("s3://") and uri.endswith("/some/prefix/a/b") and "?" not in uri


def test_stores_of_different_prefixes_do_not_see_each_other(opened: Opened, keys: Keys, store: ObjectStore) -> None:
    store.put("a", b"1")
    url, question, query = opened.url.partition("?")
    other = Opened(f"{url}-other{question}{query}", opened.credentials).open()
    other.probe()
    assert list(other.list("")) == []
    other.put("a", b"2")
    assert store.get("a") == b"1"


def test_a_probe_leaves_nothing_behind(opened: Opened) -> None:
    store = opened.open()
    store.probe()
    store.probe()
    assert list(store.list("")) == []
