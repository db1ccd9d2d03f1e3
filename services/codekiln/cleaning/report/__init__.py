"""The report of a cleaning.

data.py      orders counts and samples: report.json, which schema.json describes
page.py      draws them: report.html
figures.py   its tables; shown.py its samples; markup.py and style.py what both share
times.py     how long steps and files took, kept beside the dataset
since.py     what changed since the dataset before
__main__.py  `codekiln report`, which puts all of these together
"""
