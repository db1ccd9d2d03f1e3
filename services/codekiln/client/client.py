"""Client: one object for all six services. Every call has a deadline; every error is one of codekiln.core.errors."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import grpc
from google.protobuf.message import Message

from codekiln.client.kinds import KINDS
from codekiln.core.errors import FailedPrecondition, Retryable, Unavailable
from codekiln.core.rpc.channel import CONNECTED, open_channel, translated
from codekiln.v1 import artifact_pb2, artifact_pb2_grpc, inference_pb2, inference_pb2_grpc, job_pb2, job_pb2_grpc

UNARY_SECONDS = 20.0
STREAM_SECONDS = 600.0
FINAL_STATES = (job_pb2.JOB_STATE_SUCCEEDED, job_pb2.JOB_STATE_FAILED, job_pb2.JOB_STATE_CANCELLED)
_RECONNECT_SECONDS = 60.0
_RETRY_SECONDS = 0.5


class Client:
    """Talks to services at the given addresses (host:port by name)."""

    def __init__(
        self,
        addresses: Mapping[str, str],
        *,
        names: Mapping[str, str] | None = None,
        token: str = "",
        ca_file: Path | None = None,
        cert_file: Path | None = None,
        key_file: Path | None = None,
    ) -> None:
        """`names`: what certificates call the services, where that is not the host of the address."""
        self.addresses = dict(addresses)
        self._names = dict(names or {})
        self._security: dict[str, Any] = {
            "token": token, "ca_file": ca_file, "cert_file": cert_file, "key_file": key_file
        }  # fmt: skip
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
        return self._call(entry.service, getattr(stub, entry.method), request).job

    def get(self, id: str) -> job_pb2.Job:
        service, stub = self._jobs(id)
        request = job_pb2.GetJobRequest(id=id)
        return self._call(service, stub.GetJob, request).job

    def cancel(self, id: str) -> job_pb2.Job:
        service, stub = self._jobs(id)
        request = job_pb2.CancelJobRequest(id=id)
        return self._call(service, stub.CancelJob, request).job

    def jobs(self, service: str, states: tuple[job_pb2.JobState, ...] = ()) -> Iterator[job_pb2.Job]:
        """All jobs of a service, newest first, page by page."""
        stub, token = job_pb2_grpc.JobServiceStub(self._channel(service)), ""
        while True:
            request = job_pb2.ListJobsRequest(states=states, page_size=100, page_token=token)
            response = self._call(service, stub.ListJobs, request)
            yield from response.jobs
            token = response.next_page_token
            if not token:
                return

    def watch(self, id: str) -> Iterator[job_pb2.Job]:
        """The job as it is and every change until it ends. Survives a restart of the server, up to a minute away."""
        service, stub = self._jobs(id)
        revision, lost = 0, 0.0
        while True:
            request = job_pb2.WatchJobRequest(id=id, after_revision=revision)
            stream = stub.WatchJob(request, timeout=STREAM_SECONDS + 60)
            try:
                with translated(self.addresses[service]):
                    if CONNECTED in dict(stream.initial_metadata()):
                        lost = 0.0
                    for response in stream:
                        revision = response.job.revision
                        yield response.job
                        if response.job.state in FINAL_STATES:
                            return
            except Retryable:
                lost = lost or time.monotonic()
                if time.monotonic() - lost > _RECONNECT_SECONDS:
                    raise
                time.sleep(_RETRY_SECONDS)
            finally:
                stream.cancel()

    def artifact(self, name: str) -> artifact_pb2.Artifact:
        """By `kind:digest`, a unique prefix, or a name."""
        request = artifact_pb2.GetArtifactRequest(artifact=name)
        return self._artifacts("GetArtifact", request).artifact

    def artifacts(
        self, kind: artifact_pb2.ArtifactKind | str = artifact_pb2.ARTIFACT_KIND_UNSPECIFIED
    ) -> Iterator[artifact_pb2.Artifact]:
        """Published artifacts, newest first, page by page."""
        token = ""
        while True:
            request = artifact_pb2.ListArtifactsRequest(kind=kind, page_size=100, page_token=token)
            response = self._artifacts("ListArtifacts", request)
            yield from response.artifacts
            token = response.next_page_token
            if not token:
                return

    def lineage(self, name: str) -> list[artifact_pb2.Artifact]:
        request = artifact_pb2.GetLineageRequest(artifact=name)
        return list(self._artifacts("GetLineage", request).artifacts)

    def set_name(self, name: str, artifact: str) -> None:
        request = artifact_pb2.SetNameRequest(name=name, artifact=artifact)
        self._artifacts("SetName", request)

    def load_model(self, model: str) -> inference_pb2.ModelStatus:
        """Starts to load and returns at once."""
        request = inference_pb2.LoadModelRequest(model=model)
        return self._inference("LoadModel", request).status

    def model_status(self) -> inference_pb2.ModelStatus:
        request = inference_pb2.GetModelStatusRequest()
        return self._inference("GetModelStatus", request).status

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
            self._channels[service] = open_channel(
                self.addresses[service], name=self._names.get(service, ""), **self._security
            )
        return self._channels[service]

    def _call(self, service: str, method: Callable[..., Any], request: Message) -> Any:
        with translated(self.addresses[service]):
            return method(request, timeout=UNARY_SECONDS)

    def _jobs(self, id: str) -> tuple[str, job_pb2_grpc.JobServiceStub]:
        entry = KINDS.get(id.rpartition("-")[0])
        if entry is None:
            raise FailedPrecondition(f"`{id}` is not a job's id: `codekiln jobs` lists them", reason="BAD_JOB_ID")
        return entry.service, job_pb2_grpc.JobServiceStub(self._channel(entry.service))

    def _artifacts(self, method: str, request: Message) -> Any:
        """Any service will do: all serve the same store."""
        service = next(iter(self.addresses), "ingestion")
        stub = artifact_pb2_grpc.ArtifactServiceStub(self._channel(service))
        return self._call(service, getattr(stub, method), request)

    def _inference(self, method: str, request: Message) -> Any:
        stub = inference_pb2_grpc.InferenceServiceStub(self._channel("inference"))
        return self._call("inference", getattr(stub, method), request)
