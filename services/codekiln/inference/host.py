"""Which model is loaded and how far.

    NONE -> LOADING -> READY
               |  ^      |
               v  |      v      the engine died: it is started again, a few times
            FAILED <- LOADING

One model at a time: loading another stops the engine of the first before the second starts.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path

from codekiln.core.artifacts import Ref
from codekiln.core.errors import (
    CodekilnError,
    FailedPrecondition,
    Internal,
    InvalidArgument,
    NotFound,
    Unavailable,
    Violation,
)
from codekiln.core.names import resolve
from codekiln.core.store.interface import ObjectStore
from codekiln.core.telemetry.logs import logger
from codekiln.inference import metrics
from codekiln.inference.engine import Engine
from codekiln.inference.model_files import ModelFiles, fetch_model

StartEngine = Callable[[ModelFiles], Awaitable[Engine]]

_RESTARTS = 3
_STABLE_SECONDS = 600.0
"""An engine that lived this long was started well: deaths before no longer count."""


class State(Enum):
    """As in the proto."""

    NONE = "NONE"
    LOADING = "LOADING"
    READY = "READY"
    FAILED = "FAILED"


@dataclass(frozen=True)
class Status:
    """What GetModelStatus says. `seconds` count from the start of loading to its end, or to now."""

    state: State = State.NONE
    model: Ref | None = None
    message: str = "no model was asked for"
    reason: str = ""
    seconds: float = 0.0
    max_length: int = 0
    infill: bool = False


@dataclass(frozen=True)
class LoadedModel:
    """A model that answers. `name` is what it was last asked for by."""

    name: str
    files: ModelFiles
    engine: Engine


class ModelHost:
    """Loads models and holds the one that answers. To be used from the event loop."""

    def __init__(self, store: ObjectStore, cache: Path, start_engine: StartEngine) -> None:
        self._store = store
        self._cache = cache
        self._start_engine = start_engine
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
        ref = await asyncio.to_thread(resolve, self._store, name)
        if ref.kind != "model":
            raise InvalidArgument(violations=[Violation("model", f"must be a `model`, `{name}` is `{ref}`")])
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
        self._task = asyncio.create_task(self._keep(ref))
        return self.status

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
            sentence = (
                f"{status.model} is loading since {status.seconds:.0f} s: {status.message}. Try again in some seconds"
            )
            raise Unavailable(sentence, reason="MODEL_LOADING", model=status.model)
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

    async def _keep(self, ref: Ref) -> None:
        """Loads the model and keeps it loaded until cancelled."""
        try:
            async with self._turn:
                files = await self._fetch(ref)
                deaths = 0
                while deaths <= _RESTARTS:
                    lived = await self._serve(files)
                    deaths = 1 if lived > _STABLE_SECONDS else deaths + 1
            raise Unavailable(
                f"the engine of {ref} died {deaths} times: the server's log has more", reason="ENGINE_DIED"
            )
        except CodekilnError as error:
            self._fail(ref, error)
        except Exception:
            self._log.error("loading failed", model=str(ref), exc_info=True)
            self._fail(ref, Internal("an unexpected error: the server's log has the details", reason="UNEXPECTED"))

    async def _fetch(self, ref: Ref) -> ModelFiles:
        self._status = replace(self._status, message="fetches its files")
        return await asyncio.to_thread(fetch_model, self._store, ref, self._cache)

    async def _serve(self, files: ModelFiles) -> float:
        """Starts an engine and returns the seconds that it answered, once it died."""
        self._status = replace(self._status, message="starts vLLM")
        engine = await self._start_engine(files)
        ready = time.monotonic()
        try:
            self._answer(LoadedModel(self._name, files, engine), ready - self._began)
            await engine.died()
            metrics.ENGINE_DEATHS.inc()
            self._log.error("engine died", model=str(files.ref))
            self._began = time.monotonic()
            self._status = Status(State.LOADING, files.ref, "the engine died and is started again")
        finally:
            self._loaded = None
            metrics.READY.set(0)
            await engine.stop()
        return self._began - ready

    def _answer(self, loaded: LoadedModel, seconds: float) -> None:
        files, self._loaded = loaded.files, loaded
        self._status = Status(
            State.READY, files.ref, "ready", seconds=seconds, max_length=files.max_length, infill=files.fim is not None
        )
        metrics.READY.set(1)
        metrics.LOAD_SECONDS.set(seconds)
        self._log.info("ready", model=str(files.ref), name=loaded.name, seconds=round(seconds, 1))

    def _fail(self, ref: Ref, error: CodekilnError) -> None:
        seconds = time.monotonic() - self._began
        self._status = Status(State.FAILED, ref, error.message, error.reason, seconds)
        fields = {"model": str(ref), "reason": error.reason, "message": error.message}
        self._log.error("loading failed", exc_info=error.__cause__ is not None, **fields)


def _stopping() -> Unavailable:
    return Unavailable("the server is stopping: try again, another one may answer", reason="STOPPING")
