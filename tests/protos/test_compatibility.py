"""Clients of the contracts that landed last work with today's servers, and today's with what such a server sends.

The old side is built from protos/landed.binpb alone: no code of ours.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

from codekiln.v1 import ingestion_pb2, job_pb2
from tests.core.toy.running import ToyService, toy_service

LANDED = Path(__file__).parents[2] / "protos" / "landed.binpb"
PLAN = {"sources": [{"folder": {"path": "text"}}], "languages": ["Python"]}


class OldClient:
    """Calls by full name, with messages as the landed contracts describe them."""

    def __init__(self, address: str) -> None:
        self._pool = descriptor_pool.DescriptorPool()
        for file in descriptor_pb2.FileDescriptorSet.FromString(LANDED.read_bytes()).file:
            self._pool.Add(file)
        self._channel = grpc.insecure_channel(address)

    def message(self, name: str, **fields: Any) -> Any:
        return message_factory.GetMessageClass(self._pool.FindMessageTypeByName(f"codekiln.v1.{name}"))(**fields)

    def call(self, service: str, method: str, **fields: Any) -> Any:
        descriptor = self._pool.FindServiceByName(f"codekiln.v1.{service}").FindMethodByName(method)
        request = message_factory.GetMessageClass(descriptor.input_type)(**fields)
        answer = message_factory.GetMessageClass(descriptor.output_type)
        open_call = self._channel.unary_stream if descriptor.server_streaming else self._channel.unary_unary
        call = open_call(
            f"/codekiln.v1.{service}/{method}",
            request_serializer=type(request).SerializeToString,
            response_deserializer=answer.FromString,
        )
        return call(request, timeout=30)

    def close(self) -> None:
        self._channel.close()


@pytest.fixture
def toy(tmp_path: Path) -> Iterator[ToyService]:
    with toy_service(tmp_path) as toy:
        toy.start()
        yield toy


@pytest.fixture
def client(toy: ToyService) -> Iterator[OldClient]:
    client = OldClient(toy.addresses["grpc"])
    yield client
    client.close()


def test_an_old_client_creates_follows_lists_and_reads_what_a_new_server_makes(
    toy: ToyService, client: OldClient
) -> None:
    spec = {"name": "toy", "path": str(toy.folder().path)}
    created = client.call("IngestionService", "CreateBenchmark", spec=spec, request_id="old").job
    states = [answer.job for answer in client.call("JobService", "WatchJob", id=created.id)]
    assert states[-1].end_time.seconds
    assert states[-1].artifacts[0].digest
    assert [job.id for job in client.call("JobService", "ListJobs").jobs] == [created.id]
    assert client.call("JobService", "CancelJob", id=created.id).job.state == states[-1].state


def test_an_old_client_gets_the_same_reason_for_a_refusal(client: OldClient) -> None:
    with pytest.raises(grpc.RpcError) as refusal:
        client.call("JobService", "GetJob", id="ingestion-none")
    assert refusal.value.code() is grpc.StatusCode.NOT_FOUND  # type: ignore[attr-defined]


def test_a_new_client_reads_what_an_old_server_sends_and_the_reverse() -> None:
    old = OldClient("127.0.0.1:1")
    spec = old.message("IngestionSpec", **PLAN)
    new = ingestion_pb2.IngestionSpec.FromString(spec.SerializeToString())
    assert [source.folder.path for source in new.sources] == ["text"]
    assert type(spec).FromString(new.SerializeToString()) == spec
    for name, enum in job_pb2.DESCRIPTOR.enum_types_by_name.items():
        landed = old._pool.FindEnumTypeByName(f"codekiln.v1.{name}")
        assert {v.name: v.number for v in landed.values}.items() <= {v.name: v.number for v in enum.values}.items()
    old.close()
