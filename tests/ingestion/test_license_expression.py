from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codekiln.core import spdx
from codekiln.ingestion.license_expression import SPDX_IDS, parse_expression, parse_free_text

IDS = st.sampled_from(SPDX_IDS)
EXPRESSIONS = st.recursive(
    IDS, lambda inner: st.tuples(inner, st.sampled_from([" AND ", " OR ", " or "]), inner), max_leaves=8
)
Tree = str | tuple["Tree", str, "Tree"]


def written(tree: Tree) -> str:
    return tree if isinstance(tree, str) else f"({written(tree[0])}{tree[1]}{written(tree[2])})"


def met(tree: Tree, allowed: set[str]) -> bool:
    if isinstance(tree, str):
        return tree in allowed
    sides = met(tree[0], allowed), met(tree[2], allowed)
    return all(sides) if tree[1] == " AND " else any(sides)


@given(EXPRESSIONS, st.sets(IDS))
def test_what_an_expression_asks_for_is_met_by_the_same_licences(tree: Tree, allowed: set[str]) -> None:
    parts = parse_expression(written(tree))
    assert parts == parse_free_text(written(tree)) == tuple(sorted(parts))
    folded = {id.lower() for id in allowed}
    expressions = [spdx.parse(part) for part in parts]
    assert all(e is not None and spdx.allows(e, folded) for e in expressions) == met(tree, allowed)


def test_nesting_that_nobody_writes_is_refused_and_not_fallen_into() -> None:
    assert spdx.parse("(" * 40 + "MIT" + ")" * 40) == "MIT"
    assert spdx.parse("(" * 900 + "MIT" + ")" * 900) is None


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
        ("MIT AND ISC AND MIT", ("ISC", "MIT")),
        ("mit or (isc or Zlib)", ("ISC OR MIT OR Zlib",)),
        ("MIT OR GPL-2.0 AND ISC", ("(GPL-2.0-only AND ISC) OR MIT",)),
        ("(MIT OR GPL-2.0) AND ISC", ("GPL-2.0-only OR MIT", "ISC")),
        ("Beerware", ("Beerware",)),
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
        ("MIT/Apache-2.0", ("Apache-2.0 OR MIT",)),
        ("MIT or Apache License 2.0", ("Apache-2.0 OR MIT",)),
        ("MIT, Apache 2.0", ("Apache-2.0", "MIT")),
        ("GPLv3+, MIT or ISC", ("GPL-3.0-or-later", "ISC", "MIT")),
        ("BSD", ()),
        ("MIT/something else", ()),
        ("Intel End User License Agreement", ()),
        ("UNKNOWN", ()),
        ("x" * 100_000, ()),
    ],
)
def test_what_people_write_is_understood_or_left_alone(text: str, ids: tuple[str, ...]) -> None:
    assert parse_free_text(text) == ids
