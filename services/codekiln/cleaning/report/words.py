"""Steps and reasons in words, for the page."""

from __future__ import annotations

STEPS = {
    "opt_out": "what its owners have withdrawn",
    "licence": "licences that allow use",
    "size": "empty and very large files",
    "decode": "bytes to text",
    "lines": "number and length of lines, share of letters",
    "encoded": "base64, hexadecimal and escaped data in bulk",
    "generated": "files that a program wrote",
    "vendored": "copies of other people's code",
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
    "too_small": "Next to nothing in it.",
    "data_file": "Data, not code.",
    "mostly_digits": "Numbers, not code.",
    "repeated_lines": "The same lines over and over.",
    "mostly_literals": "A table of literals.",
    "test_fixture": "A test's data.",
    "broken_by_anonymizing": "It would no longer parse.",
    "benchmark_problem": "It would spoil an evaluation.",
    "exact_duplicate": "Another file is the same.",
    "whitespace_duplicate": "Another file differs in white space only.",
    "near_duplicate": "Another file is nearly the same.",
}
