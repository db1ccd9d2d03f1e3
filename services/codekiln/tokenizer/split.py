r"""Where text is cut before bytes are merged: one expression made for code. No token ever crosses such a cut.

The same expression must cut alike in two engines: Oniguruma (`tokenizers`: training, transformers, vLLM) and Rust's
regex (`tiktoken`: packing). Hence:

- Letters are ranges of code points, not \p{L}: each engine carries the tables of another Unicode version.
- No lookaround, no possessive quantifier, no flag: Oniguruma reads `{1,3}+` in another way, and without lookaround
  Rust's side is a finite automaton, linear on any input.
- Every character begins some piece, since tiktoken drops what the expression does not match.
- Neighbouring repetitions share no character, so the backtracking side is linear too.
"""

from __future__ import annotations

_LETTERS = (
    r"A-Za-z_"  # the underscore is a letter: snake_case stays one piece
    r"\x{AA}\x{B5}\x{BA}\x{C0}-\x{D6}\x{D8}-\x{F6}\x{F8}-\x{1FFF}"  # alphabets, without the signs of Latin-1
    r"\x{2C00}-\x{2DFF}\x{3005}-\x{3007}\x{3040}-\x{D7FF}"  # more alphabets, kana, Han, Hangul
    r"\x{F900}-\x{FDFF}\x{FE70}-\x{FEFE}\x{FF21}-\x{FF3A}\x{FF41}-\x{FF5A}\x{FF66}-\x{FFDC}"  # presentation forms
    r"\x{10000}-\x{1EFFF}\x{20000}-\x{3FFFF}"  # historic scripts, rare Han; emoji lie between the two
)
_SIGN = rf"[^{_LETTERS}0-9 \t\r\n]"
"""All that is neither letter, digit nor white space: punctuation, symbols, emoji, control characters."""
_LINE_START = r"[\r\n]+[ \t]*"
"""Line breaks and the indentation of the line that follows."""

BRANCHES = (
    # A word: one leading space, tab or sign (` return`, `.append`, `(self`, `"name`), then letters with digits inside.
    # `__init__`, `utf8` and `max_len_2` are single pieces; a digit in front is not part of one.
    rf"[^{_LETTERS}0-9\r\n]?[{_LETTERS}][{_LETTERS}0-9]*",
    # A number, three digits at a time, so that no vocabulary is spent on long ones.
    r"[0-9]{1,3}",
    # Signs with an optional leading space. A run at the end of a line takes the line break and the next indentation
    # along: `):` and eight spaces are one piece, which code has everywhere.
    rf" ?{_SIGN}+(?:{_LINE_START})?",
    # Line breaks after a word or number, and blank lines, with the next indentation.
    _LINE_START,
    # Other spaces: alignment, and what stands before a number.
    r"[ \t]+",
)

PATTERN = "|".join(BRANCHES)
"""The expression, for both engines; branches are tried in order."""
