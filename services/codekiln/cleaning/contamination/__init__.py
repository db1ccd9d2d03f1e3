"""Benchmark problems in training files: a model that has seen the answer scores for memory, not for skill.

problems.py   reads benchmark artifacts and indexes what gives a problem away
shapes.py     the shape of a Python function: what stays under renaming, re-indenting and comment stripping
matching.py   which problems a file holds, and how that was seen
"""
