from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codekiln.evaluation.completion import STOPS, truncate

PROMPT = 'def f(x):\n    """Doc."""\n'


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("    return x\n\ndef g():\n    pass\n", "    return x\n"),
        ("    return x\n# next", "    return x"),
        ("    return x\nclass A: pass", "    return x"),
        ("    if x:\n        return 1\n    return 2\n\n\nif __name__", "    if x:\n        return 1\n    return 2\n\n"),
        ("    return x<|endoftext|>y", "    return x"),
        ("    return x", "    return x"),
        ("    # inside\n    return x\n", "    # inside\n    return x\n"),
        ("def g(): pass", ""),
        ("", ""),
    ],
)
def test_a_completion_ends_with_its_function(text: str, kept: str) -> None:
    assert truncate(PROMPT, text) == kept


def test_a_prompt_that_ends_inside_a_line_goes_on_in_it() -> None:
    assert truncate("x = ", "def g") == "def g"
    assert truncate("x = ", "1\nprint(x)") == "1"


@given(st.text() | st.lists(st.sampled_from([*STOPS, "    return x", "\n"])).map("".join))
def test_what_is_kept_is_a_beginning_without_any_stop(text: str) -> None:
    kept = truncate(PROMPT, text)
    assert text.startswith(kept)
    assert not any(stop in kept for stop in STOPS)
    assert truncate(PROMPT, kept) == kept


def test_the_inference_service_takes_that_many_stops() -> None:
    assert len(STOPS) <= 16
