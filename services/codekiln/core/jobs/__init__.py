"""Jobs: work that takes longer than a request.

record.py      the record and the one function that decides legal transitions
repository.py  records in the object store, changed only by compare-and-swap
worker.py      the process that does the work of one job
measuring.py   what Prometheus is told of jobs
reconciler.py  compares records with the launcher and acts on the difference
steps.py       the changes of a record that it makes: pure
"""
