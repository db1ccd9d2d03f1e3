"""The profile `text` on made documents: `python -m bench.text --json`.

documents.py   makes clean documents, and knows what of them is private and what is cited
noise.py       prints them: pages, headers, divided words, contents, stamps, boilerplate
scoring.py     what went and what stayed
sample.py      the sample corpus of recipes/legal, made of the same
"""
