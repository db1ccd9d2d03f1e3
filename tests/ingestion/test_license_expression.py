from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codekiln.ingestion.license_expression import SPDX_IDS, parse_expression, parse_free_text

IDS = st.sampled_from(SPDX_IDS)
EXPRESSIONS = st.recursive(
    IDS.map(lambda id: (id, {id})),
    lambda inner: st.tuples(inner, st.sampled_from([" AND ", " OR ", " or "]), inner).map(
        lambda t: (f"({t[0][0]}{t[1]}{t[2][0]})", t[0][1] | t[2][1])
    ),
    max_leaves=8,
)


@given(EXPRESSIONS)
def test_an_expression_gives_exactly_the_licences_it_names(expression: tuple[str, set[str]]) -> None:
    text, ids = expression
    assert parse_expression(text) == tuple(sorted(ids))
    assert parse_free_text(text) == tuple(sorted(ids))


@given(IDS)
def test_spelling_is_corrected(id: str) -> None:
    assert parse_expression(id.lower()) == parse_expression(f"  {id.upper()} ") == (id,)


@given(st.text(max_size=300))
def test_no_text_breaks_the_parsers(text: str) -> None:
    assert set(parse_expression(text)) <= set(SPDX_IDS) | {id for id in parse_expression(text) if "Ref-" in id}
    parse_expression(text, known_only=False)
    parse_free_text(text)


@given(st.text(alphabet="() ANDORWITHMIT-0.+", max_size=60))
def test_a_broken_expression_is_none_and_not_half_of_one(text: str) -> None:
    if text.count("(") != text.count(")") or text.strip().endswith((" AND", " OR", " WITH")):
        assert parse_expression(text) == ()


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("Apache-2.0 WITH LLVM-exception", ("Apache-2.0",)),
        ("GPL-2.0+", ("GPL-2.0-or-later",)),
        ("LGPL-3.0", ("LGPL-3.0-only",)),
        ("LicenseRef-NVIDIA-Proprietary", ("LicenseRef-NVIDIA-Proprietary",)),
        ("MIT AND", ()),
        ("(MIT", ()),
        ("MIT Apache-2.0", ()),
        ("WITH MIT", ()),
        ("Foo-1.0", ()),
        ("", ()),
    ],
)
def test_expressions(text: str, ids: tuple[str, ...]) -> None:
    assert parse_expression(text) == ids


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("MIT License", ("MIT",)),
        ("The MIT License", ("MIT",)),
        ("Apache License, Version 2.0", ("Apache-2.0",)),
        ("Apache 2.0", ("Apache-2.0",)),
        ("Apache License v2.0", ("Apache-2.0",)),
        ("BSD 2-Clause License", ("BSD-2-Clause",)),
        ("3-Clause BSD License", ("BSD-3-Clause",)),
        ("New BSD", ("BSD-3-Clause",)),
        ("ISC License (ISCL)", ("ISC",)),
        ("GPLv3+", ("GPL-3.0-or-later",)),
        ("MIT/Apache-2.0", ("Apache-2.0", "MIT")),
        ("MIT or Apache License 2.0", ("Apache-2.0", "MIT")),
        ("BSD", ()),
        ("MIT/something else", ()),
        ("Intel End User License Agreement", ()),
        ("UNKNOWN", ()),
        ("x" * 100_000, ()),
    ],
)
def test_what_people_write_is_understood_or_left_alone(text: str, ids: tuple[str, ...]) -> None:
    assert parse_free_text(text) == ids
