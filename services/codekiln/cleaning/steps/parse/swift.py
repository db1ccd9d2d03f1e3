"""What Swift has and its grammar does not: attributes, ownership, constraints over several lines."""

from __future__ import annotations

import re

from codekiln.cleaning.steps.parse.words import ARGUMENTS, Mend, blank, mends


def _joined(match: re.Match[bytes]) -> bytes:
    return match[0].replace(b"\n", b" ") + b"\n" * match[0].count(b"\n")


SWIFT: tuple[Mend, ...] = (
    # Functions that are defined elsewhere have no body.
    (
        re.compile(
            rb"(?:@\w+(?:\([^()\n]*\))?\s+){0,4}@(?:_silgen_name|_extern|NSManaged)\b(?:[ \t]*"
            + ARGUMENTS
            + rb")?(?:\s+(?:@\w+(?:\([^()]*\))?|[a-z]+(?:\([a-z]+\))?)){0,8}?\s+func[ \t]+[\w`]+(?:<[^<>\n]*>)?[ \t]*"
            + ARGUMENTS
            + rb"[^{}\n]*$",
            re.M,
        ),
        blank,
    ),
    # Constraints over several lines, of what has no body.
    (re.compile(rb"\bwhere\b[^{}()\n]*(?:,[ \t]*\n(?=[^{}()\n:=]*[:=])[^{}()\n]*?(?=,?[ \t]*$))+", re.M), _joined),
    # Names that are keywords elsewhere, platforms of a project's own, functions' types as values, expressions of text.
    *mends(
        (r"(?<=\.)(?:await|try)\b|(?<=[(,])(\s*)(?:await|try|super|self|true|nil)(?=:)", r"\1name"),
        (r"#(?:un)?available[ \t]*\([^()\n]*\)", "true"),
        (r"\((?:@\w+(?:\(\w+\))?[ \t]+)*\([^()\n]*\)[^()\n]*->[^()\n]*\)(?=\.self\b)", "Name"),
        (r"#(?=[A-Z]\w*<)", ""),
        (
            r"([=(,:]|\breturn)([ \t]*)/(?![\s/*])(?:[^/\\\n\[]|\\.|\[(?:[^\]\\\n]|\\.)*\])+(?<!\s)/(?=[\s,).;]|$)",
            r"\1\2x",
        ),
    ),
    # Attributes that only the standard library has, and words of ownership.
    (re.compile(rb"@(?:_\w+|lifetime|specialized|abi|differentiable|derivative)\b(?:" + ARGUMENTS + rb")?"), blank),
    (re.compile(rb"\b(?:await|consume|sending|try[?!]?)[ \t]+(?=[\w(\[.])"), blank),
    (re.compile(rb"~(?=[ \t]*[A-Z])"), b" "),
    (re.compile(rb"\b(?:__owned|__consuming|__shared|__setter_access)\b(?=[ \t])"), blank),
    *mends(
        (r"^([ \t]*)(?:borrow|unsafeAddress)([ \t]*\{)", r"\1get\2"),
        (r"^([ \t]*)(?:mutate|unsafeMutableAddress)([ \t]*\{)", r"\1_modify\2"),
        (r"\bnonisolated\(\w+\)", ""),
        # The value of type Void.
        (r"\(\(\)\)", "(Void)"),
        (r"((?:^|[:,=({?]|\b(?:return|in|as)[?!]?)[ \t]*)\(\)(?=[ \t]*(?:[,)\]};:?]|as\b|//|$))", r"\1Void"),
        (r"^([ \t]*(?:\w+[ \t]+)?associatedtype[^\n,=]*),", r"\1&"),
        (r"\bwhere[ \t]*\n([ \t]*)", r"\n\1where "),
    ),
)
