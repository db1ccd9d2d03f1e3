"""The source that a specification names."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from codekiln.ingestion import spec
from codekiln.ingestion.sources.folder import FolderSource
from codekiln.ingestion.sources.git import GitSource
from codekiln.ingestion.sources.packages import PackagesSource
from codekiln.ingestion.sources.parquet import ParquetSource
from codekiln.ingestion.sources.source import Source


def open_source(source: spec.Source, scratch: Path, ignored: Sequence[Path] = ()) -> Source:
    """Checks that it is there. `scratch` is for what must be fetched; what lies at `ignored` is never source."""
    if source.installed_packages is not None:
        return PackagesSource(source.installed_packages)
    if source.folder is not None:
        return FolderSource(source.folder, ignored)
    if source.git is not None:
        return GitSource(source.git, scratch)
    assert source.parquet is not None  # the specification was checked
    return ParquetSource(source.parquet)
