"""The licence of an installed Python package by its metadata: what is said most exactly counts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from email.message import Message

from codekiln.ingestion.license_classifiers import by_classifiers
from codekiln.ingestion.license_expression import parse_expression, parse_free_text
from codekiln.ingestion.license_text import UNKNOWN, Licenses, match_licenses, together

# How wheels introduce the licences of shared libraries inside them; we read source files only.
_OF_BINARIES = re.compile(r"this\s+binary\s+distribution\s+of\s+.{1,80}?\s+(can\s+)?also\s+bundles?\b.*", re.I | re.S)


def package_licenses(metadata: Message, texts: Callable[[], Iterable[str]]) -> Licenses:
    """By License-Expression, else License, else classifiers, else the texts of the package's licence files.

    A statement that is not clear ("BSD", "Other") is passed over, not guessed at.
    """
    if ids := parse_expression(_field(metadata, "License-Expression"), known_only=False):
        return Licenses(ids, "metadata")
    stated = _field(metadata, "License")
    if ids := parse_free_text(stated) or match_licenses(own_part(stated)).ids:
        return Licenses(ids, "metadata")
    if ids := by_classifiers(metadata.get_all("Classifier") or []):
        return Licenses(ids, "classifier")
    found = [match_licenses(own_part(text)) for text in texts()]
    return together(found) or UNKNOWN


def own_part(text: str) -> str:
    """A licence text without what it says of bundled binaries."""
    return _OF_BINARIES.sub("", text)


def _field(metadata: Message, name: str) -> str:
    return str(metadata.get(name) or "").strip()
