"""Signals of quality: named pure functions from a document to a number, grouped by what they look at.

registry.py names them all, thresholds.py says which number of which signal drops a file of which language.
"""
