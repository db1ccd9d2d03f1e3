"""Layout noise goes, rule by rule, until none finds anything: then cleaning the cleaned text changes nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from codekiln.cleaning.text.boilerplate import drop_boilerplate
from codekiln.cleaning.text.contents import drop_contents
from codekiln.cleaning.text.hyphens import join_divided_words
from codekiln.cleaning.text.margins import drop_line_numbers
from codekiln.cleaning.text.normalise import normalise
from codekiln.cleaning.text.pages import drop_page_furniture
from codekiln.cleaning.text.paragraphs import join_lines, squeeze
from codekiln.cleaning.text.stamps import drop_stamps

RULES: tuple[tuple[str, Callable[[str], tuple[str, int]]], ...] = (
    ("line numbers", drop_line_numbers),
    ("table of contents", drop_contents),
    ("page furniture", drop_page_furniture),
    ("stamps", drop_stamps),
    ("divided words", join_divided_words),
    ("wrapped lines", join_lines),
)
"""In this order: numbers in the margin hide all else, and lines can be joined only when nothing stands between them."""
_MAX_PASSES = 6
"""Real files need two: the second finds nothing."""


def tidy(text: str) -> tuple[str, Counter[str]]:
    """The text without layout noise and boilerplate, and how often each rule did something. May be empty."""
    counts: Counter[str] = Counter()
    text = squeeze(normalise(text))
    for _ in range(_MAX_PASSES):
        before = text
        for name, rule in RULES:
            text, count = rule(text)
            counts[name] += count
        text, found = drop_boilerplate(text)
        counts.update(found)
        text = squeeze(text)
        if text == before:
            break
    return text, +counts
