"""The OpenAI-compatible endpoint, over a real socket."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio

from codekiln.core.artifacts import Manifest
from codekiln.core.errors import FailedPrecondition
from codekiln.core.settings import Settings
from codekiln.core.store import ObjectStore
from codekiln.inference.host import ModelHost
from codekiln.inference.http import HttpEndpoint
from codekiln.inference.model_status import State

from .conftest import Engines
from .material import publish_model


@pytest_asyncio.fixture
async def client(host: ModelHost) -> AsyncIterator[httpx.AsyncClient]:
    endpoint = HttpEndpoint(host, Settings(drain_seconds=1))
    port = await endpoint.start()
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=20) as made:
        yield made
    await endpoint.stop()


@pytest_asyncio.fixture
async def ready(client: httpx.AsyncClient, host: ModelHost, model: Manifest) -> httpx.AsyncClient:
    """The client, with demo/model loaded."""
    await host.load("demo/model")
    await until(host, State.READY)
    return client


async def until(host: ModelHost, state: State) -> None:
    async with asyncio.timeout(20):
        while host.status.state is not state:
            await asyncio.sleep(0)


async def post(client: httpx.AsyncClient, **body: Any) -> httpx.Response:
    return await client.post("/v1/completions", json=body)


def events(text: str) -> list[Any]:
    lines = [line.removeprefix("data: ") for line in text.split("\n\n") if line]
    assert lines[-1] == "[DONE]"
    return [json.loads(line) for line in lines[:-1]]


async def test_a_completion_has_openai_s_shape_and_names_its_model(ready: httpx.AsyncClient, model: Manifest) -> None:
    reply = await post(ready, prompt=[5, 6, 7], max_tokens=2, model="demo/model")
    body = reply.json()
    assert reply.headers["codekiln-model"] == body["system_fingerprint"] == str(model.ref)
    assert (body["object"], body["model"]) == ("text_completion", "demo/model")
    assert body["choices"] == [{"index": 0, "text": "5 6 ", "finish_reason": "length", "logprobs": None}]
    assert body["usage"] == {"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5}


async def test_choices_of_several_prompts_are_numbered_prompt_by_prompt(ready: httpx.AsyncClient) -> None:
    body = (await post(ready, prompt=[[5], [6, 7]], n=2)).json()
    texts = {choice["index"]: choice["text"] for choice in body["choices"]}
    assert texts == {0: "5 ", 1: "5 ", 2: "6 7 ", 3: "6 7 "}
    assert body["usage"]["prompt_tokens"] == 3


async def test_a_stream_ends_with_finish_then_usage_then_done(ready: httpx.AsyncClient) -> None:
    reply = await post(ready, prompt=[5, 6], max_tokens=2, stream=True, stream_options={"include_usage": True})
    assert reply.headers["content-type"].startswith("text/event-stream")
    *pieces, last = events(reply.text)
    assert [piece["choices"][0]["text"] for piece in pieces] == ["5 ", "6 "]
    assert [piece["choices"][0]["finish_reason"] for piece in pieces] == [None, "length"]
    assert (last["choices"], last["usage"]["total_tokens"]) == ([], 4)


async def test_usage_is_not_streamed_unless_asked_for(ready: httpx.AsyncClient) -> None:
    assert all(not event["usage"] for event in events((await post(ready, prompt=[5], stream=True)).text))


async def test_a_suffix_makes_it_an_infill(ready: httpx.AsyncClient, engines: Engines) -> None:
    assert (await post(ready, prompt="def add(a", suffix="return a")).status_code == 200
    files = engines.started[0].files
    assert files.fim is not None
    assert engines.started[0].prompts == [
        files.fim.prompt(files.tokenizer.encode("def add(a"), files.tokenizer.encode("return a"))
    ]


async def test_a_suffix_for_a_model_without_the_tokens_is_a_client_s_error(
    client: httpx.AsyncClient, host: ModelHost, store: ObjectStore
) -> None:
    await host.load(str(publish_model(store, {"codekiln.json": None}).ref))
    await until(host, State.READY)
    reply = await post(client, prompt="a", suffix="b")
    assert (reply.status_code, reply.json()["error"]["code"]) == (400, "no_infill")


async def test_until_a_model_is_ready_everything_says_503_and_when_to_come_back(
    client: httpx.AsyncClient, host: ModelHost, model: Manifest, engines: Engines
) -> None:
    engines.gate.clear()
    assert (await client.get("/health")).status_code == 503
    assert (await post(client, prompt="a")).json()["error"]["code"] == "no_model"
    assert (await client.get("/v1/models")).json()["data"] == []
    await host.load("demo/model")
    reply = await post(client, prompt="a")
    assert (reply.status_code, reply.headers["retry-after"]) == (503, "2")
    engines.gate.set()
    await until(host, State.READY)
    assert (await client.get("/health")).status_code == 200


async def test_models_are_listed_by_name_and_by_reference(ready: httpx.AsyncClient, model: Manifest) -> None:
    listed = (await ready.get("/v1/models")).json()
    assert [entry["id"] for entry in listed["data"]] == ["demo/model", str(model.ref)]


async def test_another_model_s_name_is_not_found(ready: httpx.AsyncClient) -> None:
    reply = await post(ready, prompt="a", model="gpt-4")
    assert (reply.status_code, reply.json()["error"]["code"]) == (404, "model_not_found")


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"\xff", b"[" * 100_000])
async def test_a_body_that_is_no_object_is_a_client_s_error(ready: httpx.AsyncClient, body: bytes) -> None:
    reply = await ready.post("/v1/completions", content=body)
    assert (reply.status_code, reply.json()["error"]["code"]) == (400, "bad_body")


async def test_an_endless_body_is_refused(ready: httpx.AsyncClient) -> None:
    reply = await ready.post("/v1/completions", content=b" " * ((8 << 20) + 1))
    assert (reply.status_code, reply.json()["error"]["code"]) == (400, "body_too_large")


async def test_an_unknown_path_says_what_there_is(client: httpx.AsyncClient) -> None:
    for reply in (await client.get("/v1/chat"), await client.get("/v1/completions")):
        assert reply.status_code == 404
        assert "POST /v1/completions" in reply.json()["error"]["message"]


@pytest.mark.parametrize("stream", [True, False])
async def test_a_client_that_hangs_up_frees_its_place(ready: httpx.AsyncClient, engines: Engines, stream: bool) -> None:
    engine = engines.started[0]
    engine.gate.clear()
    task = asyncio.create_task(post(ready, prompt=[5, 6, 7], stream=stream))
    async with asyncio.timeout(20):
        while not engine.running:
            await asyncio.sleep(0.001)
        task.cancel()
        while engine.running:
            await asyncio.sleep(0.001)
        with pytest.raises(asyncio.CancelledError):
            await task
    assert not engine.gate.is_set(), "freed by the hang-up, not by an answer"


async def test_an_engine_that_dies_within_a_stream_ends_it_with_an_error(
    ready: httpx.AsyncClient, engines: Engines
) -> None:
    engine = engines.started[0]
    engine.gate.clear()
    async with ready.stream("POST", "/v1/completions", json={"prompt": [5, 6], "stream": True}) as reply:
        parts = reply.aiter_text()
        text = await anext(parts)
        engine.die()
        engine.gate.set()
        text += "".join([part async for part in parts])
    assert events(text)[-1]["error"]["code"] == "engine_died"


async def test_a_token_is_asked_for_where_one_is_configured(host: ModelHost, model: Manifest, tmp_path: Path) -> None:
    path = tmp_path / "tokens"
    path.write_text("secret\n")
    endpoint = HttpEndpoint(host, Settings(auth_token_file=path, drain_seconds=1))
    port = await endpoint.start()
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=20) as client:
        assert (await client.get("/v1/models")).status_code == 401
        assert (await post(client, prompt="a")).status_code == 401
        assert (await client.get("/v1/models", headers={"authorization": "Bearer secret"})).status_code == 200
        assert (await client.get("/health")).status_code == 503
    await endpoint.stop()


async def test_a_port_in_use_is_one_sentence(host: ModelHost) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(FailedPrecondition, match=address) as caught:
            await HttpEndpoint(host, Settings(http_listen=address)).start()
    assert caught.value.reason == "PORT_IN_USE"


async def test_stopping_lets_a_stream_finish_and_takes_no_new_connection(
    host: ModelHost, model: Manifest, engines: Engines
) -> None:
    endpoint = HttpEndpoint(host, Settings(drain_seconds=20))
    port = await endpoint.start()
    await host.load("demo/model")
    await until(host, State.READY)
    engine = engines.started[0]
    engine.gate.clear()
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=20) as client:
        task = asyncio.create_task(post(client, prompt=[5, 6, 7], stream=True))
        async with asyncio.timeout(20):
            while not engine.running:
                await asyncio.sleep(0.001)
        stopping = asyncio.create_task(endpoint.stop())
        async with asyncio.timeout(20):
            while True:
                try:
                    _, writer = await asyncio.open_connection("127.0.0.1", port)
                except OSError:
                    break
                writer.close()
        engine.gate.set()
        assert [event["choices"][0]["text"] for event in events((await task).text)] == ["5 ", "6 ", "7 "]
        await stopping
