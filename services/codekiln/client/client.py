"""Client: one object for all six services. Every call has a deadline; every error is one of codekiln.core.errors."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

import grpc
from google.protobuf.message import Message

from codekiln.client.kinds import KINDS
from codekiln.core.errors import FailedPrecondition, Retryable, Unavailable
from codekiln.core.rpc.channel import open_channel, translated
from codekiln.v1 import artifact_pb2, artifact_pb2_grpc, inference_pb2, inference_pb2_grpc, job_pb2, job_pb2_grpc

UNARY_SECONDS = 20.0
STREAM_SECONDS = 600.0
FINAL_STATES = (job_pb2.JOB_STATE_SUCCEEDED, job_pb2.JOB_STATE_FAILED, job_pb2.JOB_STATE_CANCELLED)
_RECONNECT_SECONDS = 60.0

T = TypeVar("T")


class Client:
    """Talks to services at the given addresses (host:port by name)."""

    def __init__(self, addresses: Mapping[str, str], *, token: str = "", ca_file: Path | None = None) -> None:
        self.addresses = dict(addresses)
        self._token, self._ca_file = token, ca_file
        self._channels: dict[str, grpc.Channel] = {}

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        for channel in self._channels.values():
            channel.close()
        self._channels.clear()

    def create(self, kind: str, spec: Message, request_id: str = "") -> job_pb2.Job:
        """Creates a job of a kind (`cleaning`, `tokens`, ...). The same request_id returns the same job."""
        entry = KINDS[kind]
        request = entry.request(request_id=request_id, spec=spec)
        stub = entry.stub(self._channel(entry.service))
        response = self._call(entry.service, lambda: getattr(stub, entry.method)(request, timeout=UNARY_SECONDS))
        return response.job  # type: ignore[no-any-return]

    def get(self, id: str) -> job_pb2.Job:
        service, stub = self._jobs(id)
        request = job_pb2.GetJobRequest(id=id)
        return self._call(service, lambda: stub.GetJob(request, timeout=UNARY_SECONDS)).job

    def cancel(self, id: str) -> job_pb2.Job:
        service, stub = self._jobs(id)
        request = job_pb2.CancelJobRequest(id=id)
        return self._call(service, lambda: stub.CancelJob(request, timeout=UNARY_SECONDS)).job

    def jobs(self, service: str, states: tuple[job_pb2.JobState, ...] = ()) -> Iterator[job_pb2.Job]:
        """All jobs of a service, newest first, page by page."""
        stub, token = job_pb2_grpc.JobServiceStub(self._channel(service)), ""
        while True:
            request = job_pb2.ListJobsRequest(states=states, page_size=100, page_token=token)
            response = self._call(service, lambda request=request: stub.ListJobs(request, timeout=UNARY_SECONDS))
            yield from response.jobs
            token = response.next_page_token
            if not token:
                return

    def watch(self, id: str) -> Iterator[job_pb2.Job]:
        """The job as it is and every change until it ends. Survives a restart of the server, up to a minute away."""
        service, stub = self._jobs(id)
        revision, lost_since = 0, 0.0
        while True:
            try:
                request = job_pb2.WatchJobRequest(id=id, after_revision=revision)
                with translated(self.addresses[service]):
                    for response in stub.WatchJob(request, timeout=STREAM_SECONDS + 60):
                        revision, lost_since = response.job.revision, 0.0
                        yield response.job
                        if response.job.state in FINAL_STATES:
                            return
            except Retryable as error:
                lost_since = lost_since or time.monotonic()
                if time.monotonic() - lost_since > _RECONNECT_SECONDS:
                    raise error
                time.sleep(0.5)

    def artifact(self, name: str) -> artifact_pb2.Artifact:
        """By `kind:digest`, a unique prefix, or a name."""
        request = artifact_pb2.GetArtifactRequest(artifact=name)
        return self._artifacts(lambda stub: stub.GetArtifact(request, timeout=UNARY_SECONDS)).artifact

    def artifacts(
        self, kind: artifact_pb2.ArtifactKind = artifact_pb2.ARTIFACT_KIND_UNSPECIFIED
    ) -> Iterator[artifact_pb2.Artifact]:
        token = ""
        while True:
            request = artifact_pb2.ListArtifactsRequest(kind=kind, page_size=100, page_token=token)
            response = self._artifacts(lambda stub, r=request: stub.ListArtifacts(r, timeout=UNARY_SECONDS))  # type: ignore[misc]
            yield from response.artifacts
            token = response.next_page_token
            if not token:
                return

    def lineage(self, name: str) -> list[artifact_pb2.Artifact]:
        request = artifact_pb2.GetLineageRequest(artifact=name)
        return list(self._artifacts(lambda stub: stub.GetLineage(request, timeout=UNARY_SECONDS)).artifacts)

    def set_name(self, name: str, artifact: str) -> None:
        request = artifact_pb2.SetNameRequest(name=name, artifact=artifact)
        self._artifacts(lambda stub: stub.SetName(request, timeout=UNARY_SECONDS))

    def load_model(self, model: str) -> inference_pb2.ModelStatus:
        """Starts to load and returns at once."""
        request = inference_pb2.LoadModelRequest(model=model)
        return self._inference(lambda stub: stub.LoadModel(request, timeout=UNARY_SECONDS)).status

    def model_status(self) -> inference_pb2.ModelStatus:
        request = inference_pb2.GetModelStatusRequest()
        return self._inference(lambda stub: stub.GetModelStatus(request, timeout=UNARY_SECONDS)).status

    def complete(
        self, prompt: str, sampling: inference_pb2.Sampling | None = None
    ) -> Iterator[inference_pb2.CompleteResponse]:
        """Pieces of text as they come; the last message has the usage."""
        stub = inference_pb2_grpc.InferenceServiceStub(self._channel("inference"))
        with translated(self.addresses["inference"]):
            yield from stub.Complete(
                inference_pb2.CompleteRequest(prompt=prompt, sampling=sampling), timeout=STREAM_SECONDS
            )

    def infill(
        self, prefix: str, suffix: str, sampling: inference_pb2.Sampling | None = None
    ) -> Iterator[inference_pb2.InfillResponse]:
        """As `complete`, for the gap between prefix and suffix."""
        stub = inference_pb2_grpc.InferenceServiceStub(self._channel("inference"))
        request = inference_pb2.InfillRequest(prefix=prefix, suffix=suffix, sampling=sampling)
        with translated(self.addresses["inference"]):
            yield from stub.Infill(request, timeout=STREAM_SECONDS)

    def _channel(self, service: str) -> grpc.Channel:
        if service not in self.addresses:
            raise Unavailable(
                f"the {service} service is not running: start it with `codekiln up`, or name it in CODEKILN_SERVICES",
                reason="SERVICE_NOT_RUNNING",
                service=service,
            )
        if service not in self._channels:
            self._channels[service] = open_channel(self.addresses[service], token=self._token, ca_file=self._ca_file)
        return self._channels[service]

    def _call(self, service: str, call: Callable[[], T]) -> T:
        with translated(self.addresses[service]):
            return call()

    def _jobs(self, id: str) -> tuple[str, job_pb2_grpc.JobServiceStub]:
        entry = KINDS.get(id.rpartition("-")[0])
        if entry is None:
            raise FailedPrecondition(f"`{id}` is not a job's id: `codekiln jobs` lists them", reason="BAD_JOB_ID")
        return entry.service, job_pb2_grpc.JobServiceStub(self._channel(entry.service))

    def _artifacts(self, call: Callable[[artifact_pb2_grpc.ArtifactServiceStub], Any]) -> Any:
        """Any service will do: all serve the same store."""
        service = next(iter(self.addresses), "ingestion")
        stub = artifact_pb2_grpc.ArtifactServiceStub(self._channel(service))
        return self._call(service, lambda: call(stub))

    def _inference(self, call: Callable[[inference_pb2_grpc.InferenceServiceStub], Any]) -> Any:
        stub = inference_pb2_grpc.InferenceServiceStub(self._channel("inference"))
        return self._call("inference", lambda: call(stub))
