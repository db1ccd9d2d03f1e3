from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from codekiln.core.errors import FailedPrecondition, NotFound
from codekiln.ingestion.selection import Selection
from codekiln.ingestion.sources.parquet import ParquetSource
from codekiln.ingestion.sources.source import Cursor, Share, Skipped, SourceFile
from codekiln.ingestion.spec import ParquetFiles

from .material import ALL


def save(path: Path, columns: dict[str, Any], **options: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.table(columns), path, **options)
    return path


def items(
    path: Path, wanted: Selection = ALL, limit: int | None = None, start: Cursor | None = None
) -> list[SourceFile | Skipped]:
    repositories = ParquetSource(ParquetFiles(str(path))).repositories()
    return [item for r in repositories for item in r.files(wanted, Share(limit), start or Cursor())]


def files(path: Path, wanted: Selection = ALL) -> list[SourceFile]:
    return [item for item in items(path, wanted) if isinstance(item, SourceFile)]


def test_the_stack_v1_columns_are_understood(tmp_path: Path) -> None:
    path = save(
        tmp_path / "a.parquet",
        {
            "content": ["x = 1\n"],
            "max_stars_repo_path": ["src/a.py"],
            "max_stars_repo_name": ["owner/name"],
            "max_stars_repo_head_hexsha": ["c0ffee"],
            "max_stars_repo_licenses": [["MIT", "Apache-2.0"]],
            "lang": ["Python"],
            "size": [6],
        },
    )
    (file,) = files(path)
    assert (file.path, file.repository, file.revision, file.language) == ("src/a.py", "owner/name", "c0ffee", "Python")
    assert (file.licenses.ids, file.licenses.evidence, file.content) == (("Apache-2.0", "MIT"), "metadata", b"x = 1\n")


def test_the_stack_v2_columns_and_large_binary_and_dictionary_types_are_understood(tmp_path: Path) -> None:
    path = save(
        tmp_path / "a.parquet",
        {
            "content": pa.array([b"\xff\n", None, b"y"], pa.large_binary()),
            "path": pa.array(["a.agda", "b.py", ""], pa.large_string()),
            "language": pa.array(["Agda", "Python", "Python"]).dictionary_encode(),
            "detected_licenses": pa.array([None, None, None], pa.list_(pa.string())),
        },
    )
    found = items(path)
    assert isinstance(found[0], SourceFile)
    # A language that the file names is believed, known to us or not.
    assert (found[0].language, found[0].content, found[0].licenses.ids, found[0].repository) == (
        "Agda",
        b"\xff\n",
        (),
        "",
    )
    assert found[1:] == [Skipped("no_content"), Skipped("no_content")]


def test_text_that_is_not_utf8_passes_as_bytes(tmp_path: Path) -> None:
    bad = pa.array([b"x = '\xff'\n"], pa.binary()).cast(pa.string(), safe=False)
    (file,) = files(save(tmp_path / "a.parquet", {"content": bad, "path": ["a.py"]}))
    assert file.content == b"x = '\xff'\n"


def test_two_columns_are_enough_and_the_language_comes_from_the_path(tmp_path: Path) -> None:
    path = save(tmp_path / "a.parquet", {"content": ["a", "b", "c"], "path": ["a.py", "b.go", "c.unknown"]})
    assert [file.language for file in files(path)] == ["Python", "Go"]
    python = items(path, Selection(frozenset({"Python"}), 100))
    assert Counter(i.reason for i in python if isinstance(i, Skipped)) == {"other_language": 1, "unknown_language": 1}


def test_a_folder_gives_its_files_in_the_order_of_their_paths(tmp_path: Path) -> None:
    for name in ("b/2.parquet", "a/1.parquet", "c.parquet"):
        save(tmp_path / name, {"content": [name], "path": ["x.py"]})
    (tmp_path / "notes.txt").write_text("not parquet")
    assert [file.content.decode() for file in files(tmp_path)] == ["a/1.parquet", "b/2.parquet", "c.parquet"]


@pytest.mark.parametrize("limit", [None, 0, 95, 10_000])
def test_a_stream_goes_on_from_any_file_under_any_limit(tmp_path: Path, limit: int | None) -> None:
    columns = {
        "content": [f"{i:02}" * 5 for i in range(30)],
        "path": [f"{i}.{'py' if i % 4 else 'x'}" for i in range(30)],
    }
    path = save(tmp_path / "a.parquet", columns, row_group_size=7)
    everything = items(path, limit=limit)
    assert len(everything) == 30
    if limit == 95:
        assert sum(len(item.content) for item in everything if isinstance(item, SourceFile)) == 90
        assert everything[-1] == Skipped("limit")
    taken = 0
    for start, item in enumerate(everything):
        if isinstance(item, SourceFile):
            assert items(path, limit=limit, start=Cursor(start, taken)) == everything[start:]
            taken += len(item.content)


def test_the_fingerprint_follows_names_sizes_and_times(tmp_path: Path) -> None:
    path = save(tmp_path / "a.parquet", {"content": ["a"], "path": ["a.py"]})

    def fingerprint() -> dict[str, Any]:
        return ParquetSource(ParquetFiles(str(tmp_path))).fingerprint(ALL)

    before = fingerprint()
    assert fingerprint() == before
    path.rename(tmp_path / "b.parquet")
    assert fingerprint() != before


@pytest.mark.parametrize(
    ("columns", "reason", "sentence"),
    [
        (
            {"content": [1], "path": ["a"]},
            "COLUMN_TYPE",
            "column `content` of .*a.parquet is int64, it must be string or bin",
        ),
        ({"content": ["a"], "path": [1.5]}, "COLUMN_TYPE", "column `path` of .*a.parquet is double, it must be string"),
        ({"content": ["a"], "path": ["a"], "lang": [1]}, "COLUMN_TYPE", "column `lang`"),
        ({"content": ["a"], "path": ["a"], "detected_licenses": ["MIT"]}, "COLUMN_TYPE", "must be a list of strings"),
        ({"text": ["a"], "path": ["a"]}, "COLUMN_MISSING", "has no column `content`, only `text`, `path`"),
        ({"content": ["a"]}, "COLUMN_MISSING", "has no column `path` or `max_stars_repo_path`"),
    ],
)
def test_a_column_that_is_missing_or_of_the_wrong_type_is_named(
    tmp_path: Path, columns: dict[str, Any], reason: str, sentence: str
) -> None:
    with pytest.raises(FailedPrecondition, match=sentence) as caught:
        items(save(tmp_path / "a.parquet", columns))
    assert caught.value.reason == reason


def test_an_unreadable_file_gives_one_sentence(tmp_path: Path) -> None:
    whole = save(
        tmp_path / "whole.parquet", {"content": ["abc" * 1000] * 9, "path": ["a.py"] * 9}, use_dictionary=False
    )
    data = whole.read_bytes()
    broken = {
        "text": b"not parquet at all",
        "empty": b"",
        "cut": data[: len(data) // 2],
        "middle": data[:8] + b"\xff" * 200 + data[208:],
    }
    for name, content in broken.items():
        path = tmp_path / f"{name}.parquet"
        path.write_bytes(content)
        with pytest.raises(FailedPrecondition) as caught:
            items(path)
        assert caught.value.reason == "PARQUET_UNREADABLE"
        assert caught.value.message.startswith(f"cannot read the parquet file {path}: ")
        assert "\n" not in caught.value.message


def test_a_path_without_parquet_is_named(tmp_path: Path) -> None:
    for path, sentence in (
        (tmp_path, "holds no .*parquet file"),
        (tmp_path / "x.parquet", "there is no file or folder"),
    ):
        with pytest.raises(NotFound, match=sentence):
            ParquetSource(ParquetFiles(str(path)))
