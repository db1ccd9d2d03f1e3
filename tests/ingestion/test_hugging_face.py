from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from codekiln.core.errors import CodekilnError, FailedPrecondition, NotFound
from codekiln.core.settings import Settings
from codekiln.ingestion.sources.hugging_face import HuggingFaceSource
from codekiln.ingestion.sources.source import Cursor, Share, Skipped, SourceFile
from codekiln.ingestion.spec import HuggingFaceDataset

from .material import ALL

FUZZ = settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))


def table(*names: str, **more: list[Any]) -> pa.Table:
    return pa.table({"content": [f"{name}\n" for name in names], "path": [f"{name}.py" for name in names], **more})


def arrow(path: Path, data: pa.Table, rows: int = 2, streaming: bool = True) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    make = pa.ipc.new_stream if streaming else pa.ipc.new_file
    with pa.OSFile(str(path), "wb") as sink, make(sink, data.schema) as writer:
        writer.write_table(data, max_chunksize=rows)
    return path


def saved(folder: Path, *tables: pa.Table) -> Path:
    """As Dataset.save_to_disk leaves it."""
    names = [f"data-{i:05}-of-{len(tables):05}.arrow" for i in range(len(tables))]
    for name, data in zip(names, tables, strict=True):
        arrow(folder / name, data)
    (folder / "state.json").write_text(
        json.dumps({"_data_files": [{"filename": name} for name in names], "_split": None})
    )
    (folder / "dataset_info.json").write_text("{}")
    return folder


def source(path: Path, *splits: str) -> HuggingFaceSource:
    return HuggingFaceSource(HuggingFaceDataset(str(path), splits), Settings())


def items(path: Path, *splits: str, start: int = 0, limit: int | None = None) -> list[SourceFile | Skipped]:
    repositories = source(path, *splits).repositories()
    return [i for r in repositories for i in r.files(ALL, Share(limit), Cursor(start))]


def paths(path: Path, *splits: str) -> list[str]:
    return [item.path for item in items(path, *splits) if isinstance(item, SourceFile)]


def test_a_saved_dataset_gives_its_rows_in_order(tmp_path: Path) -> None:
    folder = saved(tmp_path / "set", table("a", "b", "c"), table("d", star_events_count=[5]))
    found = items(folder)
    assert paths(folder) == ["a.py", "b.py", "c.py", "d.py"]
    assert isinstance(found[3], SourceFile)
    assert (found[3].stars, found[3].source) == (5, "hugging_face data-00001-of-00002.arrow")
    assert source(folder).remarks()["missing_columns"]["stars"] == 1


def test_a_saved_dict_of_splits_gives_all_or_some(tmp_path: Path) -> None:
    for split in ("train", "test"):
        saved(tmp_path / split, table(split))
    (tmp_path / "dataset_dict.json").write_text('{"splits": ["train", "test"]}')
    assert paths(tmp_path) == ["test.py", "train.py"]
    assert paths(tmp_path, "train") == ["train.py"]
    assert source(tmp_path, "train").fingerprint(ALL) != source(tmp_path).fingerprint(ALL)
    with pytest.raises(NotFound, match="has no split `dev`, only test, train") as caught:
        items(tmp_path, "dev")
    assert caught.value.reason == "SPLIT_NOT_FOUND"


def test_a_snapshot_of_a_hub_gives_the_data_files_that_its_links_name(tmp_path: Path) -> None:
    blobs, snapshot = tmp_path / "blobs", tmp_path / "snapshots" / "c0ffee"
    (snapshot / "data").mkdir(parents=True)
    blobs.mkdir()
    pq.write_table(table("a"), blobs / "1")
    (blobs / "2").write_text(json.dumps({"content": "b\n", "path": "b.py"}))
    (blobs / "3").write_text("# a dataset")
    for name, blob in (("data/train-00000-of-00001.parquet", 1), ("data/test.jsonl", 2), ("README.md", 3)):
        (snapshot / name).symlink_to(blobs / str(blob))
    assert paths(snapshot) == ["b.py", "a.py"]
    assert paths(snapshot, "train") == ["a.py"]
    (snapshot / "data" / "evil.jsonl").symlink_to("/etc/passwd")
    with pytest.raises(FailedPrecondition, match="is a link out of") as caught:
        items(snapshot)
    assert caught.value.reason == "LINK_OUTSIDE"


@pytest.mark.parametrize("streaming", [True, False])
@pytest.mark.parametrize("limit", [None, 25])
def test_a_stream_goes_on_from_any_file(tmp_path: Path, streaming: bool, limit: int | None) -> None:
    path = arrow(tmp_path / "a.arrow", table(*[f"{i:02}" for i in range(20)]), rows=3, streaming=streaming)
    everything = items(path, limit=limit)
    assert len(everything) == 20
    taken = 0
    for start, item in enumerate(everything):
        if isinstance(item, SourceFile):
            (rows,) = source(path).repositories()
            assert list(rows.files(ALL, Share(limit), Cursor(start, taken))) == everything[start:]
            taken += len(item.content)


def test_a_dataset_that_is_not_whole_is_named(tmp_path: Path) -> None:
    folder = saved(tmp_path / "set", table("a"), table("b"))
    (folder / "data-00001-of-00002.arrow").unlink()
    with pytest.raises(FailedPrecondition, match=r"names 'data-00001-of-00002\.arrow', which is not there") as caught:
        items(folder)
    assert caught.value.reason == "DATASET_INCOMPLETE"
    (folder / "state.json").write_text("[")
    with pytest.raises(FailedPrecondition) as broken:
        items(folder)
    assert broken.value.reason == "DATASET_UNREADABLE"
    with pytest.raises(NotFound):
        items(tmp_path / "nothing")


def test_offsets_that_lie_and_files_that_are_cut_are_one_sentence(tmp_path: Path) -> None:
    path = arrow(tmp_path / "a.arrow", table("a" * 500, "b" * 500))
    whole = path.read_bytes()
    at = whole.find((501).to_bytes(4, "little"))
    path.write_bytes(whole[:at] + (1 << 30).to_bytes(4, "little") + whole[at + 4 :])
    for content in (path.read_bytes(), whole[: len(whole) // 2], b"", b"no arrow", b"ARROW1\0\0"):
        path.write_bytes(content)
        with pytest.raises(FailedPrecondition) as caught:
            items(path)
        assert caught.value.reason == "ARROW_UNREADABLE"


@FUZZ
@given(data=st.data())
def test_flipped_bits_are_items_or_an_error_of_ours(tmp_path: Path, data: st.DataObject) -> None:
    nested = pa.table({"repo_path": ["a/b"], "files": [[{"file_path": "a.py", "content": "x"}]]})
    kind = data.draw(st.sampled_from([table("a", "b", lang=["Python", None]), nested]))
    path = arrow(tmp_path / "f.arrow", kind, streaming=data.draw(st.booleans()))
    content = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    path.write_bytes(content[: data.draw(st.integers(0, len(content)))] if data.draw(st.booleans()) else content)
    try:
        found = Counter(type(item).__name__ for item in items(path))
        assert set(found) <= {"SourceFile", "Skipped"}
    except CodekilnError as error:
        assert error.reason in ("ARROW_UNREADABLE", "COLUMN_MISSING", "COLUMN_NAMES", "COLUMN_TYPE")


@pytest.mark.parametrize(
    ("name", "split"),
    [
        ("data/train-00000-of-00002.arrow", "train"),
        ("python/validation-00001-of-00002.arrow", "validation"),
        ("mine-00000-of-00001.arrow", "mine"),
        ("data/dev/x.arrow", "validation"),
        ("data/python/test.arrow", "test"),
        ("my_train.arrow", "train"),
        ("trainer/0.arrow", "train"),
        ("0.arrow", "train"),
        ("data-00000-of-00001.arrow", "train"),
        ("unseen/data-00000-of-00001.arrow", "unseen"),
    ],
)
def test_splits_are_told_as_hugging_faces_library_does(tmp_path: Path, name: str, split: str) -> None:
    arrow(tmp_path / name, table("a"))
    assert paths(tmp_path, split) == ["a.py"]
    with pytest.raises(NotFound, match=f"no split `other`, only {split}"):
        source(tmp_path, "other")
