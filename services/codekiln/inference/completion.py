"""One completion as a stream of pieces, for gRPC and HTTP alike: validated, counted, cancelled with its reader."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

from codekiln.core.errors import FailedPrecondition, InvalidArgument, Violation
from codekiln.inference import metrics
from codekiln.inference.host import LoadedModel
from codekiln.inference.sampling import Sampling


@dataclass(frozen=True)
class Usage:
    """Tokens of the prompt, and those made over all n completions."""

    prompt_tokens: int
    completion_tokens: int


@dataclass(frozen=True)
class Piece:
    """New text of completion `index`. `finish` is set in its last piece, `usage` in the stream's."""

    index: int
    text: str
    finish: str = ""
    usage: Usage | None = None


@dataclass(frozen=True)
class Prompt:
    """Token ids that fit the model, and what was asked for: `complete` or `infill`."""

    kind: str
    ids: Sequence[int]


async def text_prompt(model: LoadedModel, text: str, field: str = "prompt") -> Prompt:
    """Raises InvalidArgument where it is longer than the model."""
    ids = await asyncio.to_thread(model.files.tokenizer.encode, text, beginning=True)
    return token_prompt(model, ids, field)


def token_prompt(model: LoadedModel, ids: Sequence[int], field: str = "prompt") -> Prompt:
    """Raises InvalidArgument where it is empty, longer than the model, or has an id outside of the vocabulary."""
    if not ids:
        raise InvalidArgument(violations=[Violation(field, "is empty: the model needs at least one token")])
    if max(ids) >= model.files.tokenizer.vocab_size or min(ids) < 0:
        sentence = f"has a token id outside of 0..{model.files.tokenizer.vocab_size - 1}"
        raise InvalidArgument(violations=[Violation(field, sentence)])
    return _fitting(model, Prompt("complete", ids), field)


async def infill_prompt(model: LoadedModel, prefix: str, suffix: str) -> Prompt:
    """Raises FailedPrecondition (NO_INFILL) where the tokenizer has no fill-in-the-middle tokens."""
    template = model.files.fim
    if template is None:
        raise FailedPrecondition(
            f"{model.files.ref} cannot fill gaps: its tokenizer has no fill-in-the-middle tokens. Complete instead, or "
            "train with a tokenizer that has them",
            reason="NO_INFILL",
            model=model.files.ref,
        )
    encode = model.files.tokenizer.encode
    before, after = await asyncio.to_thread(lambda: (encode(prefix), encode(suffix)))
    return _fitting(model, Prompt("infill", template.prompt(before, after)), "prefix")


async def complete(model: LoadedModel, prompt: Prompt, sampling: Sampling) -> AsyncIterator[Piece]:
    """The pieces as they come. Closing the iterator aborts the request in the engine."""
    made, open_completions = 0, sampling.n
    async with contextlib.AsyncExitStack() as stack:
        count = stack.enter_context(_Counted(prompt))
        deltas = model.engine.generate(prompt.ids, sampling, model.files.stop_ids)
        await stack.enter_async_context(contextlib.aclosing(deltas))  # type: ignore[type-var]
        async for delta in deltas:
            made += delta.tokens
            count.tokens(delta.tokens)
            if delta.finish:
                open_completions -= 1
                count.outcome = delta.finish
            elif not delta.text:
                continue
            usage = None if open_completions else Usage(len(prompt.ids), made)
            yield Piece(delta.index, delta.text, delta.finish, usage)


def _fitting(model: LoadedModel, prompt: Prompt, field: str) -> Prompt:
    longest = model.files.max_length - 1
    if len(prompt.ids) > longest:
        sentence = f"has {len(prompt.ids)} tokens with what belongs to it, the model takes {longest}: shorten it"
        raise InvalidArgument(violations=[Violation(field, sentence)], reason="PROMPT_TOO_LONG")
    return prompt


class _Counted:
    """The metrics of one request."""

    def __init__(self, prompt: Prompt) -> None:
        self._prompt = prompt
        self._first = True
        self.outcome = ""

    def __enter__(self) -> _Counted:
        self._start = time.perf_counter()
        metrics.WAITING.inc()
        metrics.TOKENS.labels("prompt").inc(len(self._prompt.ids))
        return self

    def tokens(self, number: int) -> None:
        metrics.TOKENS.labels("completion").inc(number)
        if self._first:
            self._first = False
            metrics.WAITING.dec()
            metrics.RUNNING.inc()
            metrics.FIRST_TOKEN_SECONDS.labels(self._prompt.kind).observe(time.perf_counter() - self._start)

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        (metrics.WAITING if self._first else metrics.RUNNING).dec()
        outcome = self.outcome or "error"
        if isinstance(error, asyncio.CancelledError | GeneratorExit):
            outcome = "cancelled"
        elif error is not None:
            outcome = "error"
        metrics.REQUESTS.labels(self._prompt.kind, outcome).inc()
        metrics.SECONDS.labels(self._prompt.kind).observe(time.perf_counter() - self._start)
