"""The engine: prompts of token ids in, pieces of text out. `VllmEngine` is vLLM's AsyncLLM with its process owned."""

from __future__ import annotations

import asyncio
import contextlib
import multiprocessing
import threading
import uuid
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from codekiln.core.errors import CodekilnError, FailedPrecondition, InvalidArgument, Unavailable
from codekiln.inference.model_files import ModelFiles
from codekiln.inference.sampling import Sampling
from codekiln.inference.vllm_options import EngineOptions
from codekiln.inference.vllm_start import start_llm

T = TypeVar("T")

_STOP_SECONDS = 1.0
"""For vLLM's process to end by itself. It has nothing to lose, and needs 3 s to take torch apart."""
_GREEDY = 1e-5
"""vLLM's own bound: temperatures below are greedy."""


@dataclass(frozen=True)
class Delta:
    """New text of one of the n completions. `finish` is empty, `stop` or `length`."""

    index: int
    text: str
    tokens: int
    finish: str = ""


class Engine(Protocol):
    """Computes completions of one model."""

    def generate(self, prompt: Sequence[int], sampling: Sampling, stop_ids: Sequence[int]) -> AsyncIterator[Delta]:
        """Ends after each completion's last delta. Closing the iterator frees its place. Raises Unavailable."""
        ...

    async def died(self) -> None:
        """Returns when the engine can no longer compute."""
        ...

    async def stop(self) -> None:
        """Ends its processes. Returns when they are gone."""
        ...


class VllmEngine:
    """`await VllmEngine.start(files, options)` takes 20 s on an idle machine; the event loop stays live meanwhile."""

    def __init__(self, llm: Any) -> None:
        self._llm = llm
        # vLLM is the only one here that uses multiprocessing.
        self._children = multiprocessing.active_children()
        self._died = _watch(self._children)

    @staticmethod
    async def start(files: ModelFiles, options: EngineOptions) -> VllmEngine:
        """Raises FailedPrecondition where vLLM refuses the model or does not start. Cancelling stops what was begun."""
        given_up = threading.Event()
        starting = _in_thread(lambda: start_llm(files, options, given_up))
        try:
            llm = await asyncio.shield(starting)
        except asyncio.CancelledError:
            given_up.set()
            await _abandon(starting)
            raise
        except CodekilnError:
            raise
        except Exception as error:
            raise FailedPrecondition(
                f"vLLM does not start with {files.ref} ({_short(error)}): the server's log has the details",
                reason="ENGINE_FAILED",
                model=files.ref,
            ) from error
        return VllmEngine(llm)

    async def generate(
        self, prompt: Sequence[int], sampling: Sampling, stop_ids: Sequence[int]
    ) -> AsyncIterator[Delta]:
        from vllm.exceptions import VLLMClientError
        from vllm.inputs.engine import tokens_input
        from vllm.sampling_params import RequestOutputKind, SamplingParams
        from vllm.v1.engine.exceptions import EngineDeadError

        # vLLM refuses several greedy completions; they are equal, so one is made and told n times.
        greedy = sampling.temperature < _GREEDY
        params = SamplingParams(
            n=1 if greedy else sampling.n,
            temperature=sampling.temperature,
            top_p=sampling.top_p,
            seed=sampling.seed,
            stop=list(sampling.stop),
            stop_token_ids=list(stop_ids),
            max_tokens=sampling.max_tokens,
            output_kind=RequestOutputKind.DELTA,
        )
        outputs = self._llm.generate(tokens_input(list(prompt)), params, request_id=uuid.uuid4().hex)
        try:
            async with contextlib.aclosing(outputs):
                async for output in outputs:
                    for part in output.outputs:
                        if part.finish_reason not in (None, "stop", "length"):
                            raise Unavailable("the engine gave the request up: try again", reason="ENGINE_ABORTED")
                        for index in range(sampling.n) if greedy else (part.index,):
                            yield Delta(index, part.text, len(part.token_ids), part.finish_reason or "")
        except VLLMClientError as error:
            raise InvalidArgument(f"the engine refuses the request: {error}", reason="ENGINE_REFUSED") from error
        except EngineDeadError:
            raise Unavailable("the engine died and is started again: try again", reason="ENGINE_DIED") from None

    async def died(self) -> None:
        await self._died.wait()

    async def stop(self) -> None:
        if self._llm.output_handler is not None:
            # Or it would report the engine's end as an error.
            self._llm.output_handler.cancel()
        await _in_thread(lambda: _stop(self._llm, self._children))


def _in_thread(work: Callable[[], T]) -> asyncio.Future[T]:
    """Runs `work` in a daemon thread: unlike those of asyncio's pool, it cannot hold up the end of the process."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[T] = loop.create_future()

    def settle(result: T | None, error: BaseException | None) -> None:
        if future.cancelled():
            return
        if error is not None:
            future.set_exception(error)
        else:
            future.set_result(result)  # type: ignore[arg-type]

    def run() -> None:
        try:
            outcome: tuple[T | None, BaseException | None] = (work(), None)
        except BaseException as error:
            outcome = (None, error)
        with contextlib.suppress(RuntimeError):  # the loop has ended first
            loop.call_soon_threadsafe(settle, *outcome)

    threading.Thread(target=run, name="engine", daemon=True).start()
    return future


def _watch(children: Sequence[Any]) -> asyncio.Event:
    """Set when one of the processes ends."""
    loop, died = asyncio.get_running_loop(), asyncio.Event()
    for child in children:

        def ended(sentinel: int = child.sentinel) -> None:
            loop.remove_reader(sentinel)
            died.set()

        loop.add_reader(child.sentinel, ended)
    return died


async def _abandon(starting: asyncio.Future[Any]) -> None:
    """Waits until the start has failed for want of its process, or ends what it started."""
    while not starting.done():
        for child in multiprocessing.active_children():
            child.kill()
        await asyncio.wait([starting], timeout=0.2)
    if starting.exception() is None:
        await _in_thread(lambda: _stop(starting.result(), multiprocessing.active_children()))


def _stop(llm: Any, children: Sequence[Any]) -> None:
    llm.shutdown(timeout=_STOP_SECONDS)
    for child in children:
        child.join(_STOP_SECONDS)
        if child.is_alive():
            child.kill()
            child.join()


def _short(error: BaseException) -> str:
    """One line for people; pydantic, which checks vLLM's arguments, has the point on its third."""
    text = " ".join(line.strip() for line in str(error).splitlines()[:3])
    return text[:200] or type(error).__name__
