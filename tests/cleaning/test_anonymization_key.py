"""The secret key of the substitutes: where it is kept, who makes it, and what depends on it."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from codekiln.cleaning import redact
from codekiln.cleaning.anonymize import keys
from codekiln.cleaning.spec import CleaningSpec
from codekiln.cleaning.worker import identify, work
from codekiln.core.errors import FailedPrecondition, InvalidArgument
from codekiln.core.jobs.record import Progress
from codekiln.core.jobs.worker import Context
from codekiln.core.store import open_store
from tests.cleaning import material

ONE, OTHER = bytes(range(32)), bytes(range(1, 33))
TEXT = "a: ada@lovelace.org\n"


def test_a_store_has_one_key_however_many_ask_at_once(tmp_path: Path) -> None:
    store, got = open_store(tmp_path.as_uri(), None), []
    threads = [threading.Thread(target=lambda: got.append(keys.of_store(store))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(got) == 8 and set(got) == {keys.of_store(store)} and len(got[0]) == keys.KEY_BYTES


def test_a_home_has_one_key_that_only_its_owner_reads(tmp_path: Path) -> None:
    home, got = tmp_path / "new" / "home", []
    threads = [threading.Thread(target=lambda: got.append(keys.of_home(home))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(got) == 8 and set(got) == {keys.of_home(home)}
    assert stat.S_IMODE((home / keys.FILE_NAME).stat().st_mode) == 0o600
    assert os.listdir(home) == [keys.FILE_NAME]


def test_a_home_that_cannot_be_written_gives_a_key_and_a_warning(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.warns(RuntimeWarning, match="CODEKILN_HOME"):
        key = keys.of_home(tmp_path / "file")
    assert len(key) == keys.KEY_BYTES


@pytest.mark.parametrize("bad", [b"", b"short", bytes(33)])
def test_what_is_no_key_is_named(tmp_path: Path, bad: bytes) -> None:
    store = open_store((tmp_path / "store").as_uri(), None)
    store.put(keys.STORE_KEY, bad)
    with pytest.raises(FailedPrecondition, match="keys/anonymization"):
        keys.of_store(store)
    (tmp_path / keys.FILE_NAME).write_bytes(bad)
    with pytest.raises(FailedPrecondition, match=keys.FILE_NAME):
        keys.of_home(tmp_path)


def test_a_caller_may_bring_a_key_but_no_short_one() -> None:
    assert redact(TEXT, "r", key=ONE) == redact(TEXT, "r", key=ONE) != redact(TEXT, "r", key=OTHER)
    for short in (b"", b"0123456789abcde"):
        with pytest.raises(InvalidArgument, match="at least 16 bytes"):
            redact(TEXT, "r", key=short)


def test_two_processes_of_a_home_agree_and_two_homes_do_not(tmp_path: Path) -> None:
    def shown(home: str) -> str:
        run = [
            sys.executable,
            "-W",
            "error",
            "-c",
            "from codekiln.cleaning import redact; print(redact('ada@lovelace.org').text)",
        ]
        environ = {**os.environ, "CODEKILN_HOME": str(tmp_path / home)}
        return subprocess.run(run, env=environ, check=True, capture_output=True, text=True).stdout

    assert shown("one") == shown("one") != shown("two")


def test_the_key_is_part_of_what_a_dataset_is_and_stays_out_of_it(tmp_path: Path) -> None:
    contexts = [material.context(tmp_path / name)[0] for name in ("one", "two", "three")]
    contexts[1].store.put(keys.STORE_KEY, OTHER)
    published = []
    for context in contexts:
        corpus = material.corpus(context.store, [[material.row(material.FUNCTION + f"# {TEXT}", "a.py")]])
        spec = CleaningSpec(corpus=corpus.ref)
        key = identify(spec, context)
        manifest = work(spec, key, context)
        published.append((manifest.ref, [(part.name, part.sha256) for part in manifest.parts]))
        for info in context.store.list("artifacts/"):
            held = context.store.get(info.key)
            assert ONE not in held and OTHER not in held and ONE.hex().encode() not in held
    assert published[0] == published[2]
    assert published[0][0] != published[1][0]
    assert dict(published[0][1])["shard-00000.parquet"] != dict(published[1][1])["shard-00000.parquet"]


def test_a_key_that_changes_while_a_job_runs_ends_it(tmp_path: Path) -> None:
    context, _ = material.context(tmp_path)
    spec = CleaningSpec(corpus=material.corpus(context.store, [[material.row(material.FUNCTION, "a.py")]]).ref)
    key = identify(spec, context)

    def change(progress: Progress) -> None:
        context.store.put(keys.STORE_KEY, OTHER)

    with pytest.raises(FailedPrecondition, match="changed while the job ran"):
        work(spec, key, Context(context.store, context.settings, context.scratch, change))
