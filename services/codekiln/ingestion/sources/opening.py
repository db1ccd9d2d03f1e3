"""The source that a specification names."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from codekiln.core.settings import Settings
from codekiln.ingestion import spec
from codekiln.ingestion.sources.archive import ArchiveSource
from codekiln.ingestion.sources.folder import FolderSource, PrefixSource
from codekiln.ingestion.sources.git import GitSource
from codekiln.ingestion.sources.hugging_face import HuggingFaceSource
from codekiln.ingestion.sources.json_lines import JsonLinesSource
from codekiln.ingestion.sources.packages import PackagesSource
from codekiln.ingestion.sources.parquet import ParquetSource
from codekiln.ingestion.sources.place import is_s3
from codekiln.ingestion.sources.source import Source


def open_source(source: spec.Source, settings: Settings, scratch: Path, ignored: Sequence[Path] = ()) -> Source:
    """Checks that it is there. `scratch` is for what must be fetched; what lies at `ignored` is never source."""
    if source.installed_packages is not None:
        return PackagesSource(source.installed_packages)
    if source.folder is not None:
        return (
            PrefixSource(source.folder, settings) if is_s3(source.folder.path) else FolderSource(source.folder, ignored)
        )
    if source.git is not None:
        return GitSource(source.git, scratch)
    if source.archive is not None:
        return ArchiveSource(source.archive, settings)
    if source.json_lines is not None:
        return JsonLinesSource(source.json_lines, settings)
    if source.hugging_face is not None:
        return HuggingFaceSource(source.hugging_face, settings)
    assert source.parquet is not None  # the specification was checked
    return ParquetSource(source.parquet, settings)
