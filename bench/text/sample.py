"""Writes the sample corpus of recipes/legal.yaml: `python -m bench.text.sample recipes/legal`.

Made documents of six kinds, printed with noise; beside them what a corpus of scans also has: copies, a second version,
a page of garbage, a text in another language, one that is too short. Every person and number in them is made up.
"""

# ruff: noqa: RUF001
from __future__ import annotations

import random
import sys
from dataclasses import replace
from pathlib import Path

from bench.text.documents import KINDS, make
from bench.text.noise import print_out

_PAGE_LINES = 26


def files() -> dict[str, str]:
    """Path -> text, always the same."""
    made: dict[str, str] = {}
    for kind in KINDS:
        for seed in range(7):
            made[f"{kind}/{seed:02d}.txt"] = print_out(make(kind, seed), seed, page_lines=_PAGE_LINES)
    for kind in ("english_statute", "korean_judgment", "english_patent"):
        first = make(kind, 0)
        made[f"{kind}/00-another-print.txt"] = print_out(first, 77, page_lines=_PAGE_LINES - 4)
        shorter = replace(first, paragraphs=first.paragraphs[:-1])
        made[f"{kind}/00-second-version.txt"] = print_out(shorter, 78, page_lines=_PAGE_LINES)
    made["korean_statute/01-copy.txt"] = made["korean_statute/01.txt"]
    made["scans/garbage.txt"] = _garbage(made["english_statute/03.txt"])
    made["scans/greek.txt"] = "Το δικαστήριο απορρίπτει την αίτηση και καταδικάζει τον αιτούντα στα έξοδα. " * 6
    made["scans/cover.txt"] = "CONFIDENTIAL\n\n- 1 -\n"
    made["scans/short.txt"] = "Order granted.\n"
    return made


def _garbage(text: str) -> str:
    """A scan that was read badly: signs in every third word."""
    rng = random.Random("garbage")
    words = text.split(" ")
    return " ".join(f"{w[:2]}{rng.choice('^~|{}')}{w[2:]}" if len(w) > 4 and rng.random() < 0.6 else w for w in words)


def main() -> None:
    folder = Path(sys.argv[1])
    for path, text in files().items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)


if __name__ == "__main__":
    main()
