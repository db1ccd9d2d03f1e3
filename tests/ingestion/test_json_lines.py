from __future__ import annotations

import gzip
import json
import os
from collections import Counter
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from codekiln.core.errors import CodekilnError, FailedPrecondition, NotFound
from codekiln.core.settings import Settings
from codekiln.ingestion.selection import Selection
from codekiln.ingestion.sources.json_lines import JsonLinesSource
from codekiln.ingestion.sources.source import Cursor, Share, Skipped, SourceFile
from codekiln.ingestion.spec import JsonLines

from .archives import measured
from .material import ALL

FUZZ = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


def save(path: Path, *rows: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    data = b"".join(row if isinstance(row, bytes) else json.dumps(row).encode() + b"\n" for row in rows)
    if path.suffix == ".gz":
        data = gzip.compress(data)
    elif path.suffix == ".zst":
        data = pa.compress(data, codec="zstd", asbytes=True)
    path.write_bytes(data)
    return path


def source(path: Path) -> JsonLinesSource:
    return JsonLinesSource(JsonLines(str(path)), Settings())


def items(
    path: Path, wanted: Selection = ALL, limit: int | None = None, start: Cursor | None = None
) -> list[SourceFile | Skipped]:
    return [i for r in source(path).repositories() for i in r.files(wanted, Share(limit), start or Cursor())]


def files(path: Path) -> list[SourceFile]:
    return [item for item in items(path) if isinstance(item, SourceFile)]


def reasons(path: Path) -> dict[str, int]:
    return dict(Counter(item.reason for item in items(path) if isinstance(item, Skipped)))


ROW = {"content": "x = 'é'\n", "path": "a.py"}


@pytest.mark.parametrize("name", ["a.jsonl", "a.jsonl.gz", "a.jsonl.zst", "a.json", "a.ndjson.gz"])
def test_lines_are_rows_however_they_are_packed(tmp_path: Path, name: str) -> None:
    row = ROW | {
        "max_stars_repo_name": "o/n", "max_stars_repo_head_hexsha": "c0ffee", "lang": "Python", "max_stars_count": 7,
        "max_stars_repo_licenses": ["MIT"], "max_stars_repo_stars_event_max_datetime": "2020-01-02T03:04:05.000Z",
    }  # fmt: skip
    path = save(tmp_path / name, row, b"\n", ROW)
    for where in (path, tmp_path):
        first, second = files(where)
        assert (first.repository, first.revision, first.language, first.language_rule) == (
            "o/n",
            "c0ffee",
            "Python",
            "source",
        )
        assert (first.stars, first.date, first.licenses.ids) == (7, 1577934245, ("MIT",))
        assert (first.source, first.content) == (f"json_lines {name}", "x = 'é'\n".encode())
        assert (second.repository, second.stars, second.date) == ("", None, None)


def test_a_row_may_be_a_repository_as_in_the_stack_v3(tmp_path: Path) -> None:
    row = {
        "repo_path": "owner/name", "commit_id": "beef", "github_metadata": {"stars": 12},
        "files": [
            {"file_path": "a.py", "content": "x\n", "language": "Python", "detected_licenses": ["MIT"],
             "file_timestamp": 1_700_000_000_000},
            {"file_path": "b.go", "content": None}, "no item", {"file_path": "c.go", "content": "package c\n"},
        ],
    }  # fmt: skip
    found = items(save(tmp_path / "a.jsonl", row, {"repo_path": "empty/one", "files": []}))
    assert found[1:3] == [Skipped("no_content"), Skipped("malformed")]
    assert len(found) == 4
    first, last = found[0], found[3]
    assert isinstance(first, SourceFile) and isinstance(last, SourceFile)
    assert (first.repository, first.revision, first.path, first.stars, first.date) == (
        "owner/name",
        "beef",
        "a.py",
        12,
        1_700_000_000,
    )
    assert (last.repository, last.language, last.licenses.ids, last.date) == ("owner/name", "Go", (), None)


def test_what_is_no_row_is_skipped_and_counted(tmp_path: Path) -> None:
    path = save(
        tmp_path / "a.jsonl", ROW, b"not json\n", b"[1]\n", b"null\n", b"\xff\xfe\n", b'{"content": "x\x00"}\n',
        b"[" * 100_000 + b"\n", b'{"path": ' + b"9" * 10_000 + b"}\n",
        {"content": 5, "path": "b.py"}, {"content": ["x"], "path": "c.py"}, {"content": "x", "path": 7},
        {"content": "x"},
        b'{"content": "half \\ud83d of a pair", "path": "d.py"}\n', {"content": "nul \0 stays\n", "path": "e.py"},
        {"content": "x\n", "path": "f\ud800.py", "repo_name": {"a": 1}, "licenses": 5, "stars": "many"},
    )  # fmt: skip
    assert [(f.path, f.content) for f in files(path)] == [
        ("a.py", "x = 'é'\n".encode()), ("e.py", b"nul \0 stays\n"), ("f�.py", b"x\n"),
    ]  # fmt: skip
    assert reasons(path) == {"malformed": 10, "no_content": 2}


@pytest.mark.parametrize("limit", [None, 0, 95, 10_000])
@pytest.mark.parametrize("nested", [False, True])
def test_a_stream_goes_on_from_any_file_under_any_limit(tmp_path: Path, limit: int | None, nested: bool) -> None:
    rows: list[Any] = [{"content": f"{i:02}" * 5, "path": f"{i}.{'py' if i % 4 else 'x'}"} for i in range(30)]
    if nested:
        rows = [{"repo_path": f"r/{i}", "files": rows[i : i + 4]} for i in range(0, 30, 4)]
    path = save(tmp_path / "a.jsonl.gz", *rows)
    everything = items(path, limit=limit)
    assert len(everything) == 30
    if limit == 95:
        assert sum(len(item.content) for item in everything if isinstance(item, SourceFile)) == 90
    taken = 0
    for start, item in enumerate(everything):
        if isinstance(item, SourceFile):
            assert items(path, limit=limit, start=Cursor(start, taken)) == everything[start:]
            taken += len(item.content)


def test_columns_that_are_missing_are_remarked_and_needed_ones_named(tmp_path: Path) -> None:
    save(tmp_path / "a.jsonl", ROW | {"lang": "Python"})
    save(tmp_path / "b.jsonl", ROW)
    remarks = source(tmp_path).remarks()["missing_columns"]
    assert (remarks["language"], remarks["stars"], remarks["repository"]) == (1, 2, 2)
    for row, column in (({"text": "x", "path": "a"}, "content"), ({"content": "x"}, "path")):
        with pytest.raises(FailedPrecondition, match=f"no column `{column}`") as caught:
            items(save(tmp_path / "c" / "c.jsonl", row))
        assert caught.value.reason == "COLUMN_MISSING"


@pytest.mark.parametrize("name", ["a.jsonl.gz", "a.jsonl.zst"])
def test_a_file_that_is_cut_off_or_of_another_kind_is_one_sentence(tmp_path: Path, name: str) -> None:
    path = save(tmp_path / name, *[{"content": os.urandom(500).hex(), "path": "a.py"} for _ in range(50)])
    path.write_bytes(path.read_bytes()[:-2000])
    with pytest.raises(FailedPrecondition) as caught:
        items(path)
    assert caught.value.reason == "JSON_LINES_UNREADABLE"
    assert caught.value.message.startswith(f"cannot read the JSON lines of {path}: ")
    with pytest.raises(FailedPrecondition, match="UTF-16"):
        items(save(tmp_path / "b.jsonl", json.dumps(ROW).encode("utf-16")))
    assert items(save(tmp_path / "empty.jsonl")) == []
    assert len(files(save(tmp_path / "bom.jsonl", b"\xef\xbb\xbf" + json.dumps(ROW).encode()))) == 1


def test_the_fingerprint_follows_names_sizes_and_times(tmp_path: Path) -> None:
    path = save(tmp_path / "a.jsonl", ROW)
    before = source(tmp_path).fingerprint(ALL)
    assert source(tmp_path).fingerprint(ALL) == before
    os.utime(path, ns=(1, 1))
    assert source(tmp_path).fingerprint(ALL) != before
    with pytest.raises(NotFound):
        source(tmp_path / "nothing")


@pytest.mark.slow
def test_lines_of_a_hundred_megabytes_and_a_gigabyte_take_neither_memory_nor_time(tmp_path: Path) -> None:
    with (tmp_path / "a.jsonl").open("wb") as out:
        out.write(json.dumps(ROW).encode() + b"\n")
        for megabytes in (60, 100, 1000):
            out.write(b'{"path": "big.py", "content": "')
            for _ in range(megabytes):
                out.write(b"x" * (1 << 20))
            out.write('\U0001f600"}\n'.encode())
        out.write(json.dumps(ROW).encode() + b"\n")
    said, memory = measured(tmp_path / "a.jsonl", "test_json_lines")
    assert said == "5 items"
    assert memory < 1024
    with gzip.open(tmp_path / "bomb.jsonl.gz", "wb") as packed:
        for _ in range(2000):
            packed.write(bytes(1 << 20))
    said, memory = measured(tmp_path / "bomb.jsonl.gz", "test_json_lines")
    assert "swells to more than 200 times" in said
    assert memory < 1024


@FUZZ
@given(data=st.data())
def test_random_bytes_and_flipped_bits_are_items_or_an_error_of_ours(tmp_path: Path, data: st.DataObject) -> None:
    rows = [{"content": "x" * 50, "path": "a.py", "files": 3, "github_metadata": {"stars": 1}} for _ in range(5)]
    name = data.draw(st.sampled_from(["f.jsonl", "f.jsonl.gz", "f.jsonl.zst"]))
    content = bytearray(save(tmp_path / name, *rows).read_bytes())
    if data.draw(st.booleans()):
        content = bytearray(data.draw(st.binary(max_size=500)))
    for _ in range(data.draw(st.integers(0, 4)) if content else 0):
        content[data.draw(st.integers(0, len(content) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    (tmp_path / name).write_bytes(content[: data.draw(st.integers(0, len(content)))])
    try:
        assert all(isinstance(item, SourceFile | Skipped) for item in items(tmp_path / name))
    except CodekilnError as error:
        assert error.reason in ("JSON_LINES_UNREADABLE", "COLUMN_MISSING")


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=4,
)
_COLUMNS = (
    "content",
    "path",
    "files",
    "lang",
    "detected_licenses",
    "revision_date",
    "star_events_count",
    "github_metadata",
)


@FUZZ
@given(rows=st.lists(st.dictionaries(st.sampled_from(_COLUMNS), JSON, max_size=8), max_size=5))
def test_rows_of_any_values_are_items_or_an_error_of_ours(tmp_path: Path, rows: list[dict[str, Any]]) -> None:
    path = save(tmp_path / "any.jsonl", ROW | {"files": 1}, *rows)
    assert len(items(path)) == len(rows) + 1
    nested = save(tmp_path / "nested.jsonl", {"files": [{"content": "x", "path": "a.py"}, *rows]}, *rows)
    assert all(isinstance(item, SourceFile | Skipped) for item in items(nested))


def test_the_first_line_does_not_speak_for_the_others(tmp_path: Path) -> None:
    """Writers leave out what is null: a first line without a licence is no file without licences."""
    full = {"license": "apache-2.0", "stars": 3, "repo_name": "a/b", "lang": "python"}
    first, second = files(save(tmp_path / "a.jsonl", {"made": "a header"}, ROW, ROW | full))
    assert (first.licenses.ids, first.stars) == ((), None)
    assert (second.licenses.ids, second.stars, second.repository, second.language) == (
        ("Apache-2.0",), 3, "a/b", "Python",
    )  # fmt: skip
    assert reasons(tmp_path / "a.jsonl") == {"no_content": 1}
    assert set(source(tmp_path).remarks()["missing_columns"]) == {"date", "revision"}


def test_a_first_repository_without_files_says_nothing_of_the_others(tmp_path: Path) -> None:
    rows = [{"repo_path": "a/b", "files": given} for given in ([], None, [{}], [{"file_path": "a.py", "content": "x"}])]
    (file,) = files(save(tmp_path / "a.jsonl", *rows))
    assert (file.repository, file.path) == ("a/b", "a.py")


@pytest.mark.parametrize("indent", [None, 1])
def test_a_json_array_is_told_from_json_lines(tmp_path: Path, indent: int | None) -> None:
    with pytest.raises(FailedPrecondition, match="is a JSON array, and must be one object a line") as caught:
        items(save(tmp_path / "a.json", json.dumps([ROW] * 3, indent=indent).encode()))
    assert caught.value.reason == "JSON_LINES_UNREADABLE"
