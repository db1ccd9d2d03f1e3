"""Steps and reasons in words, for people. A step or reason that has none here is told by its own name."""

from __future__ import annotations

STEPS = {
    "opt_out": "what its owners have withdrawn",
    "licence": "licences that allow use",
    "size": "empty and very large files",
    "decode": "bytes to text",
    "notebook": "notebooks turned to scripts",
    "noise": "page furniture, tables of contents, stamps, boilerplate of legal texts",
    "lines": "number and length of lines, share of letters",
    "encoded": "base64, hexadecimal and escaped data in bulk",
    "generated": "files that a program wrote",
    "vendored": "copies of other people's code",
    "license_header": "licence notices at the top removed",
    "parse": "files that their language's parser rejects",
    "quality": "too small, data, repetition",
    "anonymize": "personal data and secrets replaced",
    "benchmark": "benchmark problems and solutions",
    "duplicates": "equal and nearly equal files",
}

REASONS = {
    "opted_out": "Its owner has withdrawn it.",
    "licence_unknown": "Nobody said that it may be used.",
    "licence_not_allowed": "A licence that is not on the list.",
    "too_large": "More than 10 MB.",
    "empty": "Nothing but white space.",
    "binary": "Not text.",
    "undecodable": "No encoding fits.",
    "too_many_lines": "More than 100,000 lines.",
    "line_too_long": "One line is too long.",
    "lines_too_long": "The mean line is too long.",
    "few_letters": "Too few letters.",
    "encoded_data": "Data written as text.",
    "generated": "A program wrote it.",
    "vendored": "It comes from elsewhere.",
    "parse_error": "Its language's parser rejects it.",
    "notebook": "A notebook that is no script.",
    "size": "Data beyond a few pages.",
    "lines": "Data of many lines.",
    "characters": "Next to nothing in it.",
    "words": "Next to no words in it.",
    "replacement_share": "Its encoding was misread.",
    "digit_share": "Numbers, not code.",
    "whitespace_share": "Mostly white space.",
    "mean_line": "Lines of a few characters.",
    "repeated_line_share": "The same lines over and over.",
    "top_2gram_share": "The same two words over and over.",
    "top_3gram_share": "The same three words over and over.",
    "top_4gram_share": "The same four words over and over.",
    "xml_start": "XML by the name of code.",
    "literal_line_share": "A table of literals.",
    "comment_share": "Nothing but comments.",
    "prompt_comment_share": "An exercise or an answer, with gaps.",
    "todo_share": "More to do than is done.",
    "string_share": "Text with some code around it.",
    "long_string_share": "Long texts, not code.",
    "long_word_share": "Data in its strings.",
    "base64_word_share": "Encoded data in its strings.",
    "hex_word_share": "A table of hexadecimal numbers.",
    "import_share": "Nothing but imports.",
    "print_share": "Mostly prints.",
    "zero_share": "Everything set to zero.",
    "pass_share": "Bodies that do nothing.",
    "definition_share": "Functions of one line.",
    "trivial_function_share": "Functions that only return.",
    "main_functions": "Several programs in one.",
    "visible_characters": "A page that shows next to nothing.",
    "visible_share": "A page of markup.",
    "unknown_text_name": "A text that is no readme and no list of requirements.",
    "broken_by_anonymizing": "It would no longer parse.",
    "benchmark_problem": "It would spoil an evaluation.",
    "too_small": "Next to nothing in it.",
    "repeated_lines": "The same lines over and over.",
    "only_noise": "Nothing but page furniture and stamps.",
    "other_language": "Neither English nor Korean.",
    "no_words": "Words as long as no language has them.",
    "garbage": "Words that make no sense: a bad scan.",
    "symbols": "Too many signs.",
    "repeated_paragraphs": "The same paragraphs over and over.",
    "repeated_words": "The same words over and over.",
    "no_prose": "Words without grammar.",
    "exact_duplicate": "Another file is the same.",
    "whitespace_duplicate": "Another file differs in white space only.",
    "near_duplicate": "Another file is nearly the same.",
    "known_duplicate": "A known dataset has the same or nearly the same.",
}

SURVIVES = (
    "Of each cluster stays, in this order, a file with a permissive licence, one with a known licence, that of the "
    "most stars, the newest, the longest."
)


def reason_words(reason: str) -> str:
    """`near_duplicate` as it stands in a sentence."""
    return reason.replace("_", " ")
