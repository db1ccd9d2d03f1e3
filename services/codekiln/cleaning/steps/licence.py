"""Licence filter: all that binds a file must be allowed. Detecting licences is ingestion's work."""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from codekiln.cleaning.document import Document, Drop
from codekiln.core import spdx

_RATINGS = json.loads(Path(__file__).with_name("blue_oak.json").read_text("utf-8"))
BLUE_OAK = frozenset(
    name for rating in ("model", "gold", "silver", "bronze", "lead") for name in _RATINGS[rating].split()
)
"""The Blue Oak Council's permissive licences, of every rating."""
BESIDE = frozenset(
    ("CC-BY-3.0", "CC-BY-4.0", "HPND-sell-variant", "NIST-PD", "OFL-1.1", "Python-2.0.1", "SSH-OpenSSH", "Unicode-3.0")
)
"""What we add: attribution alone (Creative Commons), fonts, and younger or public-domain kin of listed ones."""
PERMISSIVE = BLUE_OAK | BESIDE
"""Licences that ask for no more than notice. A policy that names licences replaces it."""


class LicenceStep:
    """Keeps files whose licences are all allowed."""

    name = "licence"

    def __init__(self, allowed: Iterable[str] = (), keep_unlicensed: bool = False) -> None:
        self._allowed = frozenset(name.lower() for name in (tuple(allowed) or PERMISSIVE))
        self._keep_unlicensed = keep_unlicensed

    def apply(self, document: Document) -> Document | Drop:
        if not document.licenses:
            return document if self._keep_unlicensed else Drop("licence_unknown")
        for expression in document.licenses:
            if not self.allows(expression):
                return Drop("licence_not_allowed", expression)
        return document

    def allows(self, expression: str) -> bool:
        """Whether an SPDX expression can be met with allowed licences: one side of OR, all sides of AND."""
        return _allows(expression, self._allowed)


@lru_cache(4096)
def _allows(expression: str, allowed: frozenset[str]) -> bool:
    """Files of a repository say the same."""
    parsed = spdx.parse(expression)
    return parsed is not None and spdx.allows(parsed, allowed)
