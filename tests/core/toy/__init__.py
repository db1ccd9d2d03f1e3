"""A service as small as can be, to kill in tests: a job counts steps, in the open, as its folder tells it to.

spec.py    the job: the proto of a benchmark import, whose `path` is the job's folder
folder.py  the job's folder: what a test asks of the worker, and what the worker tells of itself
worker.py  counts
server.py  the ingestion service's API over it
running.py starts and ends servers for tests
"""
