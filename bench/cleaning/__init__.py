"""How fast files are cleaned: `python -m bench.cleaning --json`.

single.py   one process, CPU time, step by step
peer.py     datatrove on the same files in the same run
scaling.py  whole cleanings on Dask: two workers beside one, memory and time from 1x to 16x the data
job.py      one of these cleanings, in a process of its own
corpus.py   corpora made of the files that are installed on this machine
"""
