"""Numbers of lines: those of a pleading (1 to 28 down the left margin) and those of a patent (5, 10, 15... in the gutter)."""

# ruff: noqa: E501
from __future__ import annotations

import re

_LEFT = re.compile(r"[ \t]*(\d{1,2})(?:[ \t]+(?=\S)|[ \t]*$)")
_GUTTER = re.compile(r"^[ \t]*(\d{1,2})[ \t]*$|^[ \t]*(\d{1,2})[ \t]{2,}(?=\S)|[ \t]{2,}(\d{1,2})[ \t]*$")
_LEAST = 20
"""Lines counted in a row: no numbered list has so many items of one line each, beginning at 1."""
_MOST = 40
_FIVES = 3
"""Numbers in a row that are five lines and five counts apart."""


def drop_line_numbers(text: str) -> tuple[str, int]:
    """The text without them, and how many went."""
    lines = text.split("\n")
    count = _pleading(lines) + _patent(lines)
    return ("\n".join(lines), count) if count else (text, 0)


def _pleading(lines: list[str]) -> int:
    """Runs of lines whose first number counts 1, 2, 3... to 20 and more, blank lines between them or not."""
    run: list[int] = []
    found: list[list[int]] = []
    expected = 1
    for at, line in enumerate(lines):
        if not line or line.isspace() or line == "\f":
            continue
        number = _LEFT.match(line)
        value = int(number[1]) if number else 0
        if value == expected or value == 1:
            if value == 1 and expected != 1:
                found.append(run)
            run = run if value == expected and value != 1 else []
            run.append(at)
            expected = value + 1
        elif run:
            found.append(run)
            run, expected = [], 1
    found.append(run)
    numbered = [run for run in found if _LEAST <= len(run) <= _MOST]
    if numbered:  # the last page of a pleading is shorter
        numbered += [run for run in found if 3 <= len(run) < _LEAST and run[0] > numbered[0][-1]]
    for run in numbered:
        for at in run:
            lines[at] = _LEFT.sub("", lines[at], count=1)
    return sum(len(run) for run in numbered)


def _patent(lines: list[str]) -> int:
    """Chains of multiples of five that are five lines apart, blank lines not counted or counted."""
    full = [at for at, line in enumerate(lines) if line and not line.isspace()]
    marks: dict[int, int] = {}
    for place, at in enumerate(full):
        line = lines[at]
        found = _GUTTER.search(line) if "  " in line or "\t" in line or len(line) < 4 else None
        if found:
            value = int(found[1] or found[2] or found[3])
            if value % 5 == 0 and 5 <= value <= 70:
                marks[place] = value
    gone: set[int] = set()
    for place, value in marks.items():
        chain = [place]
        # A number that stands alone in its line is one line more to the next.
        while after := [p for p in (chain[-1] + 5, chain[-1] + 6) if marks.get(p) == value + 5 * len(chain)]:
            chain.append(after[0])
        if len(chain) >= _FIVES:
            gone.update(chain)
    for place in gone:
        line = lines[full[place]]
        lines[full[place]] = _GUTTER.sub("", line).rstrip() if line.strip() else line
    return len(gone)
