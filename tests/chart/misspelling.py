"""Puts a typo at every path of a tree of values, and a value of the wrong kind at every leaf; reads what helm says.

All at once: the schema reports every violation, so one rendering shows of each whether it was seen and with which path.
"""

from __future__ import annotations

import re
from typing import Any

Path = tuple[str | int, ...]
TYPO = "x"


def misspelt(values: Any) -> Any:
    """The same values with a second, misspelt key beside every key."""
    if isinstance(values, dict):
        return {**{key: misspelt(below) for key, below in values.items()}, **{key + TYPO: 1 for key in values}}
    if isinstance(values, list):
        return [misspelt(below) for below in values]
    return values


def mistyped(values: Any) -> Any:
    """The same shape; each text is a list, and everything else a text that no number, switch or word looks like."""
    if isinstance(values, dict):
        return {key: mistyped(below) for key, below in values.items()}
    if isinstance(values, list) and values:
        return [mistyped(below) for below in values]
    return [True] if isinstance(values, str) else "~wrong~"


def keys(values: Any, at: Path = ()) -> set[Path]:
    """Paths of all keys."""
    below = values.items() if isinstance(values, dict) else enumerate(values) if isinstance(values, list) else ()
    found = {(*at, key) for key, _ in below} if isinstance(values, dict) else set()
    return found.union(*(keys(value, (*at, key)) for key, value in below))


def leaves(values: Any, at: Path = ()) -> set[Path]:
    """Paths of all that holds nothing further. Empty maps are none: helm drops what it cannot merge with one."""
    if not isinstance(values, dict | list) or values == []:
        return {at}
    below = values.items() if isinstance(values, dict) else enumerate(values)
    return set().union(*(leaves(value, (*at, key)) for key, value in below))


def unknown_keys(message: str) -> set[str]:
    """`/trainer/gpux` for each key that helm did not know."""
    return {
        f"{place}/{_escaped(key)}"
        for place, named in re.findall(r"at '([^']*)': additional properties (.+) not allowed", message)
        for key in re.findall(r"'([^']*)'", named)
    }


def refused_values(message: str) -> set[str]:
    """`/trainer/gpus` for each value that helm refused, whatever the reason."""
    return set(re.findall(r"at '([^']*)': (?!additional properties|validation failed)", message))


def pointer(path: Path) -> str:
    return "".join(f"/{_escaped(str(part))}" for part in path)


def _escaped(part: str) -> str:
    return part.replace("~", "~0").replace("/", "~1")
