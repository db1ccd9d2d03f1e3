"""Reflection and health: a stranger with grpcurl finds the services, a load balancer learns whether to send calls."""

from __future__ import annotations

import signal
import threading

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import ProtoReflectionDescriptorDatabase

from tests.core.toy.running import ToyService, eventually

SERVICES = ["codekiln.v1.ArtifactService", "codekiln.v1.IngestionService", "codekiln.v1.JobService"]


def test_reflection_lists_the_services_with_their_contracts(channel: grpc.Channel) -> None:
    database = ProtoReflectionDescriptorDatabase(channel)
    assert sorted(database.get_services()) == [
        *SERVICES, "grpc.health.v1.Health", "grpc.reflection.v1alpha.ServerReflection",
    ]  # fmt: skip
    files = [database.FindFileContainingSymbol(name) for name in SERVICES]
    assert [file.name for file in files] == [f"codekiln/v1/{n}.proto" for n in ("artifact", "ingestion", "job")]


def test_reflection_can_be_switched_off(toy: ToyService) -> None:
    toy.start(REFLECTION="false")
    with grpc.insecure_channel(f"127.0.0.1:{toy.port}") as channel:
        with pytest.raises(grpc.RpcError) as caught:
            ProtoReflectionDescriptorDatabase(channel).get_services()
        assert caught.value.code() is grpc.StatusCode.UNIMPLEMENTED


def test_health_is_told_for_the_server_and_for_each_service(channel: grpc.Channel) -> None:
    stub = health_pb2_grpc.HealthStub(channel)
    for name in ("", *SERVICES):
        answer = stub.Check(health_pb2.HealthCheckRequest(service=name), timeout=10)
        assert answer.status == health_pb2.HealthCheckResponse.SERVING
    with pytest.raises(grpc.RpcError) as caught:
        stub.Check(health_pb2.HealthCheckRequest(service="nobody"), timeout=10)
    assert caught.value.code() is grpc.StatusCode.NOT_FOUND


def test_health_turns_to_not_serving_before_the_server_goes_and_it_exits_0(toy: ToyService) -> None:
    toy.start(DRAIN_SECONDS=0.5)
    seen: list[int] = []

    def watch(channel: grpc.Channel) -> None:
        try:
            for answer in health_pb2_grpc.HealthStub(channel).Watch(health_pb2.HealthCheckRequest(), timeout=60):
                seen.append(answer.status)
        except grpc.RpcError:
            pass

    with grpc.insecure_channel(f"127.0.0.1:{toy.port}") as channel:
        watcher = threading.Thread(target=watch, args=(channel,))
        watcher.start()
        eventually(lambda: seen == [health_pb2.HealthCheckResponse.SERVING])
        assert toy.stop() == 0
        watcher.join()
    assert seen == [health_pb2.HealthCheckResponse.SERVING, health_pb2.HealthCheckResponse.NOT_SERVING]


def test_an_interrupt_stops_a_server_as_well(toy: ToyService) -> None:
    server = toy.start()
    server.send_signal(signal.SIGINT)
    assert server.wait(60) == 0
