"""Fill-in-the-middle: the order of special tokens that a tokenizer was made for, as its `codekiln.json` records it.

The prompt is built from token ids. Text is never searched for special tokens, so a file that contains the characters
`<|fim_middle|>` is completed like any other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from codekiln.core.errors import DataLoss

_ROLES = ("prefix", "suffix", "middle")


@dataclass(frozen=True)
class FimTemplate:
    """Ids of the tokens before each piece, and which piece comes first. The model writes after the middle token."""

    prefix: int
    suffix: int
    middle: int
    order: tuple[str, str, str] = _ROLES

    def prompt(self, prefix: Sequence[int], suffix: Sequence[int]) -> list[int]:
        """`<prefix>` prefix `<suffix>` suffix `<middle>`, or with suffix first where the template says so."""
        pieces = {"prefix": [self.prefix, *prefix], "suffix": [self.suffix, *suffix], "middle": [self.middle]}
        return [token for role in self.order for token in pieces[role]]


def fim_template(codekiln: Mapping[str, Any]) -> FimTemplate | None:
    """The template in a tokenizer's `codekiln.json`, None where it has none. Raises DataLoss (FIM_UNREADABLE)."""
    fim = codekiln.get("fim")
    if not fim:
        return None
    try:
        first, second, last = fim.get("order", _ROLES)
        if {first, second} != {"prefix", "suffix"} or last != "middle":
            raise ValueError(f"the order is {first}, {second}, {last}")
        prefix, suffix, middle = (_id(fim[role]) for role in _ROLES)
        return FimTemplate(prefix, suffix, middle, (first, second, last))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise DataLoss(
            f"`fim` in codekiln.json cannot be understood ({error}): it needs an id for prefix, suffix and middle",
            reason="FIM_UNREADABLE",
        ) from error


def _id(value: Any) -> int:
    found = value["id"] if isinstance(value, Mapping) else value
    if not isinstance(found, int) or isinstance(found, bool) or found < 0:
        raise ValueError(f"`{found}` is not a token id")
    return found
