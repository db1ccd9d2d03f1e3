"""The gRPC service, over a real channel."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import grpc
import pytest
import pytest_asyncio

from codekiln.core.artifacts import Manifest
from codekiln.core.errors import CodekilnError, FailedPrecondition, InvalidArgument, Unavailable
from codekiln.core.rpc.auth import TokenCheck
from codekiln.core.rpc.edge import Edge
from codekiln.core.rpc.status import from_rpc_error
from codekiln.core.store import ObjectStore
from codekiln.inference.host import ModelHost
from codekiln.inference.model_status import State
from codekiln.inference.server import MODEL_KEY, Inference
from codekiln.v1 import inference_pb2, inference_pb2_grpc

from .conftest import Engines
from .material import publish_model


@pytest_asyncio.fixture
async def stub(host: ModelHost) -> AsyncIterator[Any]:
    server = grpc.aio.server(interceptors=[Edge(TokenCheck(None))])
    inference_pb2_grpc.add_InferenceServiceServicer_to_server(Inference(host), server)
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    async with grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel:
        yield inference_pb2_grpc.InferenceServiceStub(channel)
    await server.stop(None)


@pytest_asyncio.fixture
async def ready(stub: Any, host: ModelHost, model: Manifest) -> Any:
    """The stub, with demo/model loaded."""
    await stub.LoadModel(inference_pb2.LoadModelRequest(model="demo/model"))
    async with asyncio.timeout(20):
        while host.status.state is not State.READY:
            await asyncio.sleep(0)
    return stub


def complete(stub: Any, prompt: str, **sampling: Any) -> Any:
    request = inference_pb2.CompleteRequest(prompt=prompt, sampling=inference_pb2.Sampling(**sampling))
    return stub.Complete(request, timeout=20)


async def failure(call: Any) -> CodekilnError:
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        async for _ in call:
            pass
    return from_rpc_error(caught.value, "here")


async def test_the_status_goes_from_none_over_loading_to_ready(stub: Any, host: ModelHost, model: Manifest) -> None:
    status = (await stub.GetModelStatus(inference_pb2.GetModelStatusRequest())).status
    assert (status.state, status.HasField("model")) == (inference_pb2.MODEL_STATE_NONE, False)
    status = (await stub.LoadModel(inference_pb2.LoadModelRequest(model="demo/model"))).status
    assert (status.state, status.model.digest) == (inference_pb2.MODEL_STATE_LOADING, model.ref.digest)
    async with asyncio.timeout(20):
        while status.state == inference_pb2.MODEL_STATE_LOADING:
            status = (await stub.GetModelStatus(inference_pb2.GetModelStatusRequest())).status
    assert (status.state, status.max_model_length, status.infill) == (inference_pb2.MODEL_STATE_READY, 256, True)


async def test_a_completion_is_streamed_and_ends_with_finish_and_usage(ready: Any) -> None:
    replies = [reply async for reply in complete(ready, "add(a", max_tokens=2, n=2)]
    assert [(reply.index, reply.finish_reason) for reply in replies] == [(0, 0), (1, 0), (0, 2), (1, 2)]
    assert [reply.HasField("usage") for reply in replies] == [False, False, False, True]
    assert replies[-1].usage.completion_tokens == 4


async def test_every_stream_names_the_model_that_answers(ready: Any, model: Manifest) -> None:
    infill = ready.Infill(inference_pb2.InfillRequest(prefix="a", suffix="b"))
    for call in (complete(ready, "a"), infill):
        assert dict(await call.initial_metadata())[MODEL_KEY] == str(model.ref)


async def test_an_infill_is_asked_for_with_exactly_the_template_s_tokens(ready: Any, engines: Engines) -> None:
    request = inference_pb2.InfillRequest(prefix="def add(a", suffix="<|fim_middle|>")
    replies = [reply async for reply in ready.Infill(request, timeout=20)]
    files = engines.started[0].files
    fim, encode = files.fim, files.tokenizer.encode
    assert fim is not None
    expected = [fim.prefix, *encode("def add(a"), fim.suffix, *encode("<|fim_middle|>"), fim.middle]
    assert engines.started[0].prompts == [expected]
    assert expected.count(fim.middle) == 1
    assert replies[-1].usage.prompt_tokens == len(expected)


async def test_requests_before_a_model_are_told_what_to_do(
    stub: Any, host: ModelHost, model: Manifest, engines: Engines
) -> None:
    engines.gate.clear()
    error = await failure(complete(stub, "a"))
    assert isinstance(error, FailedPrecondition)
    assert error.reason == "NO_MODEL"
    await host.load("demo/model")
    error = await failure(complete(stub, "a"))
    assert isinstance(error, Unavailable)
    assert error.reason == "MODEL_LOADING"


async def test_a_model_without_the_tokens_refuses_to_infill(stub: Any, host: ModelHost, store: ObjectStore) -> None:
    await host.load(str(publish_model(store, {"codekiln.json": None}).ref))
    while host.status.state is State.LOADING:
        await asyncio.sleep(0)
    error = await failure(stub.Infill(inference_pb2.InfillRequest(prefix="a", suffix="b")))
    assert isinstance(error, FailedPrecondition)
    assert error.reason == "NO_INFILL"


async def test_wrong_fields_come_as_violations(ready: Any) -> None:
    error = await failure(complete(ready, "a", n=65, top_p=1.5))
    assert isinstance(error, InvalidArgument)
    assert {violation.field for violation in error.violations} == {"sampling.n", "sampling.top_p"}
    error = await failure(complete(ready, "x" * 999))
    assert isinstance(error, InvalidArgument)
    assert error.reason == "PROMPT_TOO_LONG"
    assert "takes 255" in error.violations[0].description


async def test_a_client_that_cancels_frees_its_place(ready: Any, engines: Engines) -> None:
    engine = engines.started[0]
    engine.gate.clear()
    call = complete(ready, "add(a, b)")
    assert (await call.read()).text
    assert engine.running == 1
    call.cancel()
    async with asyncio.timeout(20):
        while engine.running:
            await asyncio.sleep(0.001)


async def test_a_deadline_frees_the_place_as_well(ready: Any, engines: Engines) -> None:
    engine = engines.started[0]
    engine.gate.clear()
    call = ready.Complete(inference_pb2.CompleteRequest(prompt="add(a, b)"), timeout=0.5)
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        async for _ in call:
            pass
    assert caught.value.code() is grpc.StatusCode.DEADLINE_EXCEEDED
    async with asyncio.timeout(20):
        while engine.running:
            await asyncio.sleep(0.001)
