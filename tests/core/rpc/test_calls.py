"""Calls in trouble: deadlines, retries, keepalive, large errors."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from concurrent import futures
from typing import Any

import grpc
import pytest
from google.rpc import error_details_pb2
from grpc_status import rpc_status

from codekiln.client import Client
from codekiln.core.errors import CodekilnError, Internal, InvalidArgument, Retryable, Unavailable, Violation
from codekiln.core.rpc import edge as edge_module
from codekiln.core.rpc.auth import TokenCheck
from codekiln.core.rpc.edge import Edge
from codekiln.v1 import ingestion_pb2, job_pb2, job_pb2_grpc
from tests.core.toy.running import ToyService


class Scripted(job_pb2_grpc.JobServiceServicer):
    """A server whose GetJob does what the test says, through our interceptor."""

    def __init__(self) -> None:
        self.calls = 0
        self.behaviour: Callable[[], None] = lambda: None

    def GetJob(self, request: job_pb2.GetJobRequest, context: Any) -> job_pb2.GetJobResponse:
        self.calls += 1
        self.behaviour()
        return job_pb2.GetJobResponse(job=job_pb2.Job(id=request.id))

    def fail(self, error: Exception, times: int = 10**6) -> None:
        def behaviour() -> None:
            if self.calls <= times:
                raise error

        self.behaviour = behaviour


@pytest.fixture
def scripted() -> Iterator[tuple[Scripted, Client]]:
    servicer, loop, started = Scripted(), asyncio.new_event_loop(), futures.Future[int]()
    stop = asyncio.Event()

    async def serve() -> None:
        server = grpc.aio.server(interceptors=[Edge(TokenCheck(None))])
        job_pb2_grpc.add_JobServiceServicer_to_server(servicer, server)
        port = server.add_insecure_port("127.0.0.1:0")
        await server.start()
        started.set_result(port)
        await stop.wait()
        await server.stop(None)

    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()))
    thread.start()
    with Client({"ingestion": f"127.0.0.1:{started.result(30)}"}) as client:
        yield servicer, client
    loop.call_soon_threadsafe(stop.set)
    thread.join()
    loop.run_until_complete(loop.shutdown_default_executor())
    loop.close()


def test_a_call_that_finds_the_server_busy_is_tried_again(scripted: tuple[Scripted, Client]) -> None:
    servicer, client = scripted
    servicer.fail(Unavailable("a moment", reason="MOMENT"), times=2)
    assert client.get("benchmark-1").id == "benchmark-1"
    assert servicer.calls == 3


def test_what_stays_unavailable_is_told_after_some_tries(scripted: tuple[Scripted, Client]) -> None:
    servicer, client = scripted
    servicer.fail(Unavailable("not today", reason="MOON_AWAY"))
    with pytest.raises(Unavailable) as caught:
        client.get("benchmark-1")
    assert (caught.value.reason, caught.value.message) == ("MOON_AWAY", "not today")
    assert 1 < servicer.calls <= 5


@pytest.mark.parametrize("code", ["INTERNAL", "ABORTED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION", "DATA_LOSS"])
def test_nothing_but_unavailable_is_tried_again(scripted: tuple[Scripted, Client], code: str) -> None:
    servicer, client = scripted
    error = next(kind for kind in _classes(CodekilnError) if kind.code == code)(
        "a sentence", reason="REASON", file="/x"
    )
    servicer.fail(error)
    with pytest.raises(type(error)) as caught:
        client.get("benchmark-1")
    assert servicer.calls == 1
    assert (caught.value.message, caught.value.reason, caught.value.metadata) == (
        "a sentence",
        "REASON",
        {"file": "/x"},
    )
    assert isinstance(caught.value, Retryable) == isinstance(error, Retryable)


def _classes(root: type[CodekilnError]) -> list[type[CodekilnError]]:
    return [kind for child in root.__subclasses__() for kind in (child, *_classes(child))]


def test_an_error_comes_with_errorinfo_and_retryinfo(scripted: tuple[Scripted, Client]) -> None:
    servicer, client = scripted
    servicer.fail(_named("ABORTED")("changed", reason="CHANGED"))
    with grpc.insecure_channel(client.addresses["ingestion"]) as channel, pytest.raises(grpc.RpcError) as caught:
        job_pb2_grpc.JobServiceStub(channel).GetJob(job_pb2.GetJobRequest(id="a"), timeout=10)
    status = rpc_status.from_call(caught.value)
    info, retry = error_details_pb2.ErrorInfo(), error_details_pb2.RetryInfo()
    assert status.details[0].Unpack(info) and (info.reason, info.domain) == ("CHANGED", "codekiln")
    assert status.details[1].Unpack(retry) and retry.retry_delay.ToMilliseconds() == 1000


def _named(code: str) -> type[CodekilnError]:
    return next(kind for kind in _classes(CodekilnError) if kind.code == code)


def test_an_error_of_any_size_arrives_as_what_it_is(scripted: tuple[Scripted, Client]) -> None:
    servicer, client = scripted
    many = [Violation(f"spec.sources[{i}].path", "日本語 " * 500) for i in range(500)]
    servicer.fail(InvalidArgument(violations=many))
    with pytest.raises(InvalidArgument) as caught:
        client.get("benchmark-1")
    assert caught.value.violations[0].field == "spec.sources[0].path" and caught.value.message.endswith("...")


def test_a_deadline_is_honoured_and_told_as_one_that_may_be_tried_again(scripted: tuple[Scripted, Client]) -> None:
    servicer, client = scripted
    release = threading.Event()
    servicer.behaviour = lambda: _wait(release)
    with grpc.insecure_channel(client.addresses["ingestion"]) as channel, pytest.raises(grpc.RpcError) as caught:
        job_pb2_grpc.JobServiceStub(channel).GetJob(job_pb2.GetJobRequest(id="a"), timeout=0.2)
    release.set()
    assert caught.value.code() is grpc.StatusCode.DEADLINE_EXCEEDED


def _wait(event: threading.Event) -> None:
    event.wait(30)


def test_no_call_takes_longer_than_the_servers_own_bound(
    scripted: tuple[Scripted, Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    servicer, client = scripted
    monkeypatch.setattr(edge_module, "UNARY_CAP_SECONDS", 0.1)
    release = threading.Event()
    servicer.behaviour = lambda: _wait(release)
    with pytest.raises(Retryable) as caught:
        client.get("benchmark-1")
    release.set()
    assert caught.value.reason == "DEADLINE_EXCEEDED"
    assert caught.value.message == "GetJob took too long: try again with a longer deadline"


def test_every_call_of_the_client_has_a_deadline(scripted: tuple[Scripted, Client]) -> None:
    _, client = scripted
    seen: list[float | None] = []

    class Recorder(grpc.UnaryUnaryClientInterceptor):
        def intercept_unary_unary(self, continuation: Any, details: Any, request: Any) -> Any:
            seen.append(details.timeout)
            raise Internal("seen")

    client._channels["ingestion"] = grpc.intercept_channel(client._channel("ingestion"), Recorder())
    calls = (
        lambda: client.get("benchmark-1"),
        lambda: client.cancel("benchmark-1"),
        lambda: list(client.jobs("ingestion")),
        lambda: client.artifact("x"),
        lambda: list(client.artifacts()),
        lambda: client.lineage("x"),
        lambda: client.set_name("x", "y"),
        lambda: client.create("benchmark", ingestion_pb2.BenchmarkSpec()),
    )
    for call in calls:
        with pytest.raises(Internal):
            call()
    assert len(seen) == len(calls) and all(seconds and 0 < seconds <= 60 for seconds in seen)


def test_an_unknown_method_is_unimplemented(toy: ToyService) -> None:
    toy.start()
    with grpc.insecure_channel(f"127.0.0.1:{toy.port}") as channel, pytest.raises(grpc.RpcError) as caught:
        channel.unary_unary("/codekiln.v1.JobService/NoSuchMethod")(b"", timeout=10)
    assert caught.value.code() is grpc.StatusCode.UNIMPLEMENTED


def test_fields_of_a_later_version_are_passed_over(toy: ToyService) -> None:
    toy.start()
    job = toy.jobs.create("benchmark", {"path": "none"}, "r")
    later = job_pb2.GetJobRequest(id=job.id).SerializeToString() + b"\xa2\x06\x03new"  # field 100, text
    with grpc.insecure_channel(f"127.0.0.1:{toy.port}") as channel:
        answer = channel.unary_unary("/codekiln.v1.JobService/GetJob")(later, timeout=10)
    assert job_pb2.GetJobResponse.FromString(answer + b"\xa2\x06\x03new").job.id == job.id


def test_a_message_that_is_no_proto_is_refused_without_harm(toy: ToyService) -> None:
    toy.start()
    with grpc.insecure_channel(f"127.0.0.1:{toy.port}") as channel:
        for method in ("GetJob", "ListJobs"):
            with pytest.raises(grpc.RpcError):
                channel.unary_unary(f"/codekiln.v1.JobService/{method}")(b"\xff\xff\xff", timeout=10)
        job_pb2_grpc.JobServiceStub(channel).ListJobs(job_pb2.ListJobsRequest(), timeout=10)


@pytest.mark.slow
def test_a_keepalive_of_ten_seconds_is_accepted(toy: ToyService) -> None:
    """A server that minds sends GOAWAY (too_many_pings) after the third ping; the watch below would end with it."""
    toy.start()
    folder = toy.folder(hold_at=1)
    options = [("grpc.keepalive_time_ms", 10_000), ("grpc.http2.max_pings_without_data", 0)]
    with toy.client() as client, grpc.insecure_channel(f"127.0.0.1:{toy.port}", options=options) as channel:
        job = toy.create(client, folder)
        with pytest.raises(grpc.RpcError) as caught:
            list(job_pb2_grpc.JobServiceStub(channel).WatchJob(job_pb2.WatchJobRequest(id=job.id), timeout=45))
        assert caught.value.code() is grpc.StatusCode.DEADLINE_EXCEEDED, "the watch lived as long as it was asked to"
        folder.release()
