"""How well and how fast duplicates are found: `python -m bench.dedup --json`.

sample.py   real files of the installed packages, and copies of them that were changed in nine ways
truth.py    every pair of a Jaccard similarity of 0.7 and above, found without any of our code
ours.py     what we find of it, and what becomes of the files
peers.py    rensa, datasketch and datatrove on the same files
million.py  a million small documents in a process of its own: time and memory
"""
