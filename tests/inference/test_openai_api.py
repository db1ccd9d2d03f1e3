"""OpenAI's requests are read as OpenAI means them; what is not offered is refused, never ignored."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codekiln.core.errors import FailedPrecondition, InvalidArgument, NotFound, Unavailable
from codekiln.inference.openai_api import error_body, error_status, parse_completion, retry_after
from codekiln.inference.sampling import Sampling

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
FIELDS = st.sampled_from(
    ["prompt", "suffix", "max_tokens", "temperature", "top_p", "n", "stop", "seed", "stream", "stream_options", "echo",
     "logprobs", "logit_bias", "model"]
)  # fmt: skip


def fields(body: Any) -> list[str]:
    with pytest.raises(InvalidArgument) as caught:
        parse_completion(body)
    return [violation.field for violation in caught.value.violations]


def test_the_defaults_are_openai_s() -> None:
    request = parse_completion({"prompt": "def"})
    assert request.sampling == Sampling(max_tokens=16, temperature=1.0, top_p=1.0, seed=None, stop=(), n=1)
    assert (request.prompts, request.suffix, request.stream) == (("def",), None, False)


def test_everything_that_is_offered_arrives() -> None:
    request = parse_completion(
        {
            "model": "demo/model", "prompt": "a", "suffix": "b", "max_tokens": 3, "temperature": 0, "top_p": 0.5,
            "n": 2, "stop": ["x", "y"], "seed": 7, "stream": True, "stream_options": {"include_usage": True},
            "user": "u",
        }
    )  # fmt: skip
    assert request.sampling == Sampling(max_tokens=3, temperature=0.0, top_p=0.5, seed=7, stop=("x", "y"), n=2)
    assert (request.model, request.suffix, request.stream, request.include_usage) == ("demo/model", "b", True, True)


@pytest.mark.parametrize(
    ("prompt", "prompts"),
    [("a", ("a",)), (["a", "b"], ("a", "b")), ([1, 2], ((1, 2),)), ([[1], [2, 3]], ((1,), (2, 3))), ("", ("",))],
)
def test_the_four_forms_of_a_prompt(prompt: Any, prompts: Any) -> None:
    assert parse_completion({"prompt": prompt}).prompts == prompts


@pytest.mark.parametrize("prompt", [None, 3, [], [[]], [1.5], [True], {"a": 1}])
def test_other_forms_are_refused(prompt: Any) -> None:
    assert fields({"prompt": prompt}) == ["prompt"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("n", 0), ("n", 65), ("n", "2"), ("n", True), ("temperature", 3), ("top_p", 0), ("max_tokens", 0), ("seed", -1),
        ("max_tokens", 2.5), ("stop", 5), ("stop", [""]), ("suffix", 5), ("stream", "yes"), ("echo", True),
        ("logprobs", 0), ("best_of", 2), ("logit_bias", {"5": 1}), ("presence_penalty", 0.5), ("frequency_penalty", 1),
    ],
)  # fmt: skip
def test_a_wrong_or_unoffered_field_is_named(field: str, value: Any) -> None:
    assert [name.partition("[")[0] for name in fields({"prompt": "a", field: value})] == [field]


def test_values_that_mean_nothing_are_accepted() -> None:
    harmless: dict[str, Any] = {
        "echo": False,
        "logprobs": None,
        "best_of": 1,
        "logit_bias": {},
        "presence_penalty": 0,
        "user": "me",
    }
    assert parse_completion({"prompt": "a", **harmless})


def test_token_ids_cannot_have_a_suffix_and_choices_are_bounded() -> None:
    assert fields({"prompt": [1, 2], "suffix": "b"}) == ["suffix"]
    assert fields({"prompt": ["a", "b", "c"], "n": 64}) == ["n"]


@given(body=st.dictionaries(FIELDS, JSON) | JSON)
def test_no_json_at_all_fails_otherwise_than_by_a_sentence(body: Any) -> None:
    try:
        request = parse_completion(body)
    except InvalidArgument as error:
        assert error.message
    else:
        assert request.prompts


def test_a_model_that_is_not_there_is_unavailable_and_never_a_fatal_error() -> None:
    loading = Unavailable("wait", reason="MODEL_LOADING")
    assert (error_status(loading), retry_after(loading)) == (503, {"Retry-After": "2"})
    assert error_status(FailedPrecondition("none", reason="NO_MODEL")) == 503
    assert error_status(FailedPrecondition("no", reason="NO_INFILL")) == 400
    assert error_status(NotFound("what")) == 404


def test_errors_have_openai_s_form() -> None:
    with pytest.raises(InvalidArgument) as caught:
        parse_completion({"prompt": "a", "n": 0})
    error = error_body(caught.value)["error"]
    assert (error["type"], error["param"], error["code"]) == ("invalid_request_error", "n", "invalid_argument")
    assert error["message"] == "n: must be between 1 and 64, got 0"
