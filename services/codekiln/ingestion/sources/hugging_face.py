"""Datasets of Hugging Face's library: folders of `save_to_disk`, snapshots downloaded from a hub, or a hub's own.

Arrow files on disk are mapped, not read into memory, and every batch is validated before it is looked at. Read without
that library.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from codekiln.core.errors import FailedPrecondition, NotFound
from codekiln.core.settings import Settings
from codekiln.ingestion.selection import Selection
from codekiln.ingestion.sources.arrow_rows import column_names, count_of, layout_of, rows_of
from codekiln.ingestion.sources.columns import Layout
from codekiln.ingestion.sources.hub import Hub
from codekiln.ingestion.sources.json_lines import SUFFIXES, JsonRows
from codekiln.ingestion.sources.parquet import ParquetRows
from codekiln.ingestion.sources.place import DataFile, data_files, is_s3
from codekiln.ingestion.sources.rows import Row, RowFile, RowSource
from codekiln.ingestion.spec import HuggingFaceDataset

_STATE = ("dataset_info.json", "dataset_dict.json", "state.json", "dataset_infos.json")
"""What the library writes beside the data."""
_NO_SPLIT = frozenset({"data", "part", "dataset"})
"""What comes before the number of a file where the folder names the split."""
_WORDS = {
    word: split
    for split, words in {
        "train": "train training",
        "validation": "validation valid val dev",
        "test": "test testing eval evaluation",
    }.items()
    for word in words.split()
}
"""Usual words for splits -> the split."""


class HuggingFaceSource(RowSource):
    """The data files of a dataset, or of some of its splits."""

    def __init__(self, spec: HuggingFaceDataset, settings: Settings) -> None:
        """Raises NotFound where there are none, or no such split."""
        where, endings = spec.path or spec.name, (".arrow", ".parquet", *SUFFIXES)
        more: dict[str, Any] = {"splits": sorted(spec.splits)} if spec.splits else {}
        if spec.name:
            snapshot = Hub().snapshot(spec.name, spec.revision, endings)
            found = snapshot.files
            more |= {"name": spec.name, "revision": snapshot.commit}
        else:
            found = data_files(spec.path, endings, settings)
        files = [file for file in found if _is_data(file.name)]
        if spec.path and not is_s3(spec.path):
            _check_complete(Path(spec.path).expanduser(), {file.name for file in files})
        splits = {_split(file.name) for file in files}
        asked = {_WORDS.get(split, split): split for split in spec.splits}
        if unknown := [given for split, given in asked.items() if split not in splits]:
            raise NotFound(
                f"{where} has no split `{unknown[0]}`, only {', '.join(sorted(splits))}",
                reason="SPLIT_NOT_FOUND",
                split=unknown[0],
            )
        chosen = [file for file in files if not asked or _split(file.name) in asked]
        if not chosen:
            raise NotFound(f"{where} holds no data files", reason="SOURCE_NOT_FOUND", path=where)
        super().__init__([_rows(file) for file in chosen], more)


def _is_data(name: str) -> bool:
    file = name.rpartition("/")[2]
    return file not in _STATE and not file.startswith("cache-") and not name.startswith(".")


def _rows(file: DataFile) -> RowFile:
    if file.name.endswith(".arrow"):
        return ArrowRows(file)
    return (ParquetRows if file.name.endswith(".parquet") else JsonRows)(file, "hugging_face")


def _split(name: str) -> str:
    """The split of a data file, told as Hugging Face's library does.

    `train` of `data/train-00000-of-00002.parquet`, of `train/data-00000-of-00002.arrow`, of a file or folder that has a
    usual word for a split in its name (`my_train.jsonl`, `dev/x.parquet`), and of all that says nothing.
    """
    *folders, file = name.split("/")
    if numbered := re.match(r"(.+?)-\d{5}-of-\d{5}\b", file):
        if numbered[1] not in _NO_SPLIT:
            return _WORDS.get(numbered[1], numbered[1])
        if folders:
            return _WORDS.get(folders[-1], folders[-1])
    for part in (file, *reversed(folders)):
        if found := [word for word in re.split(r"[^a-z]+", part.lower()) if word in _WORDS]:
            return _WORDS[found[-1]]
    return "train"


def _check_complete(root: Path, names: set[str]) -> None:
    """A folder of `save_to_disk` says which files it has. Raises FailedPrecondition where one is missing."""
    for state in sorted(root.rglob("state.json")) if root.is_dir() else []:
        try:
            listed = [str(item["filename"]) for item in json.loads(state.read_bytes())["_data_files"]]
        except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
            raise FailedPrecondition(
                f"cannot read {state}: it does not list the files of a dataset", reason="DATASET_UNREADABLE", path=state
            ) from error
        folder = state.parent.relative_to(root)
        for name in listed:
            if (folder / name).as_posix() not in names:
                raise FailedPrecondition(
                    f"{state} names {name!a}, which is not there: copy the dataset again",
                    reason="DATASET_INCOMPLETE",
                    path=state,
                )


class ArrowRows(RowFile):
    """One arrow file, in the streaming form that `save_to_disk` writes or the other."""

    kind = "hugging_face"

    def layout(self) -> Layout:
        with self.file.open() as raw:
            return layout_of(self._reader(raw).schema, str(self.file.local or self.name))

    def size(self, wanted: Selection) -> int:
        return self.file.bytes

    def rows(self, start: int, limit: int) -> Iterator[Row]:
        with self.file.open() as raw:
            reader = self._reader(raw)
            layout = layout_of(reader.schema, str(self.file.local or self.name))
            for batch in self._batches(reader):
                count = count_of(batch, layout)
                if start < count:
                    yield from rows_of(batch.select(column_names(layout)), layout, start, limit)
                start = max(0, start - count)

    def _batches(self, reader: Any) -> Iterator[Any]:
        import pyarrow as pa

        try:
            many = getattr(reader, "num_record_batches", None)
            for batch in reader if many is None else (reader.get_batch(i) for i in range(many)):
                # Offsets come from the file as they are: one that lies would read outside of it.
                batch.validate(full=True)
                yield batch
        except (pa.ArrowException, OSError, EOFError, ValueError) as error:
            raise self._unreadable(error) from error

    def _reader(self, raw: Any) -> Any:
        import pyarrow as pa

        try:
            stream = pa.memory_map(str(self.file.local)) if self.file.local else pa.PythonFile(raw, mode="r")
            is_file = stream.read(6) == b"ARROW1"
            stream.seek(0)
            return pa.ipc.open_file(stream) if is_file else pa.ipc.open_stream(stream)
        except (pa.ArrowException, OSError, EOFError, ValueError) as error:
            raise self._unreadable(error) from error

    def _unreadable(self, error: Exception) -> FailedPrecondition:
        shown, cause = self.file.local or self.name, (str(error).splitlines() or ["no message"])[0]
        return FailedPrecondition(
            f"cannot read the arrow file {shown}: {cause}. Replace it or leave it out",
            reason="ARROW_UNREADABLE",
            path=shown,
        )
