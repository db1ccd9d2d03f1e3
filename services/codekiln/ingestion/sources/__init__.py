"""Where source code is read from: packages, folders, git, archives, parquet, JSON lines, Hugging Face datasets.

Each gives repositories of files (source.py) in an order that does not change, and a fingerprint that changes with them.
Archives are members.py (tar.py, zip.py, inflating.py) and archive_kind.py; tables of rows are rows.py and columns.py;
place.py finds data files on disk and in an S3 store.
"""
