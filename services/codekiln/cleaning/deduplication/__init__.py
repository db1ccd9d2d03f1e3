"""Exact and near duplicates.

sketching.py  what of a file is kept to compare it: two hashes, a MinHash signature, its shingles
bands.py      groups of files that may be alike, from signatures
clusters.py   union-find, and which file of a cluster survives
finding.py    sketches of all shards -> which rows go, and why
"""
