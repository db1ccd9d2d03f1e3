"""What an ingestion took and what it left out and why, as lines for people. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

_OURS = {"date": "dates", "language": "languages", "repository": "repositories", "revision": "revisions"}


def told(summary: dict[str, Any]) -> Iterator[str]:
    """From a corpus's summary."""
    yield f"{_count(summary['files'], 'file')} of {_count(summary['repositories'], 'repositor', 'y', 'ies')}"
    left_out = sorted(summary["skipped"].items(), key=lambda item: (-item[1], item[0]))
    if left_out:
        yield f"left out: {', '.join(f'{reason} {files:,}' for reason, files in left_out)}"
    for number, remarks in sorted(summary.get("sources", {}).items(), key=lambda item: int(item[0])):
        if missing := remarks.get("missing_columns"):
            columns = ", ".join(f"{_OURS.get(name, name)} ({files:,})" for name, files in sorted(missing.items()))
            yield f"source {int(number) + 1} has no columns for (in so many of its files): {columns}"


def _count(number: int, word: str, one: str = "", many: str = "s") -> str:
    return f"{number:,} {word}{one if number == 1 else many}"
