"""`#if` of C, C++ and C#: the texts that a compiler may see of a file. Lines stay where they are."""

from __future__ import annotations

import re

_CONDITIONAL = re.compile(rb"[ \t]*#[ \t]*(if|el|endif)([^\n]*)")
_NEVER = re.compile(rb"[ \t]*(?:0|false|FALSE)\b[ \t]*(?:$|//|/\*|\r)")


def first_arms(data: bytes) -> bytes:
    """With the first arm of each, that of `#if 0` left out."""
    return _chosen(data, last=False)


def last_arms(data: bytes) -> bytes:
    """With the `#else` or the last `#elif` of each; what has neither stays, or a header would be empty."""
    return _chosen(data, last=True)


def _chosen(data: bytes, *, last: bool) -> bytes:
    lines = data.split(b"\n")
    keep = [True] * len(lines)
    open_arms: list[_Conditional] = []
    continued = False
    for number, line in enumerate(lines):
        match = _CONDITIONAL.match(line)
        if match and match[1] == b"if":
            open_arms.append(_Conditional([number], _NEVER.match(match[2]) is not None))
        elif match and open_arms:
            open_arms[-1].starts.append(number)
            if match[1] == b"endif":
                open_arms.pop().blank(keep, last=last)
        if match or continued:
            keep[number] = False
        continued = (match is not None or continued) and line.rstrip(b"\r").endswith(b"\\")
    return b"\n".join(line if kept else b"" for line, kept in zip(lines, keep, strict=True))


class _Conditional:
    """One `#if`: the lines on which its arms start, and its `#endif`."""

    def __init__(self, starts: list[int], never: bool) -> None:
        self.starts = starts
        self._never = never

    def blank(self, keep: list[bool], *, last: bool) -> None:
        arms = list(zip(self.starts, self.starts[1:], strict=False))
        chosen = len(arms) - 1 if last or self._never else 0
        if self._never and len(arms) == 1:
            chosen = -1
        for number, (start, end) in enumerate(arms):
            if number != chosen:
                keep[start:end] = [False] * (end - start)
