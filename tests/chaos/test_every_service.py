"""For every service that has jobs: its server or its worker is killed in the middle, and the result is the same.

All kinds of jobs run unbroken in a store of their own; then the same work runs in a second store while its server is
killed and started again, and in a third while its worker is. What was made must have the same reference, the same parts
and the same counts: nothing lost, nothing doubled.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from google.protobuf import json_format
from google.protobuf.message import Message

from codekiln.cleaning.anonymize.keys import STORE_KEY
from codekiln.client import Client
from codekiln.client.kinds import KINDS
from codekiln.core.artifacts import Manifest, Ref, open_artifact
from codekiln.core.store import open_store
from codekiln.v1 import job_pb2
from tests.chaos.services import Server, everything, wait_until_ended, wait_until_running, workers

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

ORDER = ("benchmark", "ingestion", "cleaning", "tokenizer", "tokens", "trainer", "evaluation")
SPECS: dict[str, dict[str, object]] = {
    "benchmark": {"name": "humaneval"},
    "ingestion": {
        "sources": [{"installed_packages": {"only": ["click", "rich", "attrs", "pluggy", "packaging", "pygments"]}}],
        "languages": ["Python"],
        "max_bytes": 6_000_000,
        "shard_bytes": 1_000_000,
    },
    "cleaning": {},
    "tokenizer": {"vocab_size": 1024},
    "tokens": {"held_out_share": 0.2},
    "trainer": {
        "shape": {"layers": 2, "hidden_size": 64, "heads": 2, "kv_heads": 1, "head_dim": 32, "intermediate_size": 128},
        "sequence_length": 64, "batch_size": 4, "steps": 60, "warmup_steps": 2, "checkpoint_steps": 10,
    },
    "evaluation": {"canonical": True},
}  # fmt: skip
INPUTS = {
    "cleaning": {"corpus": "ingestion"},
    "tokenizer": {"dataset": "cleaning"},
    "tokens": {"dataset": "cleaning", "tokenizer": "tokenizer"},
    "trainer": {"tokens": "tokens"},
    "evaluation": {"benchmark": "benchmark"},
}
# Seconds into a job at which it is struck; a job that ends sooner is struck earlier by the polling below.
STRIKES = {
    "benchmark": 0.0,
    "ingestion": 0.3,
    "cleaning": 3.0,
    "tokenizer": 0.8,
    "tokens": 0.4,
    "trainer": 6.0,
    "evaluation": 1.0,
}
TIMED = ("report.json", "report.html", "metrics.jsonl", "README.md")


class World:
    """One store with a server a service, and the references made so far."""

    def __init__(self, home: Path) -> None:
        home.mkdir()
        self.home = home
        # One key of substitutes, so that datasets of two worlds can be equal.
        open_store((home / "store").as_uri()).put(STORE_KEY, bytes(range(32)))
        self.refs: dict[str, Ref] = {}
        self.servers = {service: Server(service, home) for service in {KINDS[kind].service for kind in ORDER}}
        self.client = Client({})

    def start(self) -> None:
        self.client = Client({name: server.start() for name, server in self.servers.items()})

    def restart(self, service: str) -> None:
        self.servers[service].kill()
        self.client.close()
        self.client.addresses[service] = self.servers[service].start()

    def spec(self, kind: str) -> Message:
        message = json_format.ParseDict(SPECS[kind], KINDS[kind].spec())
        for field, source in INPUTS.get(kind, {}).items():
            ref = self.refs[source]
            target = getattr(message, field)
            target.kind, target.digest = f"ARTIFACT_KIND_{ref.kind.upper()}", ref.digest
        return message

    def finish(self, kind: str, id: str) -> job_pb2.Job:
        job = wait_until_ended(self.client, id)
        assert job.state == job_pb2.JOB_STATE_SUCCEEDED, f"{kind}: {job.error.message}"
        ref = job.artifacts[0]
        self.refs[kind] = Ref.from_message(ref)
        return job

    def manifest(self, kind: str) -> Manifest:
        return open_artifact(open_store((self.home / "store").as_uri()), self.refs[kind])

    def stop(self) -> None:
        self.client.close()
        for server in self.servers.values():
            server.stop()
        for process in everything(self.home):
            process.kill()


@pytest.fixture(scope="module")
def unbroken(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    world = World(tmp_path_factory.mktemp("chaos") / "unbroken")
    world.start()
    try:
        for kind in ORDER:
            world.finish(kind, world.client.create(kind, world.spec(kind)).id)
        yield world
    finally:
        world.stop()


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    world = World(tmp_path / "home")
    world.start()
    yield world
    world.stop()


def test_a_killed_server_disturbs_no_job_of_any_service(unbroken: World, world: World) -> None:
    for kind in ORDER:
        id = world.client.create(kind, world.spec(kind)).id
        strike(world, kind, id)
        world.restart(KINDS[kind].service)
        job = world.finish(kind, id)
        assert job.attempt == 1, f"{kind}: the worker was disturbed"
        assert same(world.manifest(kind), unbroken.manifest(kind)), kind


def test_a_killed_worker_of_any_service_is_tried_again_and_loses_and_doubles_nothing(
    unbroken: World, world: World
) -> None:
    struck = 0
    for kind in ORDER:
        id = world.client.create(kind, world.spec(kind)).id
        strike(world, kind, id)
        for worker in workers(world.home, id):
            worker.kill()
            struck += 1
        job = world.finish(kind, id)
        assert same(world.manifest(kind), unbroken.manifest(kind)), kind
        assert job.attempt <= 2
    assert struck >= 5, "most jobs must have been struck while they ran"
    leave_nothing(world)


def strike(world: World, kind: str, id: str) -> None:
    """Waits until the job is well under way."""
    wait_until_running(world.client, id)
    end = time.monotonic() + STRIKES[kind]
    while time.monotonic() < end and world.client.get(id).state == job_pb2.JOB_STATE_RUNNING:
        time.sleep(0.05)


def same(one: Manifest, other: Manifest) -> bool:
    """Equal reference, equal parts but for those that hold times, equal counts."""
    assert one.ref == other.ref
    assert digests(one) == digests(other)
    assert json.dumps(one.licenses) == json.dumps(other.licenses)
    return True


def digests(manifest: Manifest) -> dict[str, str]:
    return {part.name: part.sha256 for part in manifest.parts if part.name not in TIMED}


def leave_nothing(world: World) -> None:
    world.stop()
    assert everything(world.home) == []
