"""Comparisons anyone can run: `python -m bench.NAME --json` prints a table for people, then one JSON line last."""
