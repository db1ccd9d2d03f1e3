"""One completion: its pieces, its usage, its end."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses

import prometheus_client
import pytest

from codekiln.core.errors import FailedPrecondition, InvalidArgument, Unavailable
from codekiln.inference.completion import Piece, Usage, complete, infill_prompt, text_prompt, token_prompt
from codekiln.inference.host import LoadedModel
from codekiln.inference.model_files import ModelFiles
from codekiln.inference.sampling import Sampling

from .material import EchoEngine


@pytest.fixture
def engine(files: ModelFiles) -> EchoEngine:
    return EchoEngine(files)


@pytest.fixture
def loaded(files: ModelFiles, engine: EchoEngine) -> LoadedModel:
    return LoadedModel("demo/model", files, engine)


async def pieces(loaded: LoadedModel, ids: list[int], sampling: Sampling) -> list[Piece]:
    return [piece async for piece in complete(loaded, token_prompt(loaded, ids), sampling)]


def metric(name: str, **labels: str) -> float:
    return prometheus_client.REGISTRY.get_sample_value(f"codekiln_inference_{name}", labels) or 0.0


async def test_the_last_piece_alone_carries_finish_and_usage(loaded: LoadedModel) -> None:
    told = await pieces(loaded, [5, 6, 7], Sampling(max_tokens=2))
    assert told == [Piece(0, "5 "), Piece(0, "6 ", "length", Usage(3, 2))]


async def test_each_of_n_completions_finishes_and_the_last_carries_the_usage_of_all(loaded: LoadedModel) -> None:
    told = await pieces(loaded, [5, 6], Sampling(max_tokens=9, n=3))
    assert [piece.index for piece in told if piece.finish] == [0, 1, 2]
    assert [piece.usage for piece in told if piece.usage] == [Usage(2, 6)]
    assert told[-1].usage


async def test_a_stop_text_ends_it(loaded: LoadedModel) -> None:
    told = await pieces(loaded, [5, 6, 7], Sampling(stop=("6",)))
    assert told[-1].finish == "stop"
    assert "".join(piece.text for piece in told) == "5 "


async def test_closing_the_reader_ends_the_request_in_the_engine(loaded: LoadedModel, engine: EchoEngine) -> None:
    engine.gate.clear()
    cancelled = metric("requests_total", kind="complete", outcome="cancelled")
    stream = complete(loaded, token_prompt(loaded, [1, 2, 3]), Sampling())
    async with contextlib.aclosing(stream):  # type: ignore[type-var]
        assert (await anext(stream)).text == "1 "
        assert (engine.running, metric("running")) == (1, 1)
    assert (engine.running, metric("running"), metric("waiting")) == (0, 0, 0)
    assert metric("requests_total", kind="complete", outcome="cancelled") == cancelled + 1


async def test_cancelling_the_reader_s_task_ends_the_request_in_the_engine(
    loaded: LoadedModel, engine: EchoEngine
) -> None:
    engine.gate.clear()
    task = asyncio.create_task(pieces(loaded, [1, 2, 3], Sampling()))
    while not engine.running:
        await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert engine.running == 0


async def test_a_dying_engine_is_an_error_that_may_be_retried(loaded: LoadedModel, engine: EchoEngine) -> None:
    engine.die()
    with pytest.raises(Unavailable):
        await pieces(loaded, [1, 2], Sampling())
    assert (metric("running"), metric("waiting")) == (0, 0)


async def test_tokens_are_counted(loaded: LoadedModel) -> None:
    before = metric("tokens_total", kind="prompt"), metric("tokens_total", kind="completion")
    await pieces(loaded, [1, 2, 3], Sampling(n=2, max_tokens=2))
    after = metric("tokens_total", kind="prompt"), metric("tokens_total", kind="completion")
    assert (after[0] - before[0], after[1] - before[1]) == (3, 4)


async def test_a_prompt_longer_than_the_model_is_refused_with_numbers(loaded: LoadedModel) -> None:
    assert token_prompt(loaded, [1] * 255)
    with pytest.raises(InvalidArgument, match=r"256 tokens.*takes 255") as caught:
        token_prompt(loaded, [1] * 256)
    assert caught.value.reason == "PROMPT_TOO_LONG"
    with pytest.raises(InvalidArgument, match="takes 255"):
        await infill_prompt(loaded, "x" * 300, "y" * 300)


async def test_an_empty_prompt_and_foreign_ids_are_refused(loaded: LoadedModel) -> None:
    with pytest.raises(InvalidArgument, match="at least one token"):
        await text_prompt(loaded, "")
    for ids in ([loaded.files.tokenizer.vocab_size], [-1]):
        with pytest.raises(InvalidArgument, match="outside"):
            token_prompt(loaded, ids)


async def test_an_infill_without_prefix_or_suffix_is_fine(loaded: LoadedModel) -> None:
    fim = loaded.files.fim
    assert fim is not None
    assert (await infill_prompt(loaded, "", "")).ids == [fim.prefix, fim.suffix, fim.middle]


async def test_a_model_without_the_tokens_refuses_to_infill(loaded: LoadedModel, files: ModelFiles) -> None:
    plain = dataclasses.replace(loaded, files=dataclasses.replace(files, fim=None))
    with pytest.raises(FailedPrecondition) as caught:
        await infill_prompt(plain, "a", "b")
    assert caught.value.reason == "NO_INFILL"
