"""All signals by name."""

from __future__ import annotations

from collections.abc import Callable

from codekiln.cleaning.document import Document
from codekiln.cleaning.steps.signals import characters, comments, data, repetition, strings, structure, tests, words

Signal = Callable[[Document], float]
"""A pure function of what the document measures of itself: a share of 0 to 1, or a count."""

_ALL: tuple[Signal, ...] = (
    characters.size,
    characters.characters,
    characters.digit_share,
    characters.whitespace_share,
    characters.replacement_share,
    characters.mean_line,
    words.words,
    words.mean_word,
    words.unique_word_share,
    words.long_word_share,
    words.hex_word_share,
    words.base64_word_share,
    comments.comment_share,
    comments.todo_share,
    comments.prompt_comment_share,
    comments.commented_code_share,
    strings.string_share,
    strings.long_string_share,
    repetition.repeated_line_share,
    repetition.top_2gram_share,
    repetition.top_3gram_share,
    repetition.top_4gram_share,
    structure.import_share,
    structure.print_share,
    structure.definition_share,
    structure.trivial_function_share,
    structure.pass_share,
    structure.zero_share,
    structure.no_logic_share,
    structure.directive_share,
    structure.main_functions,
    tests.assert_share,
    data.lines,
    data.literal_line_share,
    data.bare_word_share,
    data.insert_share,
    data.xml_start,
    data.visible_characters,
    data.visible_share,
    data.unknown_text_name,
)
SIGNALS: dict[str, Signal] = {signal.__name__: signal for signal in _ALL}
"""A signal's name is that of its function, and its docstring says what it measures."""
