"""Cleaning of single texts and files, without a server, a store or a cluster.

redacting.py   redact: personal data and secrets replaced
judging.py     judge and explain: would this file be kept, and why not
comparing.py   duplicates: clusters of texts that are alike
__main__.py    the same for files and folders, on the command line
"""
