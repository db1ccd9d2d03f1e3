"""How well personal data and secrets are found: `python -m bench.pii --json`.

values.py     what is planted: values of every kind, and what only looks like them
places.py     how each language writes a value down
planting.py   real files with one planted line each, and where in them it is
scoring.py    precision, recall and F1 by kind, of whole spans
__main__.py   the command
"""
