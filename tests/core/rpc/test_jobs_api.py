"""Jobs over gRPC: create, get, list, watch, cancel, as a client sees them."""

from __future__ import annotations

import threading
import uuid
from pathlib import Path

import grpc
import pytest

from codekiln.client import Client
from codekiln.core.errors import AlreadyExists, FailedPrecondition, InvalidArgument, NotFound, Unavailable
from codekiln.v1 import artifact_pb2, artifact_pb2_grpc, ingestion_pb2, ingestion_pb2_grpc, job_pb2, job_pb2_grpc
from tests.core.toy.folder import Plan
from tests.core.toy.running import ToyService, eventually

FINAL = (job_pb2.JOB_STATE_SUCCEEDED, job_pb2.JOB_STATE_FAILED, job_pb2.JOB_STATE_CANCELLED)
QUEUED, STARTING = job_pb2.JOB_STATE_QUEUED, job_pb2.JOB_STATE_STARTING


def unique() -> str:
    return f"n{uuid.uuid4().hex[:12]}"


def test_a_create_returns_the_job_and_not_its_end(served: ToyService, client: Client) -> None:
    folder = served.folder(hold_at=1, name=unique())
    job = served.create(client, folder, unique())
    assert job.state == QUEUED and job.revision == 1
    assert job.id.startswith("benchmark-") and job.kind == "benchmark" and job.request_id
    assert job.spec["path"] == str(folder.path)
    folder.release()


def test_the_same_request_id_is_the_same_job(served: ToyService, client: Client) -> None:
    name, request = unique(), unique()
    folder = served.folder(name=name)
    first = served.create(client, folder, name, request)
    list(client.watch(first.id))
    again = served.create(client, folder, name, request)
    assert again.id == first.id and again.state == job_pb2.JOB_STATE_SUCCEEDED
    with pytest.raises(AlreadyExists) as caught:
        served.create(client, folder, unique(), request)
    assert caught.value.reason == "REQUEST_ID_REUSED"


def test_without_a_request_id_a_create_joins_an_equal_job_that_has_not_ended(
    served: ToyService, client: Client
) -> None:
    name = unique()
    folder = served.folder(hold_at=1, name=name)
    first = served.create(client, folder, name)
    assert served.create(client, folder, name).id == first.id
    assert served.create(client, folder, unique()).id != first.id
    folder.release()
    list(client.watch(first.id))
    again = served.create(client, folder, name)
    assert again.id != first.id
    assert list(client.watch(again.id))[-1].cached, "the work itself is not done again"


def test_a_cancelled_job_is_not_joined(served: ToyService, client: Client) -> None:
    name = unique()
    folder = served.folder(hold_at=1, name=name)
    first = served.create(client, folder, name)
    client.cancel(first.id)
    folder.release()
    assert served.create(client, folder, name).id != first.id


def test_a_watch_begins_with_the_present_state_and_ends_with_the_last(served: ToyService, client: Client) -> None:
    folder = served.folder(hold_at=2, name=unique())
    job = served.create(client, folder, unique())
    eventually(lambda: len(folder.traces("reached")) == 2)
    states = client.watch(job.id)
    first = next(states)
    assert first.state == job_pb2.JOB_STATE_RUNNING and first.revision > 1
    folder.release()
    seen = [first, *states]
    assert seen[-1].state == job_pb2.JOB_STATE_SUCCEEDED and seen[-1].artifacts
    assert all(state.state not in FINAL for state in seen[:-1])
    revisions = [state.revision for state in seen]
    assert revisions == sorted(set(revisions))
    assert [state.revision for state in client.watch(job.id)] == [revisions[-1]], "an ended job is told once"


def test_a_watch_goes_on_after_a_revision_without_repeating_it(served: ToyService, client: Client) -> None:
    folder = served.folder(name=unique())
    job = served.create(client, folder, unique())
    last = list(client.watch(job.id))[-1]
    with grpc.insecure_channel(f"127.0.0.1:{served.port}") as channel:
        stub = job_pb2_grpc.JobServiceStub(channel)

        def after(revision: int) -> list[int]:
            request = job_pb2.WatchJobRequest(id=job.id, after_revision=revision)
            return [response.job.revision for response in stub.WatchJob(request, timeout=20)]

        assert after(last.revision - 1) == [last.revision]
        assert after(last.revision) == []
        assert after(last.revision + 100) == []


def test_a_watch_survives_servers_that_are_killed_and_replaced(toy: ToyService) -> None:
    folder = toy.folder(hold_at=2)
    toy.start()
    seen: list[job_pb2.Job] = []
    with toy.client() as client:
        job = toy.create(client, folder)
        watcher = threading.Thread(target=lambda: seen.extend(client.watch(job.id)))
        watcher.start()
        eventually(lambda: len(folder.traces("reached")) == 2)
        toy.kill()
        toy.start()
        assert toy.stop() == 0, "a server drains without waiting for its watches to end"
        toy.start()
        folder.release()
        watcher.join(60)
    assert seen and seen[-1].state == job_pb2.JOB_STATE_SUCCEEDED
    revisions = [state.revision for state in seen]
    assert revisions == sorted(set(revisions)), "nothing is told twice"


def test_a_watch_gives_up_on_a_server_that_stays_away(toy: ToyService, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("codekiln.client.client._RECONNECT_SECONDS", 0.2)
    with toy.client() as client, pytest.raises(Unavailable) as caught:
        list(client.watch("benchmark-0"))
    assert caught.value.reason == "SERVER_UNREACHABLE"
    assert f"127.0.0.1:{toy.port}" in caught.value.message and "codekiln up" in caught.value.message


def test_cancelling_is_idempotent_and_ends_in_cancelled(served: ToyService, client: Client) -> None:
    folder = served.folder(Plan(children=True), hold_at=2, name=unique())
    job = served.create(client, folder, unique())
    eventually(lambda: len(folder.traces("reached")) == 2)
    first, second = client.cancel(job.id), client.cancel(job.id)
    assert first.state == job_pb2.JOB_STATE_CANCELLING and second.state in (first.state, job_pb2.JOB_STATE_CANCELLED)
    last = list(client.watch(job.id))[-1]
    assert last.state == job_pb2.JOB_STATE_CANCELLED and last.HasField("end_time")
    assert client.cancel(job.id) == last
    assert not served.workers() or all(int(pid) not in served.workers() for pid in folder.traces("workers"))


def test_cancelling_an_ended_job_returns_what_won(served: ToyService, client: Client) -> None:
    job = served.create(client, served.folder(name=unique()), unique())
    last = list(client.watch(job.id))[-1]
    assert client.cancel(job.id) == last and last.state == job_pb2.JOB_STATE_SUCCEEDED


def test_a_failed_job_carries_its_error_as_the_worker_told_it(served: ToyService, client: Client) -> None:
    folder = served.folder(Plan(trouble="refused", trouble_at=2), name=unique())
    last = list(client.watch(served.create(client, folder, unique()).id))[-1]
    assert last.state == job_pb2.JOB_STATE_FAILED
    assert last.error.reason == "EMPTY_CORPUS" and last.error.code == "FAILED_PRECONDITION"
    assert last.error.message == "the corpus is empty: ingest something first"
    assert dict(last.error.metadata) == {"corpus": "x"}


def test_bad_fields_are_violations_with_paths(client: Client) -> None:
    with pytest.raises(InvalidArgument) as caught:
        client.create("benchmark", ingestion_pb2.BenchmarkSpec(path="x"))
    assert [(v.field, v.description) for v in caught.value.violations] == [("spec.name", "is required")]
    assert caught.value.reason == "INVALID_ARGUMENT"


@pytest.mark.parametrize("id", ["", "../x", "benchmark-1/../2", "a b", "\0", "x" * 300])
def test_what_is_no_job_id_is_refused(channel: grpc.Channel, id: str) -> None:
    stub = job_pb2_grpc.JobServiceStub(channel)
    for call in (
        lambda: stub.GetJob(job_pb2.GetJobRequest(id=id), timeout=10),
        lambda: stub.CancelJob(job_pb2.CancelJobRequest(id=id), timeout=10),
        lambda: list(stub.WatchJob(job_pb2.WatchJobRequest(id=id), timeout=10)),
    ):
        with pytest.raises(grpc.RpcError) as caught:
            call()
        assert caught.value.code() is grpc.StatusCode.INVALID_ARGUMENT, id


def test_a_job_that_is_not_there_is_not_found(client: Client) -> None:
    for call in (client.get, client.cancel, lambda id: list(client.watch(id))):
        with pytest.raises(NotFound) as caught:
            call("benchmark-0123")
        assert caught.value.reason == "JOB_NOT_FOUND"
    with pytest.raises(FailedPrecondition, match="is not a job's id"):
        client.get("nonsense")


def test_lists_page_in_stable_order_without_loss_or_repeat(toy: ToyService) -> None:
    toy.start()
    created = [toy.jobs.create("benchmark", {"path": str(i)}, f"r{i}") for i in range(7)]
    expected = [job.id for job in sorted(created, key=lambda job: (-job.created, job.id))]
    with grpc.insecure_channel(f"127.0.0.1:{toy.port}") as channel:
        stub = job_pb2_grpc.JobServiceStub(channel)
        seen, token, late = [], "", iter(range(7, 100))
        while True:
            answer = stub.ListJobs(job_pb2.ListJobsRequest(page_size=2, page_token=token), timeout=10)
            assert len(answer.jobs) <= 2
            seen += [job.id for job in answer.jobs]
            token = answer.next_page_token
            if not token:
                break
            toy.jobs.create("benchmark", {"path": "late"}, f"late{next(late)}")  # shifts nothing
    assert seen == expected


def test_a_list_goes_on_where_the_last_of_a_page_left_its_filter(toy: ToyService) -> None:
    toy.start(MAX_RUNNING=1)
    for i in range(4):
        toy.jobs.create("benchmark", {"name": "x", "path": "none"}, f"r{i}")
    with grpc.insecure_channel(f"127.0.0.1:{toy.port}") as channel:
        stub = job_pb2_grpc.JobServiceStub(channel)
        request = job_pb2.ListJobsRequest(states=[QUEUED], page_size=1)
        first = stub.ListJobs(request, timeout=10)
        stub.CancelJob(job_pb2.CancelJobRequest(id=first.jobs[0].id), timeout=10)
        request.page_token = first.next_page_token
        assert stub.ListJobs(request, timeout=10).jobs[0].id != first.jobs[0].id


def test_bad_pages_are_refused_with_the_field(served: ToyService, client: Client, channel: grpc.Channel) -> None:
    served.create(client, served.folder(name=unique()), unique())
    served.create(client, served.folder(name=unique()), unique())
    jobs, artifacts = job_pb2_grpc.JobServiceStub(channel), artifact_pb2_grpc.ArtifactServiceStub(channel)
    token = jobs.ListJobs(job_pb2.ListJobsRequest(page_size=1), timeout=10).next_page_token
    assert token
    requests: list[tuple[object, object, str]] = [
        (jobs.ListJobs, job_pb2.ListJobsRequest(page_size=-1), "page_size"),
        (jobs.ListJobs, job_pb2.ListJobsRequest(page_token="foreign"), "page_token"),
        (jobs.ListJobs, job_pb2.ListJobsRequest(page_token="🙂"), "page_token"),
        (jobs.ListJobs, job_pb2.ListJobsRequest(page_token=token, states=[QUEUED]), "page_token"),
        (jobs.ListJobs, job_pb2.ListJobsRequest(states=[QUEUED, 99]), "states[1]"),
        (artifacts.ListArtifacts, artifact_pb2.ListArtifactsRequest(page_size=-5), "page_size"),
        (artifacts.ListArtifacts, artifact_pb2.ListArtifactsRequest(page_token=token), "page_token"),
        (artifacts.ListArtifacts, artifact_pb2.ListArtifactsRequest(kind=77), "kind"),
    ]
    for method, request, field in requests:
        with pytest.raises(grpc.RpcError) as caught:
            method(request, timeout=10)  # type: ignore[operator]
        assert caught.value.code() is grpc.StatusCode.INVALID_ARGUMENT
        assert caught.value.details().startswith(f"{field}: "), field
    page = jobs.ListJobs(job_pb2.ListJobsRequest(page_size=10**6), timeout=10)
    assert len(page.jobs) <= 500


def test_the_client_lists_page_by_page(served: ToyService, client: Client) -> None:
    listed = [job.id for job in client.jobs("ingestion")]
    assert len(listed) == len(set(listed)) == len(served.jobs.all())
    succeeded = client.jobs("ingestion", (job_pb2.JOB_STATE_SUCCEEDED,))
    assert all(job.state == job_pb2.JOB_STATE_SUCCEEDED for job in succeeded)


def test_artifacts_are_read_listed_named_and_traced(served: ToyService, client: Client) -> None:
    names = [unique() for _ in range(3)]
    for name in names:
        list(client.watch(served.create(client, served.folder(name=name), name).id))
    listed = list(client.artifacts(artifact_pb2.ARTIFACT_KIND_BENCHMARK))
    assert {artifact.parameters["name"] for artifact in listed} >= set(names)
    assert not listed[0].parts, "parts are left out of lists"
    times = [artifact.create_time.ToMicroseconds() for artifact in listed]
    assert times == sorted(times, reverse=True)
    ref = f"benchmark:{listed[0].ref.digest}"
    client.set_name("demo/benchmark", ref)
    artifact = client.artifact("demo/benchmark")
    assert artifact.ref == listed[0].ref and Path(artifact.parts[0].uri).read_bytes() == b"1\n2\n3\n4\n5\n"
    assert [a.ref for a in client.lineage("demo/benchmark")] == [artifact.ref]
    assert list(client.artifacts(artifact_pb2.ARTIFACT_KIND_MODEL)) == []
    with pytest.raises(InvalidArgument, match="artifact: is required"):
        client.artifact("")


def test_a_defect_shows_nothing_of_its_inside(served: ToyService, channel: grpc.Channel) -> None:
    stub = ingestion_pb2_grpc.IngestionServiceStub(channel)
    with pytest.raises(grpc.RpcError) as caught:
        stub.CreateIngestion(ingestion_pb2.CreateIngestionRequest(), timeout=10)
    shown = f"{caught.value.details()} {caught.value.trailing_metadata()}"
    assert caught.value.code() is grpc.StatusCode.INTERNAL
    assert caught.value.details() == "an unexpected error: the server's log has the details"
    assert "Traceback" not in shown and "KeyError" not in shown and "secret/key" not in shown
    eventually(lambda: "KeyError" in served.log(), "the trace in the log")


def test_equal_creates_at_once_are_one_job(served: ToyService, client: Client) -> None:
    name, request = unique(), unique()
    folder = served.folder(name=name)
    ids: list[str] = []

    def create() -> None:
        ids.append(served.create(client, folder, name, request).id)

    threads = [threading.Thread(target=create) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(ids) == 16 and len(set(ids)) == 1
