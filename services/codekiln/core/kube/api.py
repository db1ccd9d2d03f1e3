"""What we ask of an API server. No import of `kubernetes`: launchers are written against this."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

Object = dict[str, Any]
"""An API object in its JSON form."""


@dataclass(frozen=True)
class Resource:
    """A kind, by what its addresses are made of. The core group is empty."""

    group: str
    version: str
    plural: str
    kind: str

    @property
    def api_version(self) -> str:
        return f"{self.group}/{self.version}" if self.group else self.version

    @property
    def root(self) -> str:
        return f"/apis/{self.api_version}" if self.group else f"/api/{self.version}"

    @property
    def full_name(self) -> str:
        """As RBAC and `kubectl get` name it."""
        return f"{self.plural}.{self.group}" if self.group else self.plural

    def path(self, namespace: str, name: str = "", sub: str = "") -> str:
        return "/".join(part for part in (f"{self.root}/namespaces", namespace, self.plural, name, sub) if part)


PODS = Resource("", "v1", "pods", "Pod")
EVENTS = Resource("", "v1", "events", "Event")
DEPLOYMENTS = Resource("apps", "v1", "deployments", "Deployment")
JOBS = Resource("batch", "v1", "jobs", "Job")
PYTORCHJOBS = Resource("kubeflow.org", "v1", "pytorchjobs", "PyTorchJob")
TRAINJOBS = Resource("trainer.kubeflow.org", "v1alpha1", "trainjobs", "TrainJob")


class Api(Protocol):
    """One API server. Every call has a time limit.

    All raise NotFound, PermissionDenied (naming verb, kind and namespace), FailedPrecondition (the object was refused
    as it is), and Unavailable or Conflict where the same call may succeed later.
    """

    def get(self, resource: Resource, namespace: str, name: str) -> Object: ...

    def list(self, resource: Resource, namespace: str, *, labels: str = "", fields: str = "") -> list[Object]:
        """Those that match both selectors."""
        ...

    def create(self, resource: Resource, namespace: str, body: Object) -> Object:
        """Raises AlreadyExists where one of this name is there."""
        ...

    def delete(self, resource: Resource, namespace: str, name: str, *, grace_seconds: int | None = None) -> None:
        """Asks for it; what it owns is deleted after it, in the background."""
        ...

    def serves(self, resource: Resource) -> bool:
        """Whether the cluster has this kind."""
        ...

    def get_scale(self, namespace: str, deployment: str) -> int:
        """Replicas that the Deployment is to have."""
        ...

    def patch_scale(self, namespace: str, deployment: str, replicas: int) -> None: ...
