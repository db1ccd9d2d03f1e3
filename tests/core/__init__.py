"""Tests of codekiln.core, folder by folder."""
