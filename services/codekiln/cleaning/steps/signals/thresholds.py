"""Which number of which signal drops a file, by group of languages: one table, tried from top to bottom. Data only.

StarCoder2's rules are as in its paper (arXiv 2402.19173, section 2.3). OpenCoder's numbers (its data filter's
configuration) are loosened wherever they hit well-kept code; docs/cleaning.md has the measured rates. Signals of the
registry that no line names were found to tell good code from bad not at all, and drop nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from codekiln.cleaning.steps.signals.groups import group_of


@dataclass(frozen=True)
class Threshold:
    """A signal beyond this value drops the file."""

    signal: str
    above: float | None = None
    below: float | None = None
    lines: int = 0
    """Lines of code from which the signal means something; shorter files pass."""
    source: str = "ours"
    """Where the number comes from; OpenCoder's own in brackets where it was loosened."""

    def passed_by(self, value: float) -> bool:
        """Whether a file of this value stays."""
        return not (self.above is not None and value > self.above) and not (
            self.below is not None and value < self.below
        )

    def told(self, value: float) -> str:
        """For people: `comment share 0.97 > 0.95`."""
        high = self.above is not None and value > self.above
        limit = self.above if high else self.below
        return f"{self.signal.replace('_', ' ')} {_number(value)} {'>' if high else '<'} {_number(limit or 0)}"


_EVERYWHERE = (
    Threshold("characters", below=50, source="OpenCoder"),
    Threshold("words", below=10, source="OpenCoder (30)"),
    Threshold("replacement_share", above=0.01, source="OpenCoder"),
    Threshold("digit_share", above=0.4, source="OpenCoder (0.2)"),
    Threshold("whitespace_share", above=0.6, source="OpenCoder (0.5)"),
    Threshold("mean_line", below=5, lines=20, source="OpenCoder"),
    Threshold("repeated_line_share", above=0.75, lines=20, source="OpenCoder (0.7)"),
    Threshold("top_2gram_share", above=0.5, lines=20, source="OpenCoder (0.20)"),
    Threshold("top_3gram_share", above=0.5, lines=20, source="OpenCoder (0.18)"),
    Threshold("top_4gram_share", above=0.5, lines=20, source="OpenCoder (0.16)"),
)
_CODE = (
    *_EVERYWHERE,
    Threshold("xml_start", above=0.5, source="StarCoder"),
    Threshold("literal_line_share", above=0.8, lines=60),
    Threshold("bare_word_share", above=0.85, lines=60),
    Threshold("comment_share", above=0.95, source="OpenCoder (0.8)"),
    Threshold("commented_code_share", above=0.85),
    Threshold("prompt_comment_share", above=0.05, source="OpenCoder (0.01)"),
    Threshold("todo_share", above=0.5, lines=4),
    Threshold("string_share", above=0.95, source="OpenCoder (0.6)"),
    Threshold("long_string_share", above=0.4, lines=10, source="OpenCoder (0.2)"),
    Threshold("long_word_share", above=0.6, source="OpenCoder (0.4)"),
    Threshold("base64_word_share", above=0.3),
    Threshold("hex_word_share", above=0.4, source="OpenCoder"),
    Threshold("import_share", above=0.95, lines=20, source="OpenCoder (0.3)"),
    Threshold("print_share", above=0.5, lines=10, source="OpenCoder (0.4)"),
    Threshold("zero_share", above=0.6, lines=10),
)
_DATA = (
    *_EVERYWHERE,
    Threshold("lines", above=512, source="StarCoder2"),
    Threshold("size", above=5000, source="StarCoder, OpenCoder"),
)
TABLE: dict[str, tuple[Threshold, ...]] = {
    "code": _CODE,
    "python": (
        *_CODE,
        Threshold("pass_share", above=0.3, lines=10, source="OpenCoder (0.05)"),
        Threshold("definition_share", above=0.6, lines=10, source="OpenCoder (0.2)"),
        Threshold("trivial_function_share", above=0.4, lines=10, source="OpenCoder (0.1)"),
    ),
    "c": (*_CODE, Threshold("main_functions", above=1, source="OpenCoder")),
    "sql": (*_CODE, Threshold("insert_share", above=0.9, lines=40)),
    "html": (
        *_EVERYWHERE,
        Threshold("visible_characters", below=100, source="StarCoder2"),
        Threshold("visible_share", below=0.2, source="StarCoder2"),
    ),
    "text": (
        *_EVERYWHERE,
        Threshold("lines", above=512, source="StarCoder2"),
        Threshold("unknown_text_name", above=0.5, source="StarCoder2"),
    ),
    "data": _DATA,
    "yaml": (
        *_EVERYWHERE,
        Threshold("lines", above=512, source="StarCoder2"),
        Threshold("size", above=20_000, source="OpenCoder (5000)"),
    ),
    "markup": _EVERYWHERE,
    "prose": _EVERYWHERE,
    "settings": _EVERYWHERE,
}
"""By group of signals/groups.py; groups that are not here go by `code`."""

FIXTURES = (Threshold("literal_line_share", above=0.6, lines=60),)
"""For files by whose path they are what tests read, beside those of their group."""


@cache
def thresholds_of(language: str, fixture: bool = False) -> tuple[Threshold, ...]:
    """Those that a file of the language must pass, in order; `fixture` for a file that is one by its path."""
    own = TABLE.get(group_of(language), TABLE["code"])
    return own + FIXTURES if fixture and own[: len(_CODE)] == _CODE else own


def _number(value: float) -> str:
    return f"{value:,.0f}" if value == int(value) and abs(value) >= 2 else f"{value:.2f}"
