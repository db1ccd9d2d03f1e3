"""Sources below a prefix of an S3 store: what they give is what the same files give on disk."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from codekiln.core.errors import FailedPrecondition, NotFound
from codekiln.core.settings import Settings
from codekiln.core.store import ObjectStore
from codekiln.ingestion.corpus import identify
from codekiln.ingestion.sources.archive import ArchiveSource
from codekiln.ingestion.sources.folder import PrefixSource
from codekiln.ingestion.sources.json_lines import JsonLinesSource
from codekiln.ingestion.sources.opening import open_source
from codekiln.ingestion.sources.source import Cursor, Share, Skipped, SourceFile
from codekiln.ingestion.spec import Archive, Folder, HuggingFaceDataset, IngestionSpec, JsonLines, ParquetFiles, Source
from tests.s3 import S3Server

from .archives import tar, zip_
from .material import ALL, MIT, new_context, run, write
from .test_archive import debian
from .test_hugging_face import saved
from .test_resuming import COLUMNS, FILES


@pytest.fixture
def bucket(s3: S3Server, tmp_path: Path) -> tuple[ObjectStore, Settings, str]:
    """A store over the whole of a new bucket, settings that name it, and its name."""
    store = s3.store()
    store.probe()
    name = store.url.removeprefix("s3://").partition("/")[0]
    keys = {}
    for field, value in (("access", s3.credentials.access_key), ("secret", s3.credentials.secret_key)):
        (tmp_path / field).write_text(value)
        keys[f"store_{field}_key_file"] = tmp_path / field
    return store, Settings(home=tmp_path / "home", store=s3.url(name, "state"), **keys), name


def upload(store: ObjectStore, folder: Path, prefix: str) -> None:
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            store.put_file(f"{prefix}/{path.relative_to(folder).as_posix()}", path)


def _archives(folder: Path) -> None:
    tar(folder / "a.tar.gz", FILES)
    zip_(folder / "b.zip", FILES)
    debian(folder / "d")


def _parquet(folder: Path) -> None:
    pq.write_table(pa.table(COLUMNS), folder / "a.parquet", row_group_size=7)


def _json_lines(folder: Path) -> None:
    (folder / "a.jsonl").write_text("".join(json.dumps({"path": p, "content": c}) + "\n" for p, c in FILES.items()))


def _hugging_face(folder: Path) -> None:
    saved(folder / "train", pa.table(COLUMNS))


def _folder(folder: Path) -> None:
    write(folder, {**FILES, "LICENSE": MIT, "deep/x.py": "x\n", ".git/config.py": "no\n"})


CASES: dict[str, tuple[Callable[[Path], None], Callable[[str], Source]]] = {
    "archives": (_archives, lambda path: Source(archive=Archive(path))),
    "parquet": (_parquet, lambda path: Source(parquet=ParquetFiles(path))),
    "json_lines": (_json_lines, lambda path: Source(json_lines=JsonLines(path))),
    "hugging_face": (_hugging_face, lambda path: Source(hugging_face=HuggingFaceDataset(path))),
    "folder": (_folder, lambda path: Source(folder=Folder(path, repository="mine"))),
}


def items(source: Source, settings: Settings, scratch: Path) -> list[SourceFile | Skipped]:
    opened = open_source(source, settings, scratch)
    return [i for r in opened.repositories() for i in r.files(ALL, Share(None), Cursor())]


@pytest.mark.s3
@pytest.mark.parametrize("kind", CASES)
def test_a_prefix_gives_what_a_folder_gives(
    bucket: tuple[ObjectStore, Settings, str], tmp_path: Path, kind: str
) -> None:
    store, settings, name = bucket
    make, source = CASES[kind]
    (tmp_path / "data").mkdir()
    make(tmp_path / "data")
    upload(store, tmp_path / "data", "some/prefix")
    here = items(source(str(tmp_path / "data")), settings, tmp_path)
    there = items(source(f"s3://{name}/some/prefix"), settings, tmp_path)
    by_path = lambda item: getattr(item, "path", "")  # noqa: E731 - a folder is listed in another order than a bucket
    assert sorted(there, key=by_path) == sorted(here, key=by_path)
    assert len(here) > 30


@pytest.mark.s3
@pytest.mark.parametrize("kind", ["archives", "folder"])
def test_the_key_of_a_prefix_follows_its_objects(
    bucket: tuple[ObjectStore, Settings, str], store: ObjectStore, tmp_path: Path, kind: str
) -> None:
    _, settings, name = bucket
    make, source = CASES[kind]
    (tmp_path / "data").mkdir()
    make(tmp_path / "data")
    upload(bucket[0], tmp_path / "data", "p")
    spec = IngestionSpec((source(f"s3://{name}/p"),), shard_bytes=8192)
    context = new_context(store, tmp_path / "home", settings=settings)
    expected = run(spec, context)
    assert expected.summary["files"] > 30
    assert identify(spec, context).ref == expected.ref
    bucket[0].put(f"p/{'00.py' if kind == 'folder' else 'a.tar.gz'}", b"changed")
    assert identify(spec, context).ref != expected.ref


@pytest.mark.s3
def test_one_object_is_a_source_and_what_is_not_there_is_named(
    bucket: tuple[ObjectStore, Settings, str], tmp_path: Path
) -> None:
    store, settings, name = bucket
    upload(store, write(tmp_path / "data", {"a.jsonl": '{"path": "a.py", "content": "x"}\n'}), "p")
    (file,) = items(Source(json_lines=JsonLines(f"s3://{name}/p/a.jsonl")), settings, tmp_path)
    assert isinstance(file, SourceFile) and file.source == "json_lines a.jsonl"
    for path in (f"s3://{name}/p/b.jsonl", f"s3://{name}/q"):
        with pytest.raises(NotFound) as caught:
            JsonLinesSource(JsonLines(path), settings)
        assert caught.value.reason == "SOURCE_NOT_FOUND"
    with pytest.raises(FailedPrecondition, match=r"p/a\.jsonl is one object: name the prefix"):
        PrefixSource(Folder(f"s3://{name}/p/a.jsonl"), settings).fingerprint(ALL)
    with pytest.raises(FailedPrecondition, match="check the name or create it"):
        PrefixSource(Folder("s3://no-such-bucket-here/p"), settings).fingerprint(ALL)
    with pytest.raises(NotFound, match="there is nothing below"):
        PrefixSource(Folder(f"s3://{name}/q"), settings).fingerprint(ALL)


def test_without_an_s3_store_an_s3_path_is_refused_with_what_to_set(tmp_path: Path) -> None:
    with pytest.raises(FailedPrecondition, match="set CODEKILN_STORE to") as caught:
        ArchiveSource(Archive("s3://bucket/prefix"), Settings(home=tmp_path))
    assert caught.value.reason == "S3_NOT_CONFIGURED"
