"""Comments, strings and the code between them, by one expression a language style. Not a parser: see comment_styles.

scan(b'x = "# no"  # yes\\n', "Python").comments    # [b"# yes"]
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, cached_property

from codekiln.cleaning.comment_styles import STYLE_OF, STYLES

_OPEN_EXPRESSION = tuple(b"%c" % byte for byte in b"([{,=+%\\")
_PREFIXES = b"rRbBuUfF"
_TRIPLES = (b'"""', b"'''")
_HASH = ord("#")


@dataclass(frozen=True)
class Scan:
    """The parts of a file, in order, each as it stands."""

    size: int
    """Bytes of all: code, comments and strings together."""
    code: bytes
    """What is neither comment nor string; the newlines that end lines stay."""
    strings: list[bytes]
    """With their quotes; regular expressions of JavaScript too."""
    _tokens: list[bytes]
    """Strings and comments."""
    _is_comment: Callable[[int, bytes], bool]

    @cached_property
    def comments(self) -> list[bytes]:
        """With their marks; Python's docstrings too. Few ask for more than their share."""
        return [token for place, token in enumerate(self._tokens) if self._is_comment(place, token)]

    @cached_property
    def string_bytes(self) -> int:
        """Bytes of strings."""
        return sum(map(len, self.strings))

    @property
    def comment_share(self) -> float:
        """Bytes of comments, of all bytes."""
        return (self.size - len(self.code) - self.string_bytes) / max(1, self.size)

    @property
    def string_share(self) -> float:
        """Bytes of strings, of all bytes."""
        return self.string_bytes / max(1, self.size)


def scan(data: bytes, language: str) -> Scan:
    """The text taken apart; all of it is code where the language's style is not known."""
    name = STYLE_OF.get(language)
    if name is None:
        return Scan(len(data), data, [], [], lambda place, token: False)
    style = STYLES[name]
    parts = _expression(name).split(data)
    code, tokens = parts[::2], parts[1::2]
    if style.docstrings:
        docstrings = _docstrings(code, tokens)
        strings = [token for token in tokens if token[0] != _HASH]
        if docstrings:
            strings = [token for place, token in enumerate(tokens) if token[0] != _HASH and place not in docstrings]
        return Scan(
            len(data), b"".join(code), strings, tokens,
            lambda place, token: token[0] == _HASH or place in docstrings,
        )  # fmt: skip
    marks = style.comments
    strings = [token for token in tokens if not token.startswith(marks)]
    return Scan(len(data), b"".join(code), strings, tokens, lambda _, token: token.startswith(marks))


def _docstrings(code: list[bytes], tokens: list[bytes]) -> frozenset[int]:
    """Places of the triple-quoted strings that stand alone."""
    return frozenset(
        [place for place, token in enumerate(tokens) if token.startswith(_TRIPLES) and _alone(code, place)]
    )


def _alone(code: list[bytes], place: int) -> bool:
    """Whether the token after this piece of code is a statement of its own: alone on its lines, in no expression."""
    before = code[place].rstrip(b" \t").rstrip(_PREFIXES).rstrip(b" \t")
    after = code[place + 1].lstrip(b" \t")
    if (after and not after.startswith(b"\n")) or not (
        before.endswith(b"\n") if place else before[-1:] in (b"", b"\n")
    ):
        return False
    return before.rstrip()[-1:] not in _OPEN_EXPRESSION


@cache
def _expression(style: str) -> re.Pattern[bytes]:
    return STYLES[style].compiled()
