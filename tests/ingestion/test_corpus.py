from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from codekiln.core.artifacts import find
from codekiln.core.errors import Conflict, FailedPrecondition
from codekiln.core.jobs.record import Progress
from codekiln.core.jobs.worker import Context
from codekiln.core.store import ObjectStore, open_store
from codekiln.ingestion.blob import git_blob_id
from codekiln.ingestion.corpus import identify, ingest
from codekiln.ingestion.spec import Folder, GitRepository, IngestionSpec, InstalledPackages, ParquetFiles, Source

from .material import (
    MIT,
    Environment,
    Killed,
    MortalStore,
    commit,
    new_context,
    of_folder,
    repository,
    rows,
    run,
    write,
)


def mixed(folder: Path) -> IngestionSpec:
    """Four kinds of files in several shards, with files left out between them."""
    files: dict[str, bytes | str] = {"LICENSE": MIT}
    for i in range(60):
        files[f"{i:02}.{('py', 'go', 'bin', 'md')[i % 4]}"] = f"{i}:".encode() * 60
    write(folder, files)
    return of_folder(folder, shard_bytes=1024)


def test_rows_hold_what_the_schema_promises(store: ObjectStore, context: Context, tmp_path: Path) -> None:
    write(tmp_path / "mine", {"a.py": b"x = 1\n", "b.py": b"\xff\xfe", "c.py": b"", "d.bin": b"0", "LICENSE": MIT})
    manifest = run(of_folder(tmp_path / "mine", languages=("Python",), repository="owner/mine"), context)
    assert manifest.ref.kind == "corpus"
    assert [part.name for part in manifest.parts] == ["shard-00000.parquet"]
    found = rows(store, manifest)
    assert [row["path"] for row in found] == ["a.py", "b.py", "c.py"]
    assert found[1] == {
        "blob_id": git_blob_id(b"\xff\xfe"),
        "path": "b.py",
        "repo_name": "owner/mine",
        "revision_id": "",
        "language": "Python",
        "detected_licenses": ["MIT"],
        "license_evidence": "file",
        "length_bytes": 2,
        "content": b"\xff\xfe",
        "source": "folder owner/mine",
        "language_rule": "extension",
        "license_score": None,
        "star_events_count": None,
        "revision_date": None,
    }
    assert manifest.summary == {
        "files": 3,
        "bytes": 8,
        "repositories": 1,
        "languages": {"Python": {"files": 3, "bytes": 8}},
        "skipped": {"other_language": 1, "unknown_language": 1},
    }
    assert manifest.licenses == {"MIT": 3}


def test_the_same_sources_give_the_same_bytes(context: Context, tmp_path: Path) -> None:
    spec = mixed(tmp_path / "mine")
    first = run(spec, context)
    other = new_context(open_store((tmp_path / "other").as_uri()), tmp_path / "home2")
    second = run(spec, other)
    assert first.ref == second.ref
    assert [(p.name, p.sha256) for p in first.parts] == [(p.name, p.sha256) for p in second.parts]
    assert (first.summary, first.licenses) == (second.summary, second.licenses)


def test_all_kinds_of_sources_make_one_corpus(
    store: ObjectStore, context: Context, environment: Environment, tmp_path: Path
) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    environment.install("thing", "1", {"thing.py": "a\n"}, metadata="License: MIT")
    write(tmp_path / "folder", {"folder.py": "b\n"})
    name = repository(tmp_path / "repo", {"git.py": "c\n"})
    pq.write_table(pa.table({"content": ["d\n"], "path": ["parquet.py"], "repo_name": ["o/n"]}), tmp_path / "a.parquet")
    sources = (
        Source(installed_packages=InstalledPackages(environment.python, exclude_standard_library=True)),
        Source(folder=Folder(str(tmp_path / "folder"), license="ISC")),
        Source(git=GitRepository((tmp_path / "repo").as_uri())),
        Source(parquet=ParquetFiles(str(tmp_path / "a.parquet"))),
    )
    manifest = run(IngestionSpec(sources=sources), context)
    assert [(row["repo_name"], row["revision_id"], row["path"]) for row in rows(store, manifest)] == [
        ("thing", "1", "thing.py"), ("folder", "", "folder.py"), ("repo", name, "git.py"), ("o/n", "", "parquet.py"),
    ]  # fmt: skip
    assert manifest.summary["repositories"] == 4
    assert manifest.licenses == {"MIT": 1, "ISC": 1, "NOASSERTION": 2}


@pytest.mark.parametrize("reached", [False, True])
def test_a_worker_killed_at_any_write_loses_and_doubles_nothing(
    store: ObjectStore, context: Context, tmp_path: Path, reached: bool
) -> None:
    spec = mixed(tmp_path / "mine")
    expected = run(spec, context)
    assert len(expected.parts) > 5
    for writes in range(2 * len(expected.parts)):
        home = tmp_path / f"home-{writes}"
        fresh = open_store((tmp_path / f"store-{writes}").as_uri())
        mortal = new_context(MortalStore(fresh, writes, reached), home)  # type: ignore[arg-type]
        with pytest.raises(Killed):
            run(spec, mortal)
        assert find(fresh, expected.ref) is None
        again = run(spec, new_context(fresh, home))
        assert [(p.name, p.sha256) for p in again.parts] == [(p.name, p.sha256) for p in expected.parts]
        assert (again.summary, again.licenses) == (expected.summary, expected.licenses)
    assert len(rows(store, expected)) == expected.summary["files"]


def test_after_sigkill_finished_shards_are_not_read_again(store: ObjectStore, context: Context, tmp_path: Path) -> None:
    spec = mixed(tmp_path / "mine")
    script = textwrap.dedent(
        f"""
        import os, signal
        from pathlib import Path
        from codekiln.core.store import open_store
        from tests.ingestion.material import new_context, run
        from tests.ingestion.test_corpus import mixed
        store = open_store({store.url!r})
        puts = []
        put = store.put
        class Store:
            def __getattr__(self, name):
                return getattr(store, name)
            def put(self, key, data):
                if len(puts) == 6:
                    os.kill(os.getpid(), signal.SIGKILL)
                puts.append(key)
                return put(key, data)
        run(mixed(Path({str(tmp_path / "mine")!r})), new_context(Store(), Path({str(tmp_path / "dead")!r})))
        """
    )
    root = Path(__file__).parents[2]
    environ = {**os.environ, "PYTHONPATH": f"{root}:{root / 'services'}"}
    dead = subprocess.run([sys.executable, "-c", script], env=environ, capture_output=True, text=True)
    assert dead.returncode == -signal.SIGKILL, dead.stderr
    # The script wrote the files anew, and the time of change is part of the key: this is what it worked on.
    key = identify(spec, context)
    written: list[str] = []

    class Watched(MortalStore):
        def put(self, key: str, data: bytes) -> str:
            written.append(key.rpartition("/")[2])
            return super().put(key, data)

    watched = new_context(Watched(store, 10_000, False), tmp_path / "home")  # type: ignore[arg-type]
    manifest = ingest(spec, key, watched)
    assert written[0] == "shard-00003.parquet"
    assert len(rows(store, manifest)) == manifest.summary["files"] == 46


def test_an_unchanged_world_has_the_same_key_and_a_changed_one_another(context: Context, tmp_path: Path) -> None:
    spec = mixed(tmp_path / "mine")
    key = identify(spec, context)
    assert identify(spec, context).ref == key.ref
    assert identify(of_folder(tmp_path / "mine", shard_bytes=1024, seed=5), context).ref == key.ref  # no limit: no seed
    assert identify(of_folder(tmp_path / "mine", shard_bytes=2048), context).ref != key.ref
    assert identify(of_folder(tmp_path / "mine", shard_bytes=1024, license="MIT"), context).ref != key.ref
    write(tmp_path / "mine", {"new.py": "x\n"})
    assert identify(spec, context).ref != key.ref


def test_the_key_does_not_depend_on_where_a_folder_lies(context: Context, tmp_path: Path) -> None:
    for parent in ("a", "b"):
        write(tmp_path / parent / "mine", {"x.py": "x\n"})
        os.utime(tmp_path / parent / "mine" / "x.py", ns=(5, 5))
    keys = [identify(of_folder(tmp_path / parent / "mine"), context) for parent in ("a", "b")]
    assert keys[0].ref == keys[1].ref


def test_a_branch_that_moved_since_it_was_identified_is_read_at_the_old_commit(
    store: ObjectStore, context: Context, tmp_path: Path
) -> None:
    repository(tmp_path / "thing", {"a.py": "old\n"})
    for url in (str(tmp_path / "thing"), (tmp_path / "thing").as_uri()):
        spec = IngestionSpec(sources=(Source(git=GitRepository(url, "main")),))
        key = identify(spec, context)
        commit(tmp_path / "thing", {"a.py": f"new {url}\n"})
        manifest = ingest(spec, key, context)
        assert [row["revision_id"] for row in rows(store, manifest)] == [key.parameters["sources"][0]["revision"]]


def test_a_folder_that_changes_while_it_is_read_is_tried_again_and_not_published(
    store: ObjectStore, context: Context, tmp_path: Path
) -> None:
    spec = mixed(tmp_path / "mine")
    key = identify(spec, context)
    write(tmp_path / "mine", {"00.py": "changed behind our back\n"})
    with pytest.raises(Conflict) as caught:
        ingest(spec, key, context)
    assert caught.value.reason == "SOURCE_CHANGED"
    assert find(store, key.ref) is None


def test_a_limit_takes_a_fair_share_of_every_repository(
    store: ObjectStore, context: Context, environment: Environment
) -> None:
    environment.install("giant", "1", {f"giant/{i}.py": "x" * 100 for i in range(100)})
    for name in ("small", "tiny"):
        environment.install(name, "1", {f"{name}.py": "x" * 100})
    source = Source(installed_packages=InstalledPackages(environment.python, exclude_standard_library=True))
    manifest = run(IngestionSpec(sources=(source,), max_bytes=1000, seed=3), context)
    assert manifest.summary["bytes"] == 1000
    assert manifest.summary["repositories"] == 3
    assert manifest.summary["skipped"]["limit"] == 92
    other = run(IngestionSpec(sources=(source,), max_bytes=1000, seed=4), context)
    assert {row["path"] for row in rows(store, other)} != {row["path"] for row in rows(store, manifest)}


def test_files_that_only_their_content_could_name_take_nothing_from_a_limited_corpus(
    context: Context, environment: Environment
) -> None:
    files = {f"giant/{i}.py": "x" * 100 for i in range(100)} | {f"giant/{i}.unheard": "y" * 100 for i in range(100)}
    environment.install("giant", "1", files)
    environment.install("other", "1", {f"other/{i}.py": "x" * 100 for i in range(100)})
    source = Source(installed_packages=InstalledPackages(environment.python, exclude_standard_library=True))
    manifest = run(IngestionSpec(sources=(source,), languages=("Python",), max_bytes=3000), context)
    assert (manifest.summary["bytes"], manifest.summary["files"]) == (3000, 30)
    assert manifest.summary["skipped"]["limit"] == 270
    whole = run(IngestionSpec(sources=(source,), languages=("Python",)), context)
    assert whole.summary["files"] == 200 and whole.summary["skipped"]["unknown_language"] == 100


def test_shards_stay_below_their_size_unless_one_file_is_larger(
    store: ObjectStore, context: Context, tmp_path: Path
) -> None:
    write(tmp_path / "mine", {"a.py": "x" * 600, "b.py": "x" * 600, "c.py": "x" * 5000, "d.py": "x" * 10})
    manifest = run(of_folder(tmp_path / "mine", shard_bytes=1024), context)
    assert len(manifest.parts) == 4
    assert len(rows(store, manifest)) == 4


def test_a_hundred_megabyte_line_is_left_out_by_default_and_passes_where_it_is_allowed(
    store: ObjectStore, context: Context, tmp_path: Path
) -> None:
    write(tmp_path / "mine", {"small.py": "x = 1\n"})
    with (tmp_path / "mine" / "line.py").open("wb") as file:
        file.truncate(100_000_000)
    manifest = run(of_folder(tmp_path / "mine"), context)
    assert manifest.summary["skipped"] == {"too_large": 1}
    large = run(of_folder(tmp_path / "mine", max_file_bytes=200_000_000), context)
    assert large.summary["bytes"] == 100_000_006


def test_an_empty_corpus_says_what_was_left_out_and_why(store: ObjectStore, context: Context, tmp_path: Path) -> None:
    write(tmp_path / "mine", {"a.bin": "x", "b.bin": "x", "c.py": "x" * 100})
    spec = of_folder(tmp_path / "mine", max_file_bytes=10)
    with pytest.raises(FailedPrecondition) as caught:
        run(spec, context)
    assert caught.value.reason == "EMPTY_CORPUS"
    assert "3 were left out (unknown_language 2, too_large 1)" in caught.value.message
    (tmp_path / "nothing").mkdir()
    with pytest.raises(FailedPrecondition, match="the sources hold no files") as empty:
        run(of_folder(tmp_path / "nothing"), context)
    assert empty.value.reason == "EMPTY_CORPUS"
    assert [info.key for info in store.list("artifacts/")] == []


def test_our_own_home_inside_the_folder_is_not_read(tmp_path: Path) -> None:
    folder = write(tmp_path / "mine", {"a.py": "x\n"})
    store = open_store((folder / "state" / "store").as_uri())
    context = new_context(store, folder / "state")
    write(folder, {"state/logs/b.py": "y\n"})
    manifest = run(of_folder(folder), context)
    assert manifest.summary["files"] == 1
    assert identify(of_folder(folder), context).ref == manifest.ref


def test_progress_tells_bytes_and_ends_complete(context: Context, reports: list[Progress], tmp_path: Path) -> None:
    run(mixed(tmp_path / "mine"), context)
    last = reports[-1]
    assert (last.phase, last.unit, last.done) == ("reading", "bytes", last.total)
    assert last.metrics["files"] == 46


@pytest.fixture(autouse=True)
def _no_leftovers(tmp_path: Path) -> Iterator[None]:
    yield
    assert list(tmp_path.rglob("*.tmp")) == []


def test_what_was_withdrawn_is_left_out_and_counted(store: ObjectStore, context: Context, tmp_path: Path) -> None:
    write(tmp_path / "mine", {"a.py": "a = 1\n", "src/b.py": "b = 1\n", "src/c.py": "c = 1\n"})
    whole = of_folder(tmp_path / "mine", repository="acme/widgets")
    entries = ("acme/widgets:src/b*", f"blob:{git_blob_id(b'c = 1' + bytes([10]))}")
    manifest = run(replace(whole, opt_outs=entries), context)
    assert [row["path"] for row in rows(store, manifest)] == ["a.py"]
    assert manifest.summary["skipped"] == {"opted_out": 2}
    assert manifest.ref != run(whole, context).ref
