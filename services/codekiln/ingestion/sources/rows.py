"""Data files whose rows are files or repositories: what parquet, JSON lines and arrow files have in common.

One data file is one unit of a limited corpus, its rows taken from the top.
"""

from __future__ import annotations

import itertools
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from codekiln.core.hashing import digest_of
from codekiln.ingestion import selection
from codekiln.ingestion.selection import Selection
from codekiln.ingestion.sources.columns import Layout, item_of
from codekiln.ingestion.sources.place import DataFile, listed
from codekiln.ingestion.sources.source import Cursor, Repository, Share, Skipped, SourceFile

Row = dict[str, Any] | None
"""Ours -> value, as columns.item_of takes it. None for a row that does not hold what its columns should."""


class RowFile(ABC):
    """One data file."""

    kind: str
    """The word of a source specification."""

    def __init__(self, file: DataFile) -> None:
        self.file, self.name = file, file.name

    @abstractmethod
    def layout(self) -> Layout | None:
        """Where the columns are; None for a file without rows. Raises FailedPrecondition where one must be there."""

    @abstractmethod
    def rows(self, start: int, limit: int) -> Iterator[Row]:
        """One item for each file from the `start`-th on; of contents above `limit` bytes the number may do."""

    @abstractmethod
    def size(self, wanted: Selection) -> int:
        """About how many bytes of content it has."""

    def left(self, start: int) -> int | None:
        """How many items come from the `start`-th on, where that is known without reading them."""
        return None

    def expected(self, wanted: Selection) -> int:
        return self.size(wanted)

    def files(self, wanted: Selection, share: Share, start: Cursor) -> Iterator[SourceFile | Skipped]:
        left = None if share.bytes is None else share.bytes - start.bytes
        source, done = f"{self.kind} {self.name}", start.items
        rows = self.rows(start.items, wanted.max_file_bytes)
        for row in rows:
            item = Skipped(selection.MALFORMED) if row is None else item_of(row, source, wanted)
            if left is not None and isinstance(item, SourceFile):
                left -= len(item.content)
                if left < 0:
                    rest = self.left(done)
                    others = range(rest) if rest is not None else itertools.chain([row], rows)
                    yield from (Skipped(selection.LIMIT) for _ in others)
                    return
            yield item
            done += 1


class RowSource:
    """Data files in the order of their names."""

    def __init__(self, files: Sequence[RowFile], more: dict[str, Any] | None = None) -> None:
        """`more` is what else the content depends on."""
        self._files, self._more = files, more or {}

    def fingerprint(self, wanted: Selection) -> dict[str, Any]:
        listing = digest_of(listed([file.file for file in self._files]))
        return {self._files[0].kind: len(self._files), "listing": listing, **self._more}

    def repositories(self) -> Sequence[Repository]:
        return self._files

    def remarks(self) -> dict[str, Any]:
        """Which of our columns are missing, in how many of the files."""
        missing: Counter[str] = Counter()
        for file in self._files:
            if layout := file.layout():
                missing.update(layout.missing())
        return {"missing_columns": dict(sorted(missing.items()))} if missing else {}
