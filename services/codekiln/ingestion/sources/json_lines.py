"""JSON lines, plain, gzip or zstd, with the columns of columns.py. A line that is no object is skipped and counted."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator
from typing import Any, BinaryIO

from codekiln.core.errors import FailedPrecondition
from codekiln.core.settings import Settings
from codekiln.ingestion.selection import Selection
from codekiln.ingestion.sources.columns import FILES, Layout, find_layout, split_row
from codekiln.ingestion.sources.inflating import Broken, inflate
from codekiln.ingestion.sources.place import DataFile, data_files
from codekiln.ingestion.sources.rows import Row, RowFile, RowSource
from codekiln.ingestion.spec import JsonLines

SUFFIXES = tuple(f"{name}{packed}" for name in (".jsonl", ".ndjson", ".json") for packed in ("", ".gz", ".zst"))
_LINE_BYTES = 64 << 20
"""A longer line is passed over: text, object and values of it are in memory together."""
_FIRST_LINES = 100
_FIRST_FILES = 100
_BEGINNING = 4096
_PACKED = 4
"""About how well sources pack."""


class JsonLinesSource(RowSource):
    """A file, or all below a folder or prefix."""

    def __init__(self, spec: JsonLines, settings: Settings) -> None:
        """Raises NotFound where there are no files."""
        super().__init__([JsonRows(file) for file in data_files(spec.path, SUFFIXES, settings)])


class JsonRows(RowFile):
    """One file. Its first objects together say which columns there are."""

    def __init__(self, file: DataFile, kind: str = "json_lines") -> None:
        super().__init__(file)
        self.kind = kind

    def layout(self) -> Layout | None:
        first = [row for row, _ in zip(self._objects(), range(_FIRST_LINES), strict=False) if row]
        if first:
            return self._layout_of([_names(row) for row in first])
        if self._is_array():
            raise self._unreadable("it is a JSON array, and must be one object a line: `jq -c '.[]'` makes lines")
        return None

    def size(self, wanted: Selection) -> int:
        """Bytes of the lines. Of a packed file they must be read: a guess too low would be taken for all there is."""
        try:
            with self.file.open() as raw:
                stream = inflate(raw)
                return self.file.bytes if stream is raw else sum(map(len, iter(lambda: stream.read(1 << 20), b"")))
        except Broken as broken:
            raise self._unreadable(str(broken)) from broken

    def expected(self, wanted: Selection) -> int:
        return self.file.bytes * (_PACKED if self.name.endswith((".gz", ".zst")) else 1)

    def rows(self, start: int, limit: int) -> Iterator[Row]:
        layout = self.layout()
        at = 0
        for row in self._objects():
            for values in [None] if row is None or layout is None else split_row(row, layout.nested):
                at += 1
                if at > start:
                    yield _with_bytes(values)

    def _layout_of(self, rows: list[dict[str, Any]]) -> Layout:
        """Of rows that are files, or else of those that list them."""
        flat = [{name: row[name] for name in row if name != FILES} for row in rows if "content" in row]
        nested = [row for row in rows if "content" not in row]
        where = str(self.file.local or self.name)
        try:
            return find_layout(functools.reduce(_merged, flat or nested), where)
        except FailedPrecondition:
            if not (flat and nested):
                raise
            return find_layout(functools.reduce(_merged, nested), where)

    def _is_array(self) -> bool:
        with self.file.open() as raw:
            return inflate(raw).read(_BEGINNING).lstrip().startswith(b"[")

    def _objects(self) -> Iterator[dict[str, Any] | None]:
        """One item a line; None for one that is no object. Empty lines are none."""
        try:
            with self.file.open() as raw:
                for line in _lines(inflate(raw), _LINE_BYTES):
                    if line is None:
                        yield None
                    elif line.strip():
                        yield _parsed(line)
        except Broken as broken:
            raise self._unreadable(str(broken)) from broken

    def _unreadable(self, cause: str) -> FailedPrecondition:
        shown = self.file.local or self.name
        return FailedPrecondition(
            f"cannot read the JSON lines of {shown}: {cause}. Replace the file or leave it out",
            reason="JSON_LINES_UNREADABLE",
            path=shown,
        )


def _lines(stream: BinaryIO, limit: int) -> Iterator[bytes | None]:
    """Lines without their end; None for one of more than `limit` bytes, which is passed over in pieces."""
    first = True
    while line := stream.readline(limit + 1):
        if first and line.startswith((b"\xff\xfe", b"\xfe\xff")):
            raise Broken("it is UTF-16, and must be UTF-8")
        line, first = line.removeprefix(b"\xef\xbb\xbf") if first else line, False
        if len(line) <= limit:
            yield line
            continue
        while line and not line.endswith(b"\n"):
            line = stream.readline(1 << 20)
        yield None


def _parsed(line: bytes) -> dict[str, Any] | None:
    try:
        row = json.loads(line.decode())
    except (ValueError, RecursionError):
        return None
    return row if isinstance(row, dict) else None


def _with_bytes(values: Row) -> Row:
    content = values.get("content") if values else None
    if values is None or content is None:
        return values
    try:
        return {**values, "content": content.encode()} if isinstance(content, str) else None
    except UnicodeEncodeError:
        return None  # half of a surrogate pair: there are no bytes for it


def _names(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _names(inner) for name, inner in value.items()}
    if isinstance(value, list):
        items = [_names(item) for item in value[:_FIRST_FILES] if item is not None]
        return [functools.reduce(_merged, items)] if items else []
    return type(value).__name__


def _merged(one: Any, other: Any) -> Any:
    """What two rows have: a column that either has, and inside structs and lists of them the same."""
    if isinstance(one, dict) and isinstance(other, dict):
        shared = {name: _merged(one[name], other[name]) for name in one.keys() & other.keys()}
        return {name: shared.get(name, (one | other)[name]) for name in one | other}
    if isinstance(one, list) and isinstance(other, list):
        return [_merged(one[0], other[0])] if one and other else one or other
    return one if isinstance(one, dict | list) else other
