"""Signals of quality: named pure functions from a document to a number, grouped by what they look at.

Shares of words, strings, comments and lines of code are those of a file's head (document.HEAD); size and lines are
those of all of it. registry.py names them all, thresholds.py says which number of which signal drops a file of which
language.
"""
