"""Where a completion ends: at the end of the function that the prompt began. Pure."""

from __future__ import annotations

STOPS = (
    "\nclass ",
    "\ndef ",
    "\nasync def ",
    "\n@",
    "\n#",
    "\nif ",
    "\nfor ",
    "\nwhile ",
    "\nprint",
    "\nassert ",
    "\nimport ",
    "\nfrom ",
    "\n```",
    '\n"""',
    "\n'''",
    "<|",
)
"""What begins something new at the left edge, or is a model's special token written out. 16 is the most that the
inference service takes."""


def truncate(prompt: str, text: str) -> str:
    """The part of `text` that belongs to the prompt's last function."""
    # A prompt that ends with its line makes the completion's first line a new one too.
    lead = "\n" if prompt.endswith("\n") else ""
    whole = lead + text
    ends = [end for stop in STOPS if (end := whole.find(stop)) >= 0]
    return whole[len(lead) : max(len(lead), min(ends))] if ends else text
