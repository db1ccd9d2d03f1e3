"""ArtifactService: the same in every service."""

from __future__ import annotations

from typing import Any

from codekiln.core.artifacts import KINDS, lineage, list_refs, open_artifact
from codekiln.core.errors import InvalidArgument, Violation
from codekiln.core.names import resolve, set_name
from codekiln.core.rpc.messages import artifact_message, ref_message
from codekiln.core.rpc.paging import newest_first, page
from codekiln.core.store.interface import ObjectStore
from codekiln.v1 import artifact_pb2, artifact_pb2_grpc


class Artifacts(artifact_pb2_grpc.ArtifactServiceServicer):
    """Over one store."""

    def __init__(self, store: ObjectStore) -> None:
        self._store = store

    def GetArtifact(self, request: artifact_pb2.GetArtifactRequest, context: Any) -> artifact_pb2.GetArtifactResponse:
        manifest = open_artifact(self._store, resolve(self._store, _named(request.artifact)))
        return artifact_pb2.GetArtifactResponse(artifact=artifact_message(manifest, self._store))

    def ListArtifacts(
        self, request: artifact_pb2.ListArtifactsRequest, context: Any
    ) -> artifact_pb2.ListArtifactsResponse:
        if request.kind < 0 or request.kind > len(KINDS):
            raise InvalidArgument(violations=[Violation("kind", f"is not an ArtifactKind: {request.kind}")])
        kind = KINDS[request.kind - 1] if request.kind else ""
        manifests = [open_artifact(self._store, ref) for ref in list_refs(self._store, kind)]
        pairs = [(newest_first(manifest.created, str(manifest.ref)), manifest) for manifest in manifests]
        chosen, token = page(pairs, request.page_size, request.page_token, of=f"artifacts {kind}")
        messages = [artifact_message(manifest, self._store, parts=False) for manifest in chosen]
        return artifact_pb2.ListArtifactsResponse(artifacts=messages, next_page_token=token)

    def GetLineage(self, request: artifact_pb2.GetLineageRequest, context: Any) -> artifact_pb2.GetLineageResponse:
        found = lineage(self._store, resolve(self._store, _named(request.artifact)))
        return artifact_pb2.GetLineageResponse(
            artifacts=[artifact_message(manifest, self._store, parts=False) for manifest in found]
        )

    def SetName(self, request: artifact_pb2.SetNameRequest, context: Any) -> artifact_pb2.SetNameResponse:
        history = set_name(self._store, request.name, resolve(self._store, _named(request.artifact)))
        return artifact_pb2.SetNameResponse(
            ref=ref_message(history[0]), history=[ref_message(ref) for ref in history[1:]]
        )


def _named(text: str) -> str:
    if not text:
        raise InvalidArgument(
            violations=[Violation("artifact", "is required: `kind:digest`, a unique prefix, or a name")]
        )
    return text
