"""OpenAI's completions API as plain data: requests in, responses and errors out. Knows no HTTP framework.

Defaults are OpenAI's (16 tokens, temperature 1), not codekiln's. What would change the meaning of a completion and is
not offered is refused; what would not, such as `user`, is ignored.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from codekiln.core.errors import CodekilnError, InvalidArgument, Retryable, Violation
from codekiln.inference.completion import Piece, Usage
from codekiln.inference.host import LoadedModel
from codekiln.inference.sampling import Sampling

MOST_CHOICES = 128

_REFUSED: dict[str, tuple[Any, ...]] = {
    "echo": (False,),
    "logprobs": (),
    "prompt_logprobs": (),
    "best_of": (1,),
    "logit_bias": ({},),
    "presence_penalty": (0,),
    "frequency_penalty": (0,),
}
"""Fields that are not offered, and values that mean the same as leaving them out (null always does)."""

_STATUS = {
    "INVALID_ARGUMENT": 400,
    "FAILED_PRECONDITION": 400,
    "UNAUTHENTICATED": 401,
    "PERMISSION_DENIED": 403,
    "NOT_FOUND": 404,
    "RESOURCE_EXHAUSTED": 429,
    "UNAVAILABLE": 503,
}


@dataclass(frozen=True)
class CompletionRequest:
    """A checked request. Each prompt is a text or token ids; with `suffix` the texts are prefixes to fill from."""

    prompts: tuple[str | tuple[int, ...], ...]
    suffix: str | None
    sampling: Sampling
    model: str
    stream: bool
    include_usage: bool


def parse_completion(body: Any) -> CompletionRequest:
    """Raises InvalidArgument that lists every wrong field."""
    if not isinstance(body, Mapping):
        raise InvalidArgument('the body must be a JSON object, for example {"prompt": "def add("}', reason="BAD_BODY")
    fields = _Fields(body)
    prompts = fields.prompts()
    suffix = fields.get("suffix", str, None)
    sampling = Sampling(
        max_tokens=fields.number("max_tokens", int, 16, 1, 1 << 20),
        temperature=fields.number("temperature", float, 1.0, 0.0, 2.0),
        top_p=fields.number("top_p", float, 1.0, 0.0, 1.0),
        seed=fields.number("seed", int, None, 0, 1 << 62),
        stop=fields.stop(),
        n=fields.number("n", int, 1, 1, 64),
    )
    fields.violations += [Violation(v.field.removeprefix("."), v.description) for v in sampling.check("")]
    stream = bool(fields.get("stream", bool, False))
    options = fields.get("stream_options", dict, None) or {}
    fields.refuse()
    if suffix is not None and not all(isinstance(prompt, str) for prompt in prompts):
        fields.wrong("suffix", "needs prompts that are texts, not token ids")
    if len(prompts) * sampling.n > MOST_CHOICES:
        fields.wrong("n", f"times the number of prompts must be at most {MOST_CHOICES}")
    if fields.violations:
        raise InvalidArgument(violations=fields.violations)
    model = str(fields.get("model", str, "") or "")
    return CompletionRequest(prompts, suffix, sampling, model, stream, bool(options.get("include_usage")))


class _Fields:
    """Reads a JSON object and collects what is wrong with it."""

    def __init__(self, body: Mapping[str, Any]) -> None:
        self._body = body
        self.violations: list[Violation] = []

    def wrong(self, field: str, sentence: str) -> None:
        self.violations.append(Violation(field, sentence))

    def get(self, field: str, kind: type, default: Any) -> Any:
        value = self._body.get(field)
        if value is None:
            return default
        if not isinstance(value, kind):
            self.wrong(field, f"must be a {kind.__name__}, got {type(value).__name__}")
            return default
        return value

    def number(self, field: str, kind: type, default: Any, low: float, high: float) -> Any:
        value = self._body.get(field)
        if value is None:
            return default
        if isinstance(value, bool) or not isinstance(value, int if kind is int else int | float):
            self.wrong(field, f"must be a number of type {kind.__name__}")
            return default
        if not low <= value <= high:
            self.wrong(field, f"must be between {low:g} and {high:g}, got {value:g}")
            return default
        return kind(value)

    def prompts(self) -> tuple[str | tuple[int, ...], ...]:
        value = self._body.get("prompt")
        if isinstance(value, str):
            return (value,)
        if isinstance(value, list) and value:
            if _is_ids(value):
                return (tuple(value),)
            if all(isinstance(item, str) or (_is_ids(item) and item) for item in value):
                return tuple(item if isinstance(item, str) else tuple(item) for item in value)
        self.wrong("prompt", "must be a text, a list of texts, a list of token ids, or a list of such lists")
        return ("",)

    def stop(self) -> tuple[str, ...]:
        value = self._body.get("stop")
        items = [value] if isinstance(value, str) else value or []
        if not isinstance(items, list) or not all(isinstance(item, str) for item in items):
            self.wrong("stop", "must be a text or a list of texts")
            return ()
        return tuple(items)

    def refuse(self) -> None:
        for field, harmless in _REFUSED.items():
            value = self._body.get(field)
            if value is not None and value not in harmless:
                self.wrong(field, "is not offered by this server: leave it out")


def _is_ids(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, int) and not isinstance(item, bool) for item in value)


def chunk(id: str, model: LoadedModel, choices: Sequence[dict[str, Any]], usage: Usage | None = None) -> dict[str, Any]:
    """A `text_completion` object: a whole response, or one event of a stream."""
    return {
        "id": id,
        "object": "text_completion",
        "created": int(time.time()),
        "model": model.name,
        "system_fingerprint": str(model.files.ref),
        "choices": list(choices),
        "usage": usage
        and {
            "prompt_tokens": usage.prompt_tokens,
            "completion_tokens": usage.completion_tokens,
            "total_tokens": usage.prompt_tokens + usage.completion_tokens,
        },
    }


def choice(index: int, piece: Piece) -> dict[str, Any]:
    return {"index": index, "text": piece.text, "finish_reason": piece.finish or None, "logprobs": None}


def model_list(model: LoadedModel | None) -> dict[str, Any]:
    """The model under the name it was asked for by, and under its reference."""
    ids = dict.fromkeys((model.name, str(model.files.ref))) if model else ()
    data = [
        {
            "id": id,
            "object": "model",
            "created": 0,
            "owned_by": "codekiln",
            "root": str(model.files.ref),
            "max_model_len": model.files.max_length,
        }
        for id in ids
        if model
    ]
    return {"object": "list", "data": data}


def error_status(error: CodekilnError) -> int:
    """The HTTP status. A model that is not there is 503, so that a load balancer looks elsewhere."""
    if error.code == "FAILED_PRECONDITION" and error.reason != "NO_INFILL":
        return 503
    return _STATUS.get(error.code, 500)


def error_body(error: CodekilnError) -> dict[str, Any]:
    violations = getattr(error, "violations", ())
    kind = "invalid_request_error" if error_status(error) < 500 else "server_error"
    param = violations[0].field if violations else None
    return {"error": {"message": error.message, "type": kind, "param": param, "code": error.reason.lower()}}


def retry_after(error: CodekilnError) -> dict[str, str]:
    """Headers that tell a client to come back."""
    return {"Retry-After": "2"} if isinstance(error, Retryable) else {}
