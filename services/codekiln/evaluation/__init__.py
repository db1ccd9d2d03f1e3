"""Evaluation: asks a served model for solutions of a benchmark and judges them in a sandbox.

worker.py       the stage: model and benchmark in, `report` out
spec.py         what may be asked for
evaluation.py   the work, step by step
benchmark.py    problems, read and checked
inference.py    the inference service, as a client
completions.py  all completions, kept as they come    completion.py  where one ends
samples.py      one completion and one infill for people to look at
lineage.py      what is known of the model: bits per byte, contamination
passk.py        pass@k and its interval
report.py       what is published
sandbox/        runs programs that nobody trusts
server.py       the gRPC servicer

Nothing may be imported here: the sandbox's processes import this package and must hold nothing else.
"""
