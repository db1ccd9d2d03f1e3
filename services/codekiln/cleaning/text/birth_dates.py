"""Dates of birth: the year stays, as courts leave it (Fed. R. Civ. P. 5.2), and the day becomes the first of January."""

# ruff: noqa: E501
from __future__ import annotations

import re

BIRTH_DATE = "birth_date"
_MONTH = r"(?:Jan|Feb|Mar|Apr|May|June?|July?|Aug|Sept?|Oct|Nov|Dec)[a-z]*\.?"
DATE = rf"(?:{_MONTH}[ ]\d{{1,2}}(?:st|nd|rd|th)?,?[ ](?:19|20)\d\d|\d{{1,2}}(?:st|nd|rd|th)?(?:[ ]of)?[ ]{_MONTH},?[ ](?:19|20)\d\d|\d{{1,2}}([/.-])\d{{1,2}}\2(?:19|20)?\d\d|(?:19|20)\d\d([-./])[ ]?\d{{1,2}}\3[ ]?\d{{1,2}}\.?|(?:19|20)\d\d년[ ]?\d{{1,2}}월[ ]?\d{{1,2}}일)"
"""Its second and third groups are separators."""


def first_of_january(value: str) -> str:
    """The same year, which courts leave to stand (Fed. R. Civ. P. 5.2), in the same form."""
    if re.search(_MONTH, value):
        named = re.sub(_MONTH, "January", value)
        return re.sub(
            r"\b\d{1,2}(?:st|nd|rd|th)?\b", lambda day: "1st" if day[0][-1].isalpha() else "1", named, count=1
        )
    year = re.search(r"(?:19|20)\d\d|\d\d$", value)
    return re.sub(
        r"\d+", lambda part: part[0] if year and part.span() == year.span() else "1".zfill(len(part[0])), value
    )
