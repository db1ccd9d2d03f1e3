"""The whole cleaning on Dask: what is published, that it is the same however it is run, and what bad input gets."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import psutil
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from codekiln.cleaning.shards import dataset_rows, read_documents
from codekiln.cleaning.spec import CleaningSpec
from codekiln.cleaning.worker import identify, work
from codekiln.core.artifacts import Draft, Key, Manifest, Ref, find, read_part
from codekiln.core.corpus import CORPUS_SCHEMA, DATASET_SCHEMA
from codekiln.core.errors import DataLoss, FailedPrecondition, InvalidArgument, NotFound, Unavailable
from codekiln.core.jobs.record import Progress
from codekiln.core.jobs.worker import Context
from codekiln.core.store import ObjectStore
from tests.cleaning import material
from tests.cleaning.material import FUNCTION, PROBLEM, row, stdlib


@pytest.fixture
def context(tmp_path: Path) -> Context:
    return material.context(tmp_path)[0]


@pytest.fixture(autouse=True)
def no_process_stays() -> Iterator[None]:
    before = set(psutil.Process().children(recursive=True))
    yield
    left = set(psutil.Process().children(recursive=True)) - before
    assert [p for p in left if "resource_tracker" not in " ".join(p.cmdline())] == []


def clean(context: Context, **spec: Any) -> Manifest:
    made = CleaningSpec(**spec)
    return work(made, identify(made, context), context)


def real_rows() -> list[list[dict[str, Any]]]:
    """Real files and one or two of each planted sort, in three shards."""
    files = [row(path.read_bytes(), path.name) for path in stdlib("*.py", 70)]
    planted = [
        row(files[3]["content"], "copy.py", repo_name="other"),
        row(files[5]["content"] + b"\n# one more line of comment here\n", "near.py", repo_name="other"),
        row(PROBLEM["prompt"] + PROBLEM["canonical_solution"], "leak.py"),
        row("print 'old'\n" * 9 + FUNCTION, "old.py"),
        row(b"\0\1\2", "binary.py"),
        row(FUNCTION, "gpl.py", detected_licenses=["GPL-3.0-only"]),
        row(FUNCTION + "# ada@lovelace.org\n", "mail.py"),
        row(
            'package main\n\nfunc main() {\n\tprintln("a few more words in here, to be long enough")\n}\n',
            "m.go",
            language="Go",
        ),
    ]
    rows = files + planted
    return [rows[i::3] for i in range(3)]


def published(store: ObjectStore, manifest: Manifest) -> dict[str, bytes]:
    return {part.name: read_part(store, part) for part in manifest.parts}


def test_a_dataset_holds_what_is_kept_and_names_what_is_not(context: Context) -> None:
    shards = real_rows()
    corpus = material.corpus(context.store, shards)
    benchmark = material.benchmark(context.store, [PROBLEM])
    manifest = clean(context, corpus=corpus.ref, benchmarks=(benchmark.ref,))
    summary, parts = manifest.summary, published(context.store, manifest)
    kept = [pq.read_table(io.BytesIO(data)) for name, data in parts.items() if name.startswith("shard-")]
    assert all(table.schema.equals(DATASET_SCHEMA) for table in kept)
    rows = [r for table in kept for r in table.to_pylist()]
    dropped = pq.read_table(io.BytesIO(parts["dropped.parquet"])).to_pylist()
    every = {(r["repo_name"], r["path"]) for shard in shards for r in shard}
    assert {(r["repo_name"], r["path"]) for r in rows} | {(r["repo_name"], r["path"]) for r in dropped} == every
    assert len(rows) + len(dropped) == len(every) == summary["files_in"] == 78
    assert len(rows) == summary["files_kept"]
    assert (
        sum(r["length_bytes"] for r in rows) == summary["bytes_kept"] == sum(len(r["content"].encode()) for r in rows)
    )
    assert sum(amount["files"] for amount in summary["dropped"].values()) == len(dropped)
    reasons = {r["path"]: r["reason"] for r in dropped}
    assert reasons["leak.py"] == "benchmark_problem"
    assert reasons["old.py"] == "parse_error"
    assert reasons["binary.py"] == "binary"
    assert reasons["gpl.py"] == "licence_not_allowed"
    assert {"copy.py", "near.py"} & set(reasons) or summary["dropped"]["exact_duplicate"]["files"] == 1
    assert summary["contamination"] == {"made": {"Made/0": 1}}
    assert summary["anonymized"]["email"] >= 1
    assert set(summary["languages"]) == {"Python", "Go"}
    assert manifest.licenses == {"MIT": len(rows)}
    assert manifest.inputs == (corpus.ref, benchmark.ref)
    text = next(r["content"] for r in rows if r["path"] == "mail.py")
    assert "lovelace" not in text and "@example." in text
    report = json.loads(parts["report.json"])
    assert report["funnel"][-1]["files_out"] == len(rows)
    assert report["parse"]["not checked: Go"] == 1
    assert b"ada@lovelace" not in parts["report.html"] + parts["report.json"]


def test_one_worker_and_two_give_the_same_bytes(tmp_path: Path) -> None:
    results = []
    for workers in (1, 2):
        context, _ = material.context(tmp_path / str(workers), workers)
        corpus = material.corpus(context.store, real_rows())
        manifest = clean(context, corpus=corpus.ref, seed=3)
        results.append((manifest.ref, manifest.summary, published(context.store, manifest)))
    assert results[0] == results[1]


class Killed(BaseException):
    """Stands for the end of an attempt."""


def test_a_second_attempt_goes_on_from_what_the_first_left(tmp_path: Path) -> None:
    context, reports = material.context(tmp_path / "one")
    corpus = material.corpus(context.store, real_rows())
    spec = CleaningSpec(corpus=corpus.ref)
    key = identify(spec, context)

    def die(progress: Progress) -> None:
        if progress.phase == "write":
            raise Killed

    with pytest.raises(Killed):
        work(spec, key, Context(context.store, context.settings, context.scratch, die))
    prefix = context.work_prefix(key)
    left = {info.key for info in context.store.list(prefix)}
    assert {prefix + "counts-00000.json", prefix + "sketch-00002.parquet", prefix + "duplicates.json"} <= left
    assert find(context.store, key.ref) is None
    for name in ("counts-00001.json", "filtered-00001.parquet", "dropped-00001.parquet"):
        context.store.delete(prefix + name)
    second = work(spec, key, context)
    other, _ = material.context(tmp_path / "other")
    material.corpus(other.store, real_rows())
    unbroken = work(spec, key, other)
    assert (second.ref, second.summary) == (unbroken.ref, unbroken.summary)
    assert published(context.store, second) == published(other.store, unbroken)
    assert reports[-1].phase == "write" and reports[-1].done == reports[-1].total
    assert list(context.store.list(prefix)) == []


def test_progress_counts_bytes_up_to_the_total(tmp_path: Path) -> None:
    context, reports = material.context(tmp_path)
    corpus = material.corpus(context.store, real_rows())
    clean(context, corpus=corpus.ref)
    filtering = [report for report in reports if report.phase == "filter"]
    assert filtering[-1].done == filtering[-1].total == corpus.summary["bytes"]
    assert all(a.done <= b.done for a, b in pairwise(filtering))
    assert [*dict.fromkeys(report.phase for report in reports)] == ["filter", "duplicates", "write"]


def test_those_who_watch_are_told_what_was_dropped_and_why(tmp_path: Path) -> None:
    context, reports = material.context(tmp_path)
    corpus = material.corpus(context.store, real_rows())
    manifest = clean(context, corpus=corpus.ref)
    figures = reports[-1].metrics
    reasons = {name.removeprefix("dropped/"): n for name, n in figures.items() if name.startswith("dropped/")}
    assert reasons == {reason: amount["files"] for reason, amount in manifest.summary["dropped"].items()}
    assert figures["kept"] == manifest.summary["files_kept"] and figures["dropped"] == sum(reasons.values()) > 0


def test_an_empty_corpus_is_named(context: Context) -> None:
    corpus = material.corpus(context.store, [[]])
    with pytest.raises(FailedPrecondition) as caught:
        clean(context, corpus=corpus.ref)
    assert caught.value.reason == "CORPUS_EMPTY"
    assert str(corpus.ref) in caught.value.message


def test_when_every_file_goes_the_reasons_and_the_way_out_are_named(context: Context) -> None:
    rows = [row(FUNCTION + f"# {i}\n", f"{i}.py", detected_licenses=[]) for i in range(4)] + [row(b"\0", "b.py")]
    corpus = material.corpus(context.store, [rows])
    spec = CleaningSpec(corpus=corpus.ref)
    with pytest.raises(FailedPrecondition) as caught:
        work(spec, identify(spec, context), context)
    assert caught.value.reason == "DATASET_EMPTY"
    for words in ("5 files", "4 as licence_unknown", "1 as binary", "keep_unlicensed"):
        assert words in caught.value.message
    assert find(context.store, identify(spec, context).ref) is None


def test_a_scheduler_that_does_not_answer_is_named(tmp_path: Path) -> None:
    context, _ = material.context(tmp_path, dask_scheduler="tcp://127.0.0.1:9")
    corpus = material.corpus(context.store, [[row(FUNCTION, "a.py")]])
    with pytest.raises(Unavailable) as caught:
        clean(context, corpus=corpus.ref)
    assert caught.value.reason == "DASK_UNREACHABLE"
    assert "tcp://127.0.0.1:9" in caught.value.message


def test_a_corpus_or_benchmark_that_is_not_there_is_named(context: Context) -> None:
    with pytest.raises(NotFound):
        clean(context, corpus=Ref("corpus", "0" * 32))
    corpus = material.corpus(context.store, [[row(FUNCTION, "a.py")]])
    with pytest.raises(NotFound):
        clean(context, corpus=corpus.ref, benchmarks=(Ref("benchmark", "0" * 32),))


@pytest.mark.parametrize("problem", ["parquet", "column", "type"])
def test_an_unreadable_shard_is_named(context: Context, problem: str) -> None:
    table = pa.Table.from_pylist([row(FUNCTION, "a.py")], schema=CORPUS_SCHEMA)
    sink = io.BytesIO()
    if problem == "column":
        table = table.drop_columns(["language"])
    if problem == "type":
        table = table.set_column(8, "content", pa.array([7], pa.int64()))
    pq.write_table(table, sink)
    data = b"PAR1 not at all" if problem == "parquet" else sink.getvalue()
    draft = Draft(context.store, Key("corpus", 1, {}))
    draft.add_bytes("shard-00000.parquet", data)
    corpus = draft.publish(summary={"files": 1, "bytes": 10})
    with pytest.raises(DataLoss) as caught:
        clean(context, corpus=corpus.ref)
    assert caught.value.reason == ("SHARD_UNREADABLE" if problem == "parquet" else "SHARD_COLUMNS")
    assert f"shard-00000.parquet of {corpus.ref}" in caught.value.message


def test_a_malformed_benchmark_is_named(context: Context) -> None:
    corpus = material.corpus(context.store, [[row(FUNCTION, "a.py")]])
    benchmark = material.benchmark_text(context.store, b'{"task_id": "x"}\n')
    with pytest.raises(InvalidArgument) as caught:
        clean(context, corpus=corpus.ref, benchmarks=(benchmark.ref,))
    assert caught.value.reason == "BENCHMARK_MALFORMED"


def test_hostile_files_are_dropped_by_a_reason(context: Context) -> None:
    rows = [
        row(b"x" * 100_000_000, "long.js", language="JavaScript"),
        row(b"x = '\xff\xfe\xfa'\n" * 9000, "bad-utf8.py"),
        row("x = " + "(" * 100_000 + "\n", "nested.py"),
        row(FUNCTION, "\u202egnp.py\n<script>alert(1)</script>"),
        row(b"print <b>'x'</b>\n" * 30, "<img src=x onerror=alert(2)>.py"),
    ]
    manifest = clean(context, corpus=material.corpus(context.store, [rows]).ref)
    parts = published(context.store, manifest)
    dropped = {r["path"]: r["reason"] for r in pq.read_table(io.BytesIO(parts["dropped.parquet"])).to_pylist()}
    assert dropped["long.js"] == "too_large"
    assert dropped["bad-utf8.py"] == "undecodable"
    assert dropped["nested.py"] in ("line_too_long", "few_letters")
    assert manifest.summary["files_kept"] == 1
    assert b"<img" not in parts["report.html"] and b"<script" not in parts["report.html"]


def test_the_key_leaves_out_the_order_of_lists(context: Context) -> None:
    corpus, one, other = Ref("corpus", "0" * 32), Ref("benchmark", "1" * 32), Ref("benchmark", "2" * 32)
    a = CleaningSpec(corpus=corpus, benchmarks=(one, other), licenses=("MIT", "ISC"))
    b = CleaningSpec(corpus=corpus, benchmarks=(other, one), licenses=("ISC", "MIT"))
    assert identify(a, context).ref == identify(b, context).ref
    assert identify(a, context).ref != identify(CleaningSpec(corpus=corpus), context).ref


def test_kinds_that_are_off_by_default_are_part_of_the_key_and_others_are_refused(context: Context) -> None:
    asked = CleaningSpec(corpus=Ref("corpus", "0" * 32), anonymize_also=("phone", "name"))
    assert identify(asked, context).ref == identify(replace(asked, anonymize_also=("name", "phone")), context).ref
    assert identify(asked, context).ref != identify(replace(asked, anonymize_also=()), context).ref
    [wrong] = replace(asked, anonymize_also=("phone", "street")).check("spec")
    assert wrong.field == "spec.anonymize_also[1]"


def test_provenance_reaches_the_dataset_and_a_corpus_may_lack_it() -> None:
    known = {"source": "git x", "language_rule": "extension", "license_score": 1.0, "star_events_count": 7}
    rows = [row(FUNCTION, "a.py", **known, revision_date=1_700_000_000_000), row(FUNCTION, "b.py")]
    whole = pa.Table.from_pylist(rows, schema=CORPUS_SCHEMA)
    kept = dataset_rows(list(read_documents(_parquet(whole), "shard")))
    assert kept.drop_columns(["content"]).equals(whole.drop_columns(["content"]))
    old = dataset_rows(list(read_documents(_parquet(whole.drop_columns([*known, "revision_date"])), "shard")))
    assert old.column("revision_date").null_count == old.column("source").null_count == 2


def _parquet(table: pa.Table) -> bytes:
    sink = io.BytesIO()
    pq.write_table(table, sink)
    return sink.getvalue()
