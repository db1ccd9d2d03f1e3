from __future__ import annotations

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
from codekiln.ingestion.selection import Selection
from codekiln.ingestion.sources.parquet import ParquetSource
from codekiln.ingestion.sources.source import Cursor, Share, Skipped, SourceFile
from codekiln.ingestion.spec import ParquetFiles

from .archives import measured
from .material import ALL

FUZZ = settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))


def save(path: Path, columns: dict[str, Any], **options: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.table(columns), path, **options)
    return path


def items(
    path: Path, wanted: Selection = ALL, limit: int | None = None, start: Cursor | None = None
) -> list[SourceFile | Skipped]:
    repositories = ParquetSource(ParquetFiles(str(path)), Settings()).repositories()
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
            "max_stars_count": [17.0],
            "max_stars_repo_stars_event_min_datetime": ["2015-01-01T00:00:00.000Z"],
            "max_stars_repo_stars_event_max_datetime": ["2020-01-02T03:04:05.000Z"],
        },
    )
    (file,) = files(path)
    assert (file.source, file.stars, file.date, file.language_rule) == ("parquet a.parquet", 17, 1577934245, "source")
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


@pytest.mark.parametrize(
    "date",
    [
        pa.array([1577934245], pa.timestamp("s")),
        pa.array([1577934245678], pa.timestamp("ms", "UTC")),
        pa.array([1577934245678901234], pa.timestamp("ns")),
        ["2020-01-02T03:04:05Z"],
        ["2020-01-02T04:04:05+01:00"],
        [1577934245],
        [1577934245678901],
    ],
)
def test_stars_and_the_commits_date_are_read_whatever_their_type(tmp_path: Path, date: Any) -> None:
    columns = {"content": ["x"], "path": ["a.py"], "star_events_count": [3], "revision_date": date}
    (file,) = files(save(tmp_path / "a.parquet", columns))
    assert (file.stars, file.date) == (3, 1577934245)


def test_values_that_are_no_counts_and_dates_are_unknown(tmp_path: Path) -> None:
    columns = {
        "content": ["x"] * 3,
        "path": ["a.py"] * 3,
        "max_stars_count": [float("nan"), -1.0, None],
        "committer_date": ["yesterday", None, "9999-99-99"],
    }
    assert {(f.stars, f.date) for f in files(save(tmp_path / "a.parquet", columns))} == {(None, None)}


V3 = {
    "repo_path": ["owner/one", "owner/empty", "owner/two", None],
    "repo_id": [1, 2, 3, 4],
    "commit_id": ["beef", "", None, "x"],
    "github_metadata": [{"stars": 5, "forks": 1}, None, {"stars": None, "forks": 0}, None],
    "num_files": [2, 0, 1, 0],
    "files": [
        [
            {"content_id": "1", "file_path": "a.py", "content": "x\n", "language": "Python",
             "detected_licenses": ["MIT"], "file_timestamp": 1_700_000_000, "is_vendor": False},
            {"content_id": "2", "file_path": "b.go", "content": "package b\n", "language": None,
             "detected_licenses": [], "file_timestamp": None, "is_vendor": False},
        ],
        [],
        [
            {"content_id": "3", "file_path": "", "content": "z\n", "language": "Go", "detected_licenses": None,
             "file_timestamp": None, "is_vendor": True},
        ],
        None,
    ],
}  # fmt: skip
"""The columns of HuggingFaceCode/stack-v3-train."""


def test_the_stack_v3_gives_every_file_of_a_repositorys_row(tmp_path: Path) -> None:
    first, second, third = items(save(tmp_path / "a.parquet", V3))
    assert isinstance(first, SourceFile) and isinstance(second, SourceFile)
    assert (first.repository, first.revision, first.path, first.content) == ("owner/one", "beef", "a.py", b"x\n")
    assert (first.stars, first.date, first.licenses.ids, first.language_rule) == (5, 1_700_000_000, ("MIT",), "source")
    assert (second.repository, second.language, second.stars, second.date) == ("owner/one", "Go", 5, None)
    assert third == Skipped("no_content")
    (rows,) = ParquetSource(ParquetFiles(str(tmp_path)), Settings()).repositories()
    assert rows.size(ALL) > 0


@pytest.mark.parametrize("limit", [None, 0, 50])
def test_the_stack_v3_goes_on_from_any_file_under_any_limit(tmp_path: Path, limit: int | None) -> None:
    column = [[{"file_path": f"{r}/{i}.py", "content": "0123456789"} for i in range(r % 4)] for r in range(20)]
    path = save(tmp_path / "a.parquet", {"repo_path": [f"r{r}" for r in range(20)], "files": column}, row_group_size=3)
    everything = items(path, limit=limit)
    assert len(everything) == 30
    taken = 0
    for start, item in enumerate(everything):
        if isinstance(item, SourceFile):
            assert items(path, limit=limit, start=Cursor(start, taken)) == everything[start:]
            taken += len(item.content)


@pytest.mark.parametrize("nested", [False, True])
def test_the_stack_v2_without_contents_is_told_so(tmp_path: Path, nested: bool) -> None:
    columns: dict[str, Any] = {"blob_id": ["c0ffee"], "path": ["a.py"], "repo_name": ["o/n"]}
    if nested:
        columns = {"repo_name": ["o/n"], "files": [[{"blob_id": "c0ffee", "path": "a.py"}]]}
    with pytest.raises(FailedPrecondition, match="it has `blob_id`s alone, as The Stack v2 is handed out") as caught:
        items(save(tmp_path / "a.parquet", columns))
    assert caught.value.reason == "COLUMN_MISSING"


def test_columns_that_are_missing_are_remarked(tmp_path: Path) -> None:
    save(tmp_path / "a.parquet", {"content": ["a"], "path": ["a.py"], "star_events_count": [1]})
    save(tmp_path / "b.parquet", {"content": ["a"], "path": ["a.py"]})
    remarks = ParquetSource(ParquetFiles(str(tmp_path)), Settings()).remarks()
    assert remarks["missing_columns"] | {"stars": 1, "date": 2, "repository": 2} == remarks["missing_columns"]
    assert "content" not in remarks["missing_columns"]


@pytest.mark.slow
def test_a_value_of_ten_megabytes_in_every_row_of_a_small_file_takes_no_memory(tmp_path: Path) -> None:
    value = "x" * 10_000_001
    for nested in (False, True):
        column = pa.DictionaryArray.from_arrays(pa.array([0] * 2000, pa.int32()), pa.array([value]))
        columns: dict[str, Any] = {"content": column, "path": ["a.py"] * 2000}
        if nested:
            struct = pa.StructArray.from_arrays([column, pa.array(["a.py"] * 2000)], ["content", "file_path"])
            columns = {"files": pa.ListArray.from_arrays(pa.array(range(0, 2001, 10), pa.int32()), struct)}
        path = save(tmp_path / f"{nested}.parquet", columns, compression="zstd")
        assert path.stat().st_size < 100_000
        said, memory = measured(path, "test_parquet")
        assert said == "2000 items"
        assert memory < 1024


@FUZZ
@given(data=st.data())
def test_flipped_bits_and_cut_files_are_items_or_an_error_of_ours(tmp_path: Path, data: st.DataObject) -> None:
    flat = {
        "content": ["a" * 50, "b", "c"],
        "path": ["a.py"] * 3,
        "lang": ["Python", None, "Go"],
        "max_stars_count": [1, 2, 3],
    }
    path = save(
        tmp_path / "f.parquet",
        data.draw(st.sampled_from([flat, V3])),
        compression=data.draw(st.sampled_from(["none", "zstd"])),
    )
    content = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(0, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    path.write_bytes(content[: data.draw(st.integers(0, len(content)))] if data.draw(st.booleans()) else content)
    try:
        assert all(isinstance(item, SourceFile | Skipped) for item in items(path))
    except CodekilnError as error:
        assert error.reason in ("PARQUET_UNREADABLE", "COLUMN_MISSING", "COLUMN_NAMES", "COLUMN_TYPE")


def test_text_that_is_not_utf8_passes_as_bytes(tmp_path: Path) -> None:
    bad = pa.array([b"x = '\xff'\n"], pa.binary()).cast(pa.string(), safe=False)
    (file,) = files(save(tmp_path / "a.parquet", {"content": bad, "path": ["a.py"]}))
    assert file.content == b"x = '\xff'\n"


def test_licences_that_are_not_utf8_are_readable(tmp_path: Path) -> None:
    bad = pa.array([[b"MIT\xff", b"ISC"], None]).cast(pa.list_(pa.string()), safe=False)
    first, second = files(save(tmp_path / "a.parquet", {"content": ["x"] * 2, "path": ["a.py"] * 2, "licenses": bad}))
    assert (first.licenses.ids, second.licenses.ids) == (("ISC", "MIT\ufffd"), ())


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
        return ParquetSource(ParquetFiles(str(tmp_path)), Settings()).fingerprint(ALL)

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
        ({"content": ["a"], "path": ["a"], "detected_licenses": [7]}, "COLUMN_TYPE", "must be a list of strings"),
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
            ParquetSource(ParquetFiles(str(path)), Settings())


def test_no_damage_of_the_footer_ends_the_process(tmp_path: Path) -> None:
    # Asked for a damaged column, pyarrow 26 ends the process instead of raising (parquet.py, _contents).
    path = save(tmp_path / "f.parquet", {"content": ["a" * 50, "b", "c"], "path": ["a.py"] * 3}, compression="none")
    whole = path.read_bytes()
    for at in range(len(whole) - 8 - int.from_bytes(whole[-8:-4], "little"), len(whole)):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 0x80]) + whole[at + 1 :])
        try:
            items(path)
        except CodekilnError as error:
            assert error.reason in ("PARQUET_UNREADABLE", "COLUMN_MISSING", "COLUMN_NAMES", "COLUMN_TYPE")


def test_languages_licences_and_paths_are_written_in_one_way(tmp_path: Path) -> None:
    columns = {
        "content": ["x = 1\n"] * 4,
        "path": ["/src/a.py", "b.py", "//c.py", "/"],
        "language": ["python", "Python", "Nobody's language", "Python"],
        "license": ["apache-2.0", "MIT OR apache-2.0", "Corporate terms", "MIT"],
    }
    assert [(f.path, f.language, f.licenses.ids) for f in files(save(tmp_path / "a.parquet", columns))] == [
        ("src/a.py", "Python", ("Apache-2.0",)),
        ("b.py", "Python", ("Apache-2.0 OR MIT",)),
        ("c.py", "Nobody's language", ("Corporate terms",)),
    ]


def test_columns_of_nulls_decimals_and_lists_of_one_length_are_read(tmp_path: Path) -> None:
    nulls = {name: pa.nulls(1) for name in ("licenses", "stars", "language", "revision_date", "repo_name")}
    two = {"content": ["x"], "path": ["a.py"]}
    (file,) = files(save(tmp_path / "nulls.parquet", two | nulls))
    assert (file.licenses.ids, file.stars, file.date, file.repository) == ((), None, None, "")
    decimal = {"stars": pa.array([7], pa.decimal128(9, 0)), "licenses": pa.array([["MIT"]], pa.list_(pa.string(), 1))}
    (file,) = files(save(tmp_path / "fixed.parquet", two | decimal))
    assert (file.stars, file.licenses.ids) == (7, ("MIT",))


def test_a_column_that_is_there_twice_is_named(tmp_path: Path) -> None:
    table = pa.Table.from_arrays([pa.array(["x"])] * 3, ["content", "path", "content"])
    pq.write_table(table, tmp_path / "a.parquet")
    with pytest.raises(FailedPrecondition, match="two columns `content`") as caught:
        items(tmp_path / "a.parquet")
    assert caught.value.reason == "COLUMN_TWICE"
