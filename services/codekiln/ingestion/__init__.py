"""Ingestion: reads raw source code into a `corpus` and problem files into a `benchmark`.

Data flows spec.py -> sources/ (repositories of files) -> plan.py (how much of each) -> corpus.py -> shards.py;
selection.py and license_*.py say what a file is, the first by core/language. benchmark.py stands alone. Judges nothing:
cleaning drops, ingestion only reads.
"""
