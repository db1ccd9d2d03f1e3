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
    duplicates/       exact and near duplicates: tokens, sketches, candidates, clusters
    shards.py         reading and writing parquet shards in the store
    filtering.py      task of one shard: corpus rows -> kept rows, sketches, counts
    writing.py        task of one shard: kept rows -> final shard
    cluster.py        Dask, as a job sees it: many tasks, on this machine or on a cluster
    dask_process.py   what a cluster's dask_scheduler.py and dask_worker.py have in common
    dask_versions.py  whether all of them fit together
    report/           counts and samples as JSON and as a page
"""
