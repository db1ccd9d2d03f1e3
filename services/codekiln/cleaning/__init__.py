"""Cleaning: turns a corpus into a dataset and says of every file why it stayed or went.

Read in this order:

    spec.py           what a caller may choose
    worker.py         the job: filter shards, find duplicates, write shards, report
    document.py       what flows through the steps: Document in, Document or Drop out
    pipeline.py       the ordered table of steps, and the counting
    steps/            one step a file
    gate.py           one pass over the bytes of a file that says which patterns occur in it
    anonymize/        personal data and secrets: rules, detection, keyed substitutes
    contamination/    benchmark problems: how a file that holds one is recognised
    deduplication/    exact and near duplicates: sketches, links, who stays, clusters, an index for later corpora
    deduplicating.py  that, as a phase of a cleaning
    shards.py         reading and writing parquet shards in the store
    filtering.py      task of one shard: corpus rows -> kept rows, sketches, counts
    writing.py        task of one shard: kept rows -> final shard
    cluster.py        Dask, as a job sees it: many tasks, on this machine or on a cluster
    dask_task.py      what a worker does for one task
    dask_process.py   what a cluster's dask_scheduler.py and dask_worker.py have in common
    dask_versions.py  whether all of them fit together
    observing.py      what the report wants to know of files on their way: samples, the largest, the slowest
    samples.py, differences.py   which files are shown, and what of their changes
    report/           counts and samples as JSON and as a page; `codekiln report`
    standalone/       three functions for texts and files, without a server; `codekiln clean preview`

Those three are for everybody, and stable:

    redact(text, repository)   the text without personal data and secrets, and where they were
    judge(path, data)          keep, or drop with step, rule and reason
    duplicates(documents)      clusters of documents that are alike, with the survivor of each
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from codekiln.cleaning.standalone.comparing import DuplicateCluster, Text, duplicates
    from codekiln.cleaning.standalone.judging import Verdict, judge
    from codekiln.cleaning.standalone.redacting import Redacted, Redaction, redact

__all__ = ["DuplicateCluster", "Redacted", "Redaction", "Text", "Verdict", "duplicates", "judge", "redact"]
_HOMES = {"redact": "redacting", "Redacted": "redacting", "Redaction": "redacting", "judge": "judging"}
_HOMES |= {"Verdict": "judging", "duplicates": "comparing", "DuplicateCluster": "comparing", "Text": "comparing"}


def __getattr__(name: str) -> Any:
    """Imports them when they are first asked for: the cleaning server, which needs none, has no numpy either."""
    from importlib import import_module

    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"codekiln.cleaning.standalone.{_HOMES[name]}"), name)
