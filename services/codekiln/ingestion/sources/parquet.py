"""Parquet files in the columns of The Stack v1, v2 or v3, or of our own corpora (columns.py). Rows are streamed.

Memory holds a page of the file and some rows at a time: a single row, which in v3 is a whole repository, must fit.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import Any

from codekiln.core.errors import CodekilnError, FailedPrecondition
from codekiln.core.settings import Settings
from codekiln.ingestion.selection import Selection
from codekiln.ingestion.sources.arrow_rows import column_names, count_of, layout_of, rows_of
from codekiln.ingestion.sources.columns import FILES, Layout
from codekiln.ingestion.sources.place import DataFile, data_files
from codekiln.ingestion.sources.rows import Row, RowFile, RowSource
from codekiln.ingestion.spec import ParquetFiles

_BATCH_BYTES = 8 << 20
"""About as much is decoded at once."""
_DICTIONARY_PAGE = 2 << 20
_DICTIONARY_RATIO = 50
"""Writers end a dictionary at a megabyte. A larger one, or one that packs this well, may repeat huge values."""


class ParquetSource(RowSource):
    """A file, or all `*.parquet` below a folder or prefix."""

    def __init__(self, spec: ParquetFiles, settings: Settings) -> None:
        """Raises NotFound where there are no files."""
        super().__init__([ParquetRows(file) for file in data_files(spec.path, (".parquet",), settings)])


class ParquetRows(RowFile):
    """One file. Whatever is asked of it first opens it and checks its columns; raises FailedPrecondition."""

    kind = "parquet"

    def __init__(self, file: DataFile, kind: str = "parquet") -> None:
        super().__init__(file)
        self.kind = kind

    def layout(self) -> Layout:
        with self.file.open() as raw:
            return layout_of(self._opened(raw).schema_arrow, self._shown)

    def size(self, wanted: Selection) -> int:
        # The footer has no count by language: what the column of contents takes uncompressed is close enough, and its
        # part of the first rows tells that of all.
        with self.file.open() as raw:
            file = self._opened(raw)
            layout_of(file.schema_arrow, self._shown)
            group = next(iter(_groups(file.metadata)), None)
            if group is None:
                return 0
            first = file.metadata.row_group(group).total_byte_size
            share = min(1.0, self._contents(file, group).total_uncompressed_size / max(1, first))
            return int(share * sum(file.metadata.row_group(i).total_byte_size for i in _groups(file.metadata)))

    def left(self, start: int) -> int | None:
        with self.file.open() as raw:
            file = self._opened(raw)
            return None if FILES in file.schema_arrow.names else file.metadata.num_rows - start

    def rows(self, start: int, limit: int) -> Iterator[Row]:
        with self.file.open() as raw:
            file = self._opened(raw)
            layout = layout_of(file.schema_arrow, self._shown)
            for group in _groups(file.metadata):
                number = file.metadata.row_group(group).num_rows
                if start >= number and not layout.nested:
                    start -= number
                    continue
                for batch in self._batches(raw, file, group, column_names(layout)):
                    yield from rows_of(batch, layout, start, limit)
                    start = max(0, start - count_of(batch, layout))

    def _batches(self, raw: Any, file: Any, group: int, columns: list[str]) -> Iterator[Any]:
        import pyarrow as pa

        if _repeats_large_values(self._contents(file, group)):
            file = self._opened(raw, [_content_path(file.metadata)])
        rows = _rows_at_once(file.metadata.row_group(group))
        try:
            yield from file.iter_batches(rows, [group], columns, use_threads=False)
        except (pa.ArrowException, OSError, ValueError) as error:
            raise self._unreadable(error) from error

    def _contents(self, file: Any, group: int) -> Any:
        """What the footer says of the contents of a group of rows."""
        import pyarrow as pa

        path = _content_path(file.metadata)
        try:
            # The reader looks at it first, and its complaints are caught. Where the footer is damaged, pyarrow ends the
            # process when it is asked itself.
            next(file.iter_batches(1, [group], [path], use_threads=False), None)
        except (pa.ArrowException, OSError, ValueError) as error:
            raise self._unreadable(error) from error
        return file.metadata.row_group(group).column(_paths(file.metadata).index(path))

    def _opened(self, raw: Any, dictionary: list[str] | None = None) -> Any:
        import pyarrow as pa
        import pyarrow.parquet as pq

        try:
            return pq.ParquetFile(raw, pre_buffer=False, buffer_size=1 << 20, read_dictionary=dictionary)
        except (pa.ArrowException, OSError, ValueError) as error:
            raise self._unreadable(error) from error

    @functools.cached_property
    def _shown(self) -> str:
        return str(self.file.local or self.name)

    def _unreadable(self, error: Exception) -> CodekilnError:
        cause = (str(error).splitlines() or ["no message"])[0]
        return FailedPrecondition(
            f"cannot read the parquet file {self._shown}: {cause}. Replace it or leave it out",
            reason="PARQUET_UNREADABLE",
            path=self._shown,
        )


def _groups(metadata: Any) -> list[int]:
    """The groups of rows that have any."""
    return [i for i in range(metadata.num_row_groups) if metadata.row_group(i).num_rows > 0]


def _paths(metadata: Any) -> list[str]:
    return [metadata.schema.column(i).path for i in range(metadata.num_columns)]


def _content_path(metadata: Any) -> str:
    return next(path for path in _paths(metadata) if path == "content" or path.endswith(".content"))


def _rows_at_once(group: Any) -> int:
    return int(max(1, min(4096, _BATCH_BYTES * group.num_rows // max(1, group.total_byte_size))))


def _repeats_large_values(contents: Any) -> bool:
    """Whether decoding may swell: then values are kept as a dictionary, at some cost of time."""
    page = contents.data_page_offset - (contents.dictionary_page_offset or contents.data_page_offset)
    packs = contents.total_uncompressed_size > _DICTIONARY_RATIO * max(1, contents.total_compressed_size)
    return bool(contents.has_dictionary_page and (page > _DICTIONARY_PAGE or packs))
