"""Which model is loaded and how far.

    NONE -> LOADING -> READY
               |  ^      |
               v  |      v      the engine died: it is started again, a few times
            FAILED <- LOADING

One model at a time: loading another stops the engine of the first before the second starts. A restart of the process
forgets which was asked for; it loads the one that the settings name, and waits for it until the store has it.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, replace
from pathlib import Path

from codekiln.core.artifacts import Ref
from codekiln.core.errors import (
    CodekilnError,
    FailedPrecondition,
    Internal,
    InvalidArgument,
    NotFound,
    Retryable,
    Unavailable,
    Violation,
)
from codekiln.core.names import resolve
from codekiln.core.store.interface import ObjectStore
from codekiln.core.telemetry.logs import logger
from codekiln.inference import metrics
from codekiln.inference.engine import Engine
from codekiln.inference.model_files import ModelFiles, fetch_model
from codekiln.inference.model_status import State, Status

StartEngine = Callable[[ModelFiles], Awaitable[Engine]]
TellReady = Callable[[bool], Awaitable[None]]
"""True once a model answers, False when its engine died. Not told while one model gives way to another."""

_RESTARTS = 3
_STABLE_SECONDS = 600.0
"""An engine that lived this long was started well: deaths before no longer count."""
_LONGEST_WAIT_SECONDS = 30.0
"""Between two looks for the model that the settings name."""


@dataclass(frozen=True)
class LoadedModel:
    """A model that answers. `name` is what it was last asked for by."""

    name: str
    files: ModelFiles
    engine: Engine


class ModelHost:
    """Loads models and holds the one that answers. To be used from the event loop."""

    def __init__(
        self, store: ObjectStore, cache: Path, start_engine: StartEngine, tell_ready: TellReady | None = None
    ) -> None:
        self._store = store
        self._cache = cache
        self._start_engine = start_engine
        self._tell_ready = tell_ready
        self._status = Status()
        self._began = 0.0
        self._loaded: LoadedModel | None = None
        self._name = ""
        self._task: asyncio.Task[None] | None = None
        # Held from the first byte fetched until the engine is gone, so that there is never more than one.
        self._turn = asyncio.Lock()
        self._closing = False
        self._log = logger("model")

    @property
    def status(self) -> Status:
        if self._status.state is State.LOADING:
            return replace(self._status, seconds=time.monotonic() - self._began)
        return self._status

    @property
    def loaded(self) -> LoadedModel | None:
        """The model that answers, if one does."""
        return self._loaded

    async def load(self, name: str) -> Status:
        """Begins to load what `name` points to; nothing new where that is loading or loaded.

        Raises NotFound and InvalidArgument for the name, Unavailable while the server stops.
        """
        if not name:
            raise InvalidArgument(
                violations=[Violation("model", "is required: `model:digest`, a unique prefix, or a name")]
            )
        ref = await self._resolve(name)
        if self._closing:
            raise _stopping()
        self._name = name
        if self._status.model == ref and self._status.state in (State.LOADING, State.READY):
            if self._loaded is not None:
                self._loaded = replace(self._loaded, name=name)
            return self.status
        if self._task is not None:
            self._task.cancel()
        self._loaded, self._began = None, time.monotonic()
        self._status = Status(State.LOADING, ref, "waits for the model before it to stop")
        self._task = asyncio.create_task(self._reported(self._keep(ref)))
        return self.status

    def load_when_there(self, name: str) -> None:
        """Loads the model of the settings. Where the store does not have it, or fails, it is tried again and again.

        Asking for another one by `load` ends that.
        """
        self._name, self._began = name, time.monotonic()
        self._status = Status(State.LOADING, None, f"looks for {name}")
        self._task = asyncio.create_task(self._reported(self._keep_trying(name)))

    def model(self) -> LoadedModel:
        """The model that answers.

        Raises Unavailable (MODEL_LOADING, STOPPING) and FailedPrecondition (NO_MODEL, or the reason why it failed).
        """
        if self._closing:
            raise _stopping()
        if self._loaded is not None:
            return self._loaded
        status = self.status
        if status.state is State.LOADING:
            what = status.model or self._name
            raise Unavailable(
                f"{what} is loading since {status.seconds:.0f} s: {status.message}. Try again in some seconds",
                reason="MODEL_LOADING",
                model=what,
            )
        if status.state is State.FAILED:
            raise FailedPrecondition(f"the model could not be loaded: {status.message}", reason=status.reason)
        raise FailedPrecondition("no model is loaded: `codekiln serve MODEL` loads one", reason="NO_MODEL")

    async def answers_to(self, name: str) -> bool:
        """Whether `name` is a name, prefix or reference of the model that answers."""
        model = self.model()
        if name in (model.name, str(model.files.ref)):
            return True
        try:
            return await asyncio.to_thread(resolve, self._store, name) == model.files.ref
        except (NotFound, InvalidArgument):
            return False

    def refuse(self) -> None:
        """From now on every request is refused; those in flight go on."""
        self._closing = True

    async def close(self) -> None:
        """Stops the engine, or its start."""
        self._closing = True
        if self._task is not None:
            self._task.cancel()
        async with self._turn:
            pass

    async def _resolve(self, name: str) -> Ref:
        ref = await asyncio.to_thread(resolve, self._store, name)
        if ref.kind != "model":
            raise InvalidArgument(violations=[Violation("model", f"must be a `model`, `{name}` is `{ref}`")])
        return ref

    async def _reported(self, work: Coroutine[None, None, None]) -> None:
        """What ends the care for a model becomes its status."""
        try:
            await work
        except CodekilnError as error:
            self._fail(error)
        except Exception:
            self._log.error("loading failed", model=str(self._status.model), exc_info=True)
            self._fail(Internal("an unexpected error: the server's log has the details", reason="UNEXPECTED"))

    async def _keep_trying(self, name: str) -> None:
        wait = 1.0
        while True:
            try:
                ref = await self._resolve(name)
                self._status = replace(self._status, model=ref)
                await self._keep(ref)
            except (NotFound, Retryable) as error:
                self._log.warning("not loaded yet", name=name, reason=error.reason, message=error.message)
                sentence = f"{error.message}. Tried again in {wait:.0f} s"
                self._status = Status(State.LOADING, None, sentence, error.reason)
            await asyncio.sleep(wait)
            wait = min(_LONGEST_WAIT_SECONDS, 2 * wait)

    async def _keep(self, ref: Ref) -> None:
        """Loads the model and keeps it loaded until cancelled. Raises what loading raises, and Unavailable."""
        async with self._turn:
            files = await self._fetch(ref)
            deaths = 0
            while deaths <= _RESTARTS:
                lived = await self._serve(files)
                deaths = 1 if lived > _STABLE_SECONDS else deaths + 1
        raise Unavailable(f"the engine of {ref} died {deaths} times: the server's log has more", reason="ENGINE_DIED")

    async def _fetch(self, ref: Ref) -> ModelFiles:
        self._status = replace(self._status, message="fetches its files")
        return await asyncio.to_thread(fetch_model, self._store, ref, self._cache)

    async def _serve(self, files: ModelFiles) -> float:
        """Starts an engine and returns the seconds that it answered, once it died."""
        self._status = replace(self._status, message="starts vLLM")
        engine = await self._start_engine(files)
        ready = time.monotonic()
        try:
            await self._answer(LoadedModel(self._name, files, engine), ready - self._began)
            await engine.died()
            metrics.ENGINE_DEATHS.inc()
            self._loaded = None
            if self._tell_ready is not None:
                await self._tell_ready(False)
            self._log.error("engine died", model=str(files.ref))
            self._began = time.monotonic()
            self._status = Status(State.LOADING, files.ref, "the engine died and is started again")
        finally:
            self._loaded = None
            metrics.READY.set(0)
            await engine.stop()
        return self._began - ready

    async def _answer(self, loaded: LoadedModel, seconds: float) -> None:
        files, self._loaded = loaded.files, loaded
        self._status = Status(
            State.READY, files.ref, "ready", seconds=seconds, max_length=files.max_length, infill=files.fim is not None
        )
        metrics.READY.set(1)
        metrics.LOAD_SECONDS.set(seconds)
        self._log.info("ready", model=str(files.ref), name=loaded.name, seconds=round(seconds, 1))
        if self._tell_ready is not None:
            await self._tell_ready(True)

    def _fail(self, error: CodekilnError) -> None:
        seconds = time.monotonic() - self._began
        ref = self._status.model
        self._status = Status(State.FAILED, ref, error.message, error.reason, seconds)
        fields = {"model": str(ref or self._name), "reason": error.reason, "message": error.message}
        self._log.error("loading failed", exc_info=error.__cause__ is not None, **fields)


def _stopping() -> Unavailable:
    return Unavailable("the server is stopping: try again, another one may answer", reason="STOPPING")
