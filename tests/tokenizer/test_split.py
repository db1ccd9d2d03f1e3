"""The split expression and what rests on it: both encoders, any text, same ids, exact round trip, no blow-up."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Regex, Tokenizer
from tokenizers.pre_tokenizers import Split

from codekiln.tokenizer.spec import SPECIAL_TOKENS
from codekiln.tokenizer.split import PATTERN

from .material import Trained, standard_library

SPLIT = Split(Regex(PATTERN), "isolated")

AWKWARD = (
    *SPECIAL_TOKENS,
    *"\r\n \t\0\x0b\x0c\x85\xa0\u2028\ufeff\u200d",
    *(
        "\r\n",
        "    ",
        "\n\n\n",
        "\n\t\t",
        "):\n        ",
        "__init__",
        "snake_case_2",
        "0xDEADBEEF",
        "1234567",
        "3.14e-10",
    ),
    *("'", '"""', "#!/", "->", "…", "é", "e\u0301", "ß", "Ω", "Ж", "中文", "한국어", "ひらがな", "\u0627", "न"),
    *("😀", "👩\u200d👩\u200d👧", "🇰🇷", "\U00010d40", "\U0001e030", "\U0002a700", "\ue000", "\uffff", "\U0010ffff"),
)
texts = st.lists(st.one_of(st.text(max_size=8), st.sampled_from(AWKWARD)), max_size=40).map("".join)


def pieces(text: str) -> list[str]:
    return [piece for piece, _ in SPLIT.pre_tokenize_str(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("return max_len_2", ["return", " max_len_2"]),
        ("self.__init__(x)", ["self", ".__init__", "(x", ")"]),
        ("def f():\n        pass", ["def", " f", "():\n        ", "pass"]),
        ("x\n\n    y", ["x", "\n\n    ", "y"]),
        ("x = 1234567", ["x", " =", " ", "123", "456", "7"]),
        ("a,\r\n\tb", ["a", ",\r\n\t", "b"]),
        ("x   # y", ["x", "   ", "#", " y"]),
        ("café 中文 😀!", ["café", " 中文", " 😀!"]),
    ],
)
def test_code_is_cut_where_a_reader_would_cut_it(text: str, expected: list[str]) -> None:
    assert pieces(text) == expected


@given(texts)
def test_every_character_belongs_to_a_piece(text: str) -> None:
    assert "".join(pieces(text)) == text


def test_every_code_point_is_read_alike_by_both_encoders(trained: Trained) -> None:
    """The two engines carry the tables of different Unicode versions; the expression must not lean on them."""
    assigned = [*range(0xD800), *range(0xE000, 0x33480), *range(0xE0000, 0xE0200), *range(0x33480, 0x110000, 997)]
    points = [chr(point) for point in assigned]
    for start in range(0, len(points), 4096):
        # Between two letters a letter joins and a sign does not, so a difference in class shows in the cut.
        assert_same(trained, "".join(f"a{point}b {point}1\n" for point in points[start : start + 4096]))


@settings(max_examples=300)
@given(text=texts)
def test_both_encoders_give_the_same_ids_and_the_text_comes_back(trained: Trained, text: str) -> None:
    assert_same(trained, text)


def test_real_files_get_the_same_ids_from_both_encoders(trained: Trained) -> None:
    for document in standard_library(3_000_000)[-60:]:
        assert_same(trained, document.text)
        assert_same(trained, document.text.replace("\n", "\r\n").replace("    ", "\t"))


@pytest.mark.parametrize("character", ["a", "0", " ", "\n", "\t", "=", "\r", "\0", "é", "中", "😀", "_"])
def test_a_megabyte_of_one_character_is_encoded(trained: Trained, character: str) -> None:
    assert_same(trained, character * (1_000_000 // len(character.encode())))


@pytest.mark.parametrize("unit", [" \n", "\r\n ", "=\n", "a1", " =", "\t ", "(\n\t", "'\"", "x "])
def test_a_long_line_of_a_short_pattern_is_encoded(trained: Trained, unit: str) -> None:
    assert_same(trained, unit * (300_000 // len(unit)))


def assert_same(trained: Trained, text: str) -> None:
    ids = trained.vocabulary.encoding.encode_ordinary(text)
    assert ids == as_text(trained.tokenizer).encode(text).ids
    assert trained.vocabulary.encoding.decode_bytes(ids) == text.encode()
    assert trained.tokenizer.decode(ids, skip_special_tokens=False) == text


def as_text(tokenizer: Tokenizer) -> Tokenizer:
    tokenizer.encode_special_tokens = True
    return tokenizer
