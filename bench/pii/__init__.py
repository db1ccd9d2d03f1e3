"""How well personal data and secrets are found: `python -m bench.pii --json`.

values.py       what is planted: values of every kind, and what only looks like them
places.py       how each language writes a value down
forms.py        how files of many kinds keep a secret
lines.py        lines that are to stay
planting.py     real files with something planted in each, and where in them it is
scoring.py      precision, recall and F1 by kind, of whole spans
peers.py        datatrove, betterleaks and detect-secrets on the same cases (peer_worker.py runs inside of each)
natural.py      packages of four ecosystems as they are, and what is replaced in them (reviewed.tsv: by which right)
__main__.py     the command
"""
