"""Exact and near duplicates, over any number of shards, in tasks of bounded memory that meet only in the store.

order.py      which of several files that are alike stays
sketching.py  what of a file is kept to compare it: hashes, a MinHash signature, its shingles
entries.py    how shingles and names lie in the store, so that any file's are read alone
plan.py       what all tasks know: shards, parts, keys
exchange.py   tables from every task of a stage to every task of the next
equal.py      links between files of equal content
bands.py      pairs of files that may be alike, from signatures
similarity.py real Jaccard similarities of many pairs
near.py       links between files that are nearly equal
links.py      how links go to the parts of both files
settling.py   which files stay, decided in rounds
joining.py    clusters that belong together are made one
clusters.py   files that go for one that stays, and the cluster's id
finding.py    the order of all these
index.py      what a dataset keeps, so that later corpora are compared with it
"""
