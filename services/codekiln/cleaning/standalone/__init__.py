"""Cleaning of single texts and files, without a server or a cluster.

redacting.py   redact: personal data and secrets replaced
judging.py     judge and explain: would this file be kept, and why not; telling.py: as lines for people
comparing.py   duplicates: clusters of texts that are alike
preview.py     rules tried on a sample: rules.py reads them, sample.py draws, trial.py runs, estimate.py concludes
files.py       files that a person names, and the path by which each is judged
__main__.py    the same on the command line; running.py: how errors are told
"""
