"""Names: they move by compare-and-swap, keep their history, and stand for what people write."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codekiln.core.artifacts import Draft, Key, Ref
from codekiln.core.errors import CodekilnError, DataLoss, InvalidArgument, NotFound
from codekiln.core.names import check_name, list_names, read_name, resolve, set_name
from codekiln.core.store import ObjectStore, open_store


@pytest.fixture
def store(tmp_path: Path) -> ObjectStore:
    return open_store((tmp_path / "store").as_uri())


def publish(store: ObjectStore, number: int = 0, kind: str = "model") -> Ref:
    return Draft(store, Key(kind, 1, {"number": number})).publish().ref


def test_a_name_stands_for_where_it_points_and_remembers_where_it_pointed(store: ObjectStore) -> None:
    first, second = publish(store, 1), publish(store, 2)
    assert read_name(store, "demo/model") == []
    assert set_name(store, "demo/model", first) == [first]
    assert set_name(store, "demo/model", second) == [second, first]
    assert set_name(store, "demo/model", second) == [second, first], "setting what is set changes nothing"
    assert set_name(store, "demo/model", first) == [first, second, first], "a rollback is a move like any other"
    assert resolve(store, "demo/model") == first
    set_name(store, "prod", second)
    assert list_names(store) == {"demo/model": first, "prod": second}


def test_moves_at_once_lose_none(store: ObjectStore) -> None:
    refs = [publish(store, number) for number in range(12)]
    with ThreadPoolExecutor(12) as pool:
        list(pool.map(lambda ref: set_name(store, "prod", ref), refs))
    assert sorted(read_name(store, "prod")) == sorted(refs)


def test_a_name_cannot_point_to_nothing(store: ObjectStore) -> None:
    with pytest.raises(NotFound):
        set_name(store, "prod", Ref("model", "0" * 32))
    assert read_name(store, "prod") == []


def test_a_reference_and_a_unique_prefix_stand_for_the_artifact(store: ObjectStore) -> None:
    ref = publish(store)
    assert resolve(store, str(ref)) == ref
    assert resolve(store, f"model:{ref.digest[:6]}") == ref


def test_what_stands_for_nothing_is_told(store: ObjectStore) -> None:
    publish(store)
    for text, error, reason in [
        ("nothing", NotFound, "NAME_NOT_FOUND"),
        (f"model:{'0' * 32}", NotFound, "ARTIFACT_NOT_FOUND"),
        ("model:000000", NotFound, "ARTIFACT_NOT_FOUND"),
        ("model:0000", InvalidArgument, "BAD_REFERENCE"),
        ("movie:000000", InvalidArgument, "BAD_REFERENCE"),
        ("../model", InvalidArgument, "BAD_NAME"),
        ("", InvalidArgument, "BAD_NAME"),
        ("a" * 64, InvalidArgument, "BAD_NAME"),
    ]:
        with pytest.raises(error) as caught:
            resolve(store, text)
        assert caught.value.reason == reason, text


def test_a_prefix_of_several_asks_for_more_digits(store: ObjectStore) -> None:
    for digest in ("abcdef0" + "0" * 25, "abcdef1" + "0" * 25):
        store.put(f"artifacts/model/{digest}/manifest.json", b"{}")
    with pytest.raises(InvalidArgument, match="2 artifacts begin with `model:abcdef`: write more digits"):
        resolve(store, "model:abcdef")


@pytest.mark.parametrize("data", [b"", b"[]", b"{}", b'{"moves": [{"ref": "x"}]}', b'{"moves": 5}'])
def test_a_damaged_record_is_data_loss(store: ObjectStore, data: bytes) -> None:
    ref = publish(store)
    store.put("names/prod.json", data)
    for call in (lambda: resolve(store, "prod"), lambda: set_name(store, "prod", ref), lambda: list_names(store)):
        with pytest.raises(DataLoss) as caught:
            call()
        assert caught.value.reason == "NAME_UNREADABLE"


@given(st.text(max_size=80))
def test_any_text_is_a_name_or_is_refused(text: str) -> None:
    try:
        assert check_name(text) == text
    except CodekilnError as error:
        assert error.reason == "BAD_NAME"
    else:
        assert ".." not in text.split("/") and not text.startswith("/")
