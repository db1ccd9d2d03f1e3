"""Which model is loaded, told truly at every moment."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from codekiln.core.artifacts import Draft, Key, Manifest
from codekiln.core.errors import CodekilnError, FailedPrecondition, InvalidArgument, NotFound, Unavailable
from codekiln.core.names import set_name
from codekiln.core.store import ObjectStore
from codekiln.inference.engine import Engine
from codekiln.inference.host import ModelHost
from codekiln.inference.model_files import ModelFiles
from codekiln.inference.model_status import State, Status

from .conftest import Engines
from .material import publish_model


async def until(host: ModelHost, *states: State) -> None:
    async with asyncio.timeout(20):
        while host.status.state not in states:
            await asyncio.sleep(0)


def reason(host: ModelHost) -> str:
    with pytest.raises(CodekilnError) as caught:
        host.model()
    return caught.value.reason


async def test_before_anything_is_asked_for_there_is_no_model(host: ModelHost) -> None:
    assert host.status.state is State.NONE
    with pytest.raises(FailedPrecondition) as caught:
        host.model()
    assert caught.value.reason == "NO_MODEL"


async def test_loading_returns_at_once_and_requests_meanwhile_are_told_to_come_back(
    host: ModelHost, model: Manifest, engines: Engines
) -> None:
    engines.gate.clear()
    status = await host.load("demo/model")
    assert (status.state, status.model) == (State.LOADING, model.ref)
    with pytest.raises(Unavailable) as caught:
        host.model()
    assert caught.value.reason == "MODEL_LOADING"
    engines.gate.set()
    await until(host, State.READY)
    assert host.model().files.ref == model.ref
    assert (host.status.max_length, host.status.infill) == (256, True)


async def test_loading_what_is_loaded_changes_nothing(host: ModelHost, model: Manifest, engines: Engines) -> None:
    await host.load("demo/model")
    await host.load(str(model.ref))
    await until(host, State.READY)
    assert (await host.load("demo/model")).state is State.READY
    assert len(engines.started) == 1


async def test_the_loaded_model_answers_to_every_name_it_has(
    host: ModelHost, store: ObjectStore, model: Manifest
) -> None:
    second = publish_model(store, seed=1)
    await host.load(str(model.ref))
    await until(host, State.READY)
    for name in (str(model.ref), "demo/model", str(model.ref)[:14]):
        assert await host.answers_to(name)
    for name in (str(second.ref), "nobody/model", "no name!"):
        assert not await host.answers_to(name)
    await host.load("demo/model")
    assert host.model().name == "demo/model"


async def test_another_model_starts_only_when_the_engine_of_the_first_has_stopped(
    host: ModelHost, store: ObjectStore, model: Manifest, engines: Engines
) -> None:
    second = publish_model(store, seed=1)
    await host.load("demo/model")
    await until(host, State.READY)
    await host.load(str(second.ref))
    assert reason(host) == "MODEL_LOADING"
    await until(host, State.READY)
    assert host.model().files.ref == second.ref
    assert [engine.stopped for engine in engines.started] == [True, False]


async def test_a_name_that_moved_loads_the_new_model(host: ModelHost, store: ObjectStore, model: Manifest) -> None:
    await host.load("demo/model")
    await until(host, State.READY)
    second = publish_model(store, seed=1)
    set_name(store, "demo/model", second.ref)
    assert (await host.load("demo/model")).model == second.ref


async def test_many_changes_of_mind_end_with_the_last_and_one_engine(
    host: ModelHost, store: ObjectStore, engines: Engines
) -> None:
    refs = [publish_model(store, seed=seed).ref for seed in range(4)]
    for ref in refs:
        await host.load(str(ref))
    await until(host, State.READY)
    assert host.model().files.ref == refs[-1]
    assert [engine.files.ref for engine in engines.started if not engine.stopped] == [refs[-1]]


async def test_an_incomplete_model_fails_with_its_reason_and_starts_no_engine(
    host: ModelHost, store: ObjectStore, engines: Engines
) -> None:
    await host.load(str(publish_model(store, {"tokenizer.json": None}).ref))
    await until(host, State.FAILED)
    assert host.status.reason == "MODEL_INCOMPLETE"
    assert "tokenizer.json" in host.status.message
    assert reason(host) == "MODEL_INCOMPLETE"
    assert not engines.started


async def test_a_failed_load_may_be_tried_again(host: ModelHost, model: Manifest, engines: Engines) -> None:
    engines.error = FailedPrecondition("vLLM does not start", reason="ENGINE_FAILED")
    await host.load("demo/model")
    await until(host, State.FAILED)
    assert host.status.reason == "ENGINE_FAILED"
    engines.error = None
    await host.load("demo/model")
    await until(host, State.READY)


async def test_a_defect_of_ours_is_told_without_its_insides(host: ModelHost, model: Manifest, engines: Engines) -> None:
    engines.error = ZeroDivisionError("secret")
    await host.load("demo/model")
    await until(host, State.FAILED)
    assert host.status.reason == "UNEXPECTED"
    assert "secret" not in host.status.message


async def test_an_engine_that_dies_is_started_again_and_given_up_in_the_end(
    host: ModelHost, model: Manifest, engines: Engines
) -> None:
    await host.load("demo/model")
    for deaths in range(4):
        async with asyncio.timeout(20):
            while len(engines.started) == deaths:
                await asyncio.sleep(0)
        assert all(engine.stopped for engine in engines.started[:-1])
        engines.started[-1].die()
    await until(host, State.FAILED)
    assert host.status.reason == "ENGINE_DIED"
    assert [engine.stopped for engine in engines.started] == [True] * 4


@pytest.mark.parametrize("name", ["nowhere", "model:" + "0" * 32])
async def test_a_name_of_nothing_is_not_found_and_leaves_the_loaded_model(
    host: ModelHost, model: Manifest, name: str
) -> None:
    await host.load("demo/model")
    await until(host, State.READY)
    with pytest.raises(NotFound):
        await host.load(name)
    assert host.status.state is State.READY


async def test_only_models_can_be_loaded(host: ModelHost, store: ObjectStore) -> None:
    tokens = Draft(store, Key("tokens", 1, {})).publish()
    for name in ("", str(tokens.ref)):
        with pytest.raises(InvalidArgument) as caught:
            await host.load(name)
        assert [violation.field for violation in caught.value.violations] == ["model"]


async def test_a_stopping_server_refuses_new_requests_and_stops_its_engine(
    host: ModelHost, model: Manifest, engines: Engines
) -> None:
    await host.load("demo/model")
    await until(host, State.READY)
    host.refuse()
    assert reason(host) == "STOPPING"
    with pytest.raises(Unavailable):
        await host.load("demo/model")
    assert not engines.started[0].stopped
    await host.close()
    assert engines.started[0].stopped


async def test_closing_while_an_engine_starts_cancels_the_start(host: ModelHost, model: Manifest) -> None:
    begun, cancelled = asyncio.Event(), asyncio.Event()

    async def start(files: ModelFiles) -> Engine:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.set()
        raise AssertionError

    host._start_engine = start
    await host.load("demo/model")
    await begun.wait()
    await host.close()
    assert cancelled.is_set()


async def waiting(host: ModelHost) -> Status:
    """Until the model of the settings has been looked for in vain."""
    async with asyncio.timeout(20):
        while not host.status.reason:
            await asyncio.sleep(0.01)
    return host.status


async def test_the_model_of_the_settings_is_waited_for_until_the_store_has_it(
    host: ModelHost, store: ObjectStore
) -> None:
    host.load_when_there("demo/model")
    status = await waiting(host)
    assert (status.state, status.reason) == (State.LOADING, "NAME_NOT_FOUND")
    assert "demo/model" in status.message and "Tried again in 1 s" in status.message
    with pytest.raises(Unavailable, match="demo/model is loading"):
        host.model()
    set_name(store, "demo/model", publish_model(store).ref)
    await until(host, State.READY)
    assert host.model().name == "demo/model"


async def test_asking_for_another_model_ends_the_wait(host: ModelHost, store: ObjectStore) -> None:
    host.load_when_there("never/there")
    await waiting(host)
    second = publish_model(store, seed=1)
    await host.load(str(second.ref))
    await until(host, State.READY)
    assert host.model().files.ref == second.ref


async def test_a_model_of_the_settings_that_cannot_be_served_fails_for_good(
    host: ModelHost, store: ObjectStore
) -> None:
    set_name(store, "demo/model", publish_model(store, {"tokenizer.json": None}).ref)
    host.load_when_there("demo/model")
    await until(host, State.FAILED)
    assert host.status.reason == "MODEL_INCOMPLETE"


async def test_what_is_ready_and_what_died_is_told(
    store: ObjectStore, engines: Engines, tmp_path: Path, model: Manifest
) -> None:
    told: list[bool] = []

    async def tell(ready: bool) -> None:
        told.append(ready)

    host = ModelHost(store, tmp_path / "cache", engines.start, tell)
    host.load_when_there("demo/model")
    await until(host, State.READY)
    engines.started[-1].die()
    async with asyncio.timeout(20):
        while len(engines.started) < 2 or host.status.state is not State.READY:
            await asyncio.sleep(0)
    assert told == [True, False, True]
    await host.load(str(publish_model(store, seed=1).ref))
    await until(host, State.READY)
    assert told == [True, False, True, True]  # one gave way to the other
    await host.close()
    assert told == [True, False, True, True]
