"""Words that stand where code should be: notes of what is to be done, and what exercises and language models write."""

# ruff: noqa: E501
from __future__ import annotations

from codekiln.cleaning.patterns import Pattern

TODO = Pattern("todo", r"\b(?:todo|fixme|xxx)\b", (b"todo", b"fixme", b"xxx"), caseless=True)
PROMPT = Pattern(
    "prompt",
    r"(?:your|rest of (?:the|your)|existing|remaining|previous) (?:code|implementation|logic|solution)s? (?:here|goes|stays|remains)"
    r"|(?:write|add|put|insert|enter|implement) your (?:own )?(?:code|implementation|solution|logic)"
    r"|as an ai language model|(?:sure|certainly|of course)[,!] here(?:'s| is)|begin solution|### (?:instruction|response)",
    (b" here", b" goes", b" stays", b" remains", b" your ", b"language model", b"begin solution", b"### "),
    caseless=True,
)  # fmt: skip
PATTERNS = (TODO, PROMPT)
