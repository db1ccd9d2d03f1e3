"""Parquet files in the columns of The Stack v1 or v2, or of our own corpora. Rows are streamed: memory stays small.

Columns are found by name: `content` and a path are needed, repository, revision, language and licences are read where
present. One parquet file is one unit of a limited corpus, its rows taken from the top.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from codekiln.core.errors import CodekilnError, FailedPrecondition, NotFound
from codekiln.core.hashing import digest_of
from codekiln.ingestion import selection
from codekiln.ingestion.license_text import UNKNOWN, Licenses, header_ids
from codekiln.ingestion.selection import Selection
from codekiln.ingestion.sources.source import Cursor, Repository, Share, Skipped, SourceFile
from codekiln.ingestion.spec import ParquetFiles

NAMES: dict[str, tuple[str, ...]] = {
    "content": ("content",),
    "path": ("path", "max_stars_repo_path"),
    "repository": ("repo_name", "max_stars_repo_name"),
    "revision": ("revision_id", "max_stars_repo_head_hexsha"),
    "language": ("language", "lang"),
    "licenses": ("detected_licenses", "max_stars_repo_licenses"),
    "evidence": ("license_evidence",),
}
"""Ours -> The Stack's names, v2 before v1."""
_BATCH_BYTES = 8 << 20
"""About as much is decoded at once."""


class ParquetSource:
    """A file, or all `*.parquet` below a folder in the order of their paths."""

    def __init__(self, spec: ParquetFiles) -> None:
        """Raises NotFound where there are no files."""
        root = Path(spec.path).expanduser()
        if root.is_dir():
            self._paths = sorted(path for path in root.rglob("*.parquet") if path.is_file())
        else:
            self._paths = [root] if root.exists() else []
        if not self._paths:
            what = f"{root} holds no *.parquet file" if root.exists() else f"there is no file or folder {root}"
            raise NotFound(
                f"{what}: give the path of one on the machine that runs the worker",
                reason="SOURCE_NOT_FOUND",
                path=root,
            )
        self._root = root if root.is_dir() else root.parent

    def fingerprint(self, wanted: Selection) -> dict[str, Any]:
        return {"parquet": len(self._paths), "listing": digest_of([self._listed(path) for path in self._paths])}

    def repositories(self) -> Sequence[Repository]:
        return [ParquetRows(path, path.relative_to(self._root).as_posix()) for path in self._paths]

    def _listed(self, path: Path) -> list[Any]:
        try:
            status = path.stat()
        except OSError as error:
            raise _unreadable(path, error) from error
        return [path.relative_to(self._root).as_posix(), status.st_size, status.st_mtime_ns]


class ParquetRows:
    """The rows of one parquet file. Opening it checks its columns; raises FailedPrecondition."""

    def __init__(self, path: Path, name: str) -> None:
        self._path, self.name = path, name

    @functools.cached_property
    def _columns(self) -> dict[str, str]:
        """Ours -> the file's column names, checked for types."""
        return find_columns(self._file().schema_arrow, self._path)

    def size(self, wanted: Selection) -> int:
        # The footer has no count by language: what the column of contents takes uncompressed is close enough.
        metadata = self._file().metadata
        at = [metadata.schema.column(i).path for i in range(metadata.num_columns)].index(self._columns["content"])
        return sum(metadata.row_group(i).column(at).total_uncompressed_size for i in range(metadata.num_row_groups))

    def files(self, wanted: Selection, share: Share, start: Cursor) -> Iterator[SourceFile | Skipped]:
        left = None if share.bytes is None else share.bytes - start.bytes
        row, total = start.items, self._file().metadata.num_rows
        for values in self._rows(row):
            item = self._item(values, wanted)
            if left is not None and isinstance(item, SourceFile):
                left -= len(item.content)
                if left < 0:
                    break
            yield item
            row += 1
        for _ in range(total - row):
            yield Skipped(selection.LIMIT)

    def _item(self, row: dict[str, Any], wanted: Selection) -> SourceFile | Skipped:
        content, path, language = row["content"], row["path"], row.get("language")
        if content is None or not path:
            return Skipped(selection.NO_CONTENT)
        if reason := wanted.refuse_language(language) if language else wanted.refuse(path, len(content)):
            return Skipped(reason)
        found, reason = wanted.judge(path, content, language)
        if reason:
            return Skipped(reason)
        return SourceFile(
            path, row.get("repository") or "", row.get("revision") or "", found.language, _licenses(row, content),
            content, language_rule=found.rule,
        )  # fmt: skip

    def _rows(self, start: int) -> Iterator[dict[str, Any]]:
        """Rows from `start` on, as ours -> value."""
        import pyarrow as pa

        file, names = self._file(), {column: ours for ours, column in self._columns.items()}
        group, skip = 0, start
        while group < file.num_row_groups and skip >= file.metadata.row_group(group).num_rows:
            skip -= file.metadata.row_group(group).num_rows
            group += 1
        groups = list(range(group, file.num_row_groups))
        try:
            for batch in file.iter_batches(_rows_at_once(file.metadata), groups, list(names), use_threads=False):
                if skip < batch.num_rows:
                    columns = {names[name]: _values(names[name], batch.column(name)) for name in batch.schema.names}
                    for i in range(skip, batch.num_rows):
                        yield {ours: values[i] for ours, values in columns.items()}
                skip = max(0, skip - batch.num_rows)
        except (pa.ArrowException, OSError) as error:
            raise _unreadable(self._path, error) from error

    def _file(self) -> Any:
        import pyarrow as pa
        import pyarrow.parquet as pq

        try:
            return pq.ParquetFile(self._path, pre_buffer=False, buffer_size=1 << 20)
        except (pa.ArrowException, OSError) as error:
            raise _unreadable(self._path, error) from error


def _values(ours: str, column: Any) -> list[Any]:
    """A column's values: contents as bytes, text with U+FFFD for what is not UTF-8."""
    import pyarrow as pa

    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if ours == "licenses":
        return [value or () for value in column.to_pylist()]
    values: list[bytes | None] = column.cast(pa.large_binary()).to_pylist()
    if ours == "content":
        return values
    return [value if value is None else value.decode("utf-8", "replace") for value in values]


def _rows_at_once(metadata: Any) -> int:
    bytes_ = sum(metadata.row_group(i).total_byte_size for i in range(metadata.num_row_groups))
    return int(max(1, min(4096, _BATCH_BYTES * metadata.num_rows // max(1, bytes_))))


def find_columns(schema: Any, path: Path) -> dict[str, str]:
    """Ours -> the name in this schema. Raises FailedPrecondition for what is missing or has the wrong type."""
    found = {}
    for ours, names in NAMES.items():
        name = next((name for name in names if name in schema.names), None)
        if name is not None:
            _check_type(ours, name, schema.field(name).type, path)
            found[ours] = name
    for ours in ("content", "path"):
        if ours not in found:
            raise FailedPrecondition(
                f"{path} has no column `{'` or `'.join(NAMES[ours])}`, only {_some(schema.names)}: rename one",
                reason="COLUMN_MISSING",
                path=path,
                column=ours,
            )
    return found


def _check_type(ours: str, name: str, type: Any, path: Path) -> None:
    import pyarrow.types as t

    if t.is_dictionary(type):
        type = type.value_type
    text = t.is_string(type) or t.is_large_string(type)
    if ours == "content":
        fits, needed = text or t.is_binary(type) or t.is_large_binary(type), "string or binary"
    elif ours == "licenses":
        fits = (t.is_list(type) or t.is_large_list(type)) and (
            t.is_string(type.value_type) or t.is_large_string(type.value_type)
        )
        needed = "a list of strings"
    else:
        fits, needed = text, "string"
    if not fits:
        raise FailedPrecondition(
            f"column `{name}` of {path} is {type}, it must be {needed}: convert it and run again",
            reason="COLUMN_TYPE",
            path=path,
            column=name,
        )


def _licenses(row: dict[str, Any], content: bytes) -> Licenses:
    if ids := header_ids(content):
        return Licenses(ids, "header")
    given = tuple(sorted({id for id in row.get("licenses") or () if id}))
    return Licenses(given, row.get("evidence") or "metadata") if given else UNKNOWN


def _unreadable(path: Path, error: Exception) -> CodekilnError:
    cause = (str(error).splitlines() or ["no message"])[0]
    return FailedPrecondition(
        f"cannot read the parquet file {path}: {cause}. Replace it or leave it out",
        reason="PARQUET_UNREADABLE",
        path=path,
    )


def _some(names: Sequence[str]) -> str:
    shown = ", ".join(f"`{name}`" for name in names[:8])
    return f"{shown} and {len(names) - 8} more" if len(names) > 8 else shown or "no column at all"
