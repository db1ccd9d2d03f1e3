"""What a rule of a table of files looks like."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Rule:
    """One rule. `path` is matched against the path, `head` against the first bytes; both where both are given."""

    name: str
    path: str = ""
    head: str = ""
