"""Where source code is read from, one file each: packages.py, folder.py, git.py, parquet.py.

Each gives repositories of files (source.py) in an order that does not change, and a fingerprint that changes with them.
"""
