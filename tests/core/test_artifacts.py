"""Artifacts: equal work has one identity, is published once, and is read as it was published or not at all."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codekiln.core.artifacts import (
    KINDS,
    Draft,
    Key,
    Manifest,
    Part,
    Ref,
    fetch_part,
    find,
    lineage,
    list_refs,
    manifest_key,
    open_artifact,
    read_part,
)
from codekiln.core.errors import DataLoss, InvalidArgument, NotFound
from codekiln.core.store import ObjectStore, open_store
from codekiln.v1 import artifact_pb2

KEY = Key("corpus", 1, {"seed": 0})
DIGESTS = st.text("0123456789abcdef", min_size=32, max_size=32)
REFS = st.builds(Ref, st.sampled_from(KINDS), DIGESTS)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
OBJECTS = st.dictionaries(st.text(), JSON, max_size=4)


@pytest.fixture
def store(tmp_path: Path) -> ObjectStore:
    return open_store((tmp_path / "store").as_uri())


def publish(store: ObjectStore, key: Key, content: bytes = b"content") -> Manifest:
    draft = Draft(store, key)
    draft.add_bytes("part", content)
    return draft.publish(summary={"bytes": len(content)}, licenses={"MIT": 2, "Apache-2.0": 1})


def test_nothing_exists_before_it_is_published(store: ObjectStore) -> None:
    draft = Draft(store, KEY)
    draft.add_bytes("a", b"1")
    draft.add_json("b.json", {"x": "ü"})
    assert find(store, KEY.ref) is None
    assert list(list_refs(store)) == []
    with pytest.raises(NotFound, match="codekiln artifacts"):
        open_artifact(store, KEY.ref)
    draft.publish()
    assert [part.name for part in open_artifact(store, KEY.ref).parts] == ["a", "b.json"]
    assert list(list_refs(store)) == [KEY.ref] == list(list_refs(store, "corpus"))
    assert list(list_refs(store, "model")) == []


def test_what_is_published_is_what_is_opened(store: ObjectStore) -> None:
    published = publish(store, Key("dataset", 3, {"a": 1.5}, (KEY.ref,)))
    assert open_artifact(store, published.ref) == published
    assert list(published.licenses) == ["Apache-2.0", "MIT"]
    assert published.inputs == (KEY.ref,) and published.code_version == 3


def test_of_many_attempts_at_once_one_is_published_and_all_get_it(store: ObjectStore) -> None:
    with ThreadPoolExecutor(16) as pool:
        manifests = list(pool.map(lambda i: publish(store, KEY, f"attempt {i}".encode()), range(24)))
    assert len({json.dumps(manifest.to_json()) for manifest in manifests}) == 1
    content = read_part(store, manifests[0].part("part"))
    assert content.startswith(b"attempt ")


def test_a_part_written_again_is_replaced(store: ObjectStore) -> None:
    draft = Draft(store, KEY)
    draft.add_bytes("a", b"first try, longer")
    draft.add_bytes("a", b"second")
    assert read_part(store, draft.publish().part("a")) == b"second"


def test_a_file_and_an_adopted_object_are_parts_like_any_other(store: ObjectStore, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"from a file")
    draft = Draft(store, KEY)
    part = draft.add_file("file", tmp_path / "file")
    draft.adopt(Part("adopted", part.key, part.bytes, part.sha256))
    manifest = draft.publish()
    assert read_part(store, manifest.part("file")) == read_part(store, manifest.part("adopted")) == b"from a file"
    assert [p.name for p in manifest.parts_under("ad")] == ["adopted"]


@pytest.mark.parametrize("damage", [b"", b"Content", b"content and more"])
def test_a_changed_part_is_data_loss(store: ObjectStore, tmp_path: Path, damage: bytes) -> None:
    part = publish(store, KEY).part("part")
    store.put(part.key, damage)
    target = tmp_path / "folder" / "part"
    for read in (lambda: read_part(store, part), lambda: fetch_part(store, part, target)):
        with pytest.raises(DataLoss, match="part `part` was changed after it was published") as caught:
            read()
        assert caught.value.reason == "PART_CHANGED"
    assert list(target.parent.iterdir()) == [], "nothing wrong is left where a reader could take it"


def test_a_missing_part_is_data_loss(store: ObjectStore, tmp_path: Path) -> None:
    manifest = publish(store, KEY)
    store.delete(manifest.part("part").key)
    for read in (
        lambda: read_part(store, manifest.part("part")),
        lambda: fetch_part(store, manifest.part("part"), tmp_path / "part"),
        lambda: manifest.part("other"),
    ):
        with pytest.raises(DataLoss) as caught:
            read()
        assert caught.value.reason == "PART_MISSING"


def test_a_fetched_part_is_kept_and_a_damaged_copy_fetched_again(store: ObjectStore, tmp_path: Path) -> None:
    part = publish(store, KEY).part("part")
    path = fetch_part(store, part, tmp_path / "part")
    before = path.stat().st_ino
    assert fetch_part(store, part, path).stat().st_ino == before
    path.write_bytes(b"damaged")
    assert fetch_part(store, part, path).read_bytes() == b"content"


def test_many_may_fetch_the_same_part_to_the_same_place(store: ObjectStore, tmp_path: Path) -> None:
    part = publish(store, KEY, b"x" * 300_000).part("part")
    with ThreadPoolExecutor(8) as pool:
        paths = list(pool.map(lambda _: fetch_part(store, part, tmp_path / "part"), range(16)))
    assert {path.read_bytes() for path in paths} == {b"x" * 300_000}
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["part"]


@pytest.mark.parametrize(
    "data",
    [b"", b"{", b"[]", b"null", b'{"ref": 5}', b'{"ref": "corpus:xyz"}', b'{"ref": "corpus:' + b"0" * 32 + b'"}'],
)
def test_a_damaged_manifest_is_data_loss(store: ObjectStore, data: bytes) -> None:
    store.put(manifest_key(KEY.ref), data)
    with pytest.raises(DataLoss) as caught:
        open_artifact(store, KEY.ref)
    assert caught.value.reason == "MANIFEST_UNREADABLE"
    assert str(KEY.ref) in caught.value.message


def test_a_manifest_in_the_wrong_place_is_data_loss(store: ObjectStore) -> None:
    manifest = publish(store, KEY)
    other = Ref("corpus", "0" * 32)
    store.put(manifest_key(other), json.dumps(manifest.to_json()).encode())
    with pytest.raises(DataLoss, match=f"says it is {KEY.ref}"):
        open_artifact(store, other)


def test_lineage_walks_to_the_sources_and_names_each_once(store: ObjectStore) -> None:
    corpus = publish(store, KEY)
    dataset = publish(store, Key("dataset", 1, {}, (corpus.ref,)))
    tokenizer = publish(store, Key("tokenizer", 1, {}, (dataset.ref,)))
    tokens = publish(store, Key("tokens", 1, {}, (dataset.ref, tokenizer.ref)))
    model = publish(store, Key("model", 1, {}, (tokens.ref,)))
    found = [manifest.ref.kind for manifest in lineage(store, model.ref)]
    assert found == ["model", "tokens", "dataset", "tokenizer", "corpus"]


@given(st.sampled_from(KINDS), st.integers(0, 99), OBJECTS, st.lists(REFS, max_size=3))
def test_equal_keys_have_equal_references_and_others_do_not(
    kind: str, version: int, parameters: dict[str, Any], inputs: list[Ref]
) -> None:
    key = Key(kind, version, parameters, tuple(inputs))
    shuffled = dict(reversed(parameters.items()))
    assert Key(kind, version, json.loads(json.dumps(shuffled)), tuple(inputs)).ref == key.ref
    assert Ref.parse(str(key.ref)) == key.ref
    assert Key(kind, version + 1, parameters, tuple(inputs)).ref != key.ref
    assert Key(kind, version, {**parameters, "new": 1}, tuple(inputs)).ref != key.ref or parameters.get("new") == 1
    assert Key(kind, version, parameters, (*inputs, Ref("corpus", "f" * 32))).ref != key.ref


PARTS = st.builds(Part, st.text(), st.text(), st.integers(0), DIGESTS)
MANIFESTS = st.builds(
    Manifest,
    ref=REFS,
    code_version=st.integers(0, 1000),
    parameters=OBJECTS,
    inputs=st.lists(REFS, max_size=3).map(tuple),
    parts=st.lists(PARTS, max_size=3).map(tuple),
    summary=OBJECTS,
    licenses=st.dictionaries(st.text(), st.integers(0), max_size=3),
    created=st.floats(0, 1e10),
)


@given(MANIFESTS)
def test_a_manifest_survives_its_json(manifest: Manifest) -> None:
    assert Manifest.from_json(json.loads(json.dumps(manifest.to_json()))) == manifest


@given(st.text())
def test_any_text_is_a_reference_or_an_error_that_says_how_to_write_one(text: str) -> None:
    try:
        assert str(Ref.parse(text)) == text
    except InvalidArgument as error:
        assert error.reason == "BAD_REFERENCE" and "kind:digest" in error.message


@given(REFS)
def test_a_reference_survives_the_wire(ref: Ref) -> None:
    message = artifact_pb2.ArtifactRef(kind=f"ARTIFACT_KIND_{ref.kind.upper()}", digest=ref.digest)
    assert Ref.from_message(message) == ref


@pytest.mark.parametrize("number", [0, 9, -1, 2**31 - 1])
def test_a_kind_that_is_not_known_is_refused(number: int) -> None:
    with pytest.raises(InvalidArgument):
        Ref.from_message(artifact_pb2.ArtifactRef(kind=number, digest="0" * 32))
