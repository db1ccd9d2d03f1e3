"""What the three kinds of worker objects differ in, and which of them a setting means. All else is the same."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from codekiln.core.errors import FailedPrecondition
from codekiln.core.kube.api import JOBS, PYTORCHJOBS, TRAINJOBS, Api, Object, Resource
from codekiln.core.launch.ending import Ending, first
from codekiln.core.launch.pod import LABEL_ATTEMPT, LABEL_JOB
from codekiln.core.launch.specs import job, pytorchjob, trainjob
from codekiln.core.launch.specs.attempt import Attempt


@dataclass(frozen=True)
class Kind:
    """`selector`: of the pods of an attempt, by its name.

    `maker`: the object whose events tell why a pod was not made, by the attempt's name.
    """

    resource: Resource
    build: Callable[[Attempt], Object]
    selector: Callable[[str], str]
    maker: Callable[[str], str]


def leads(pod: Object) -> bool:
    """Whether it is the pod of its attempt that writes the record: one that is marked as a follower does not."""
    marks = pod["metadata"].get("labels") or {}
    return (
        marks.get("training.kubeflow.org/replica-type", "master") == "master"
        and marks.get("batch.kubernetes.io/job-completion-index", "0") == "0"
    )


def outcome(object: Object) -> Object | None:
    """The condition with which it ended, if it has; all three kinds use these words."""
    conditions = object.get("status", {}).get("conditions") or []
    final = (c for c in conditions if c["type"] in ("Complete", "Succeeded", "Failed") and c["status"] == "True")
    return next(final, None)


def took_too_long(object: Object, endings: list[Ending]) -> bool:
    """Whether it was ended for its deadline. Its pods are stopped for that before it says so, so times tell too."""
    final, start = outcome(object), object.get("status", {}).get("startTime")
    if final is not None and "deadline" in f"{final.get('reason')} {final.get('message')}".lower():
        return True
    spec = object["spec"]
    limit = spec.get("activeDeadlineSeconds") or spec.get("runPolicy", {}).get("activeDeadlineSeconds")
    if not (limit and start and endings and first(endings).stopped):
        return False
    return datetime.fromisoformat(first(endings).at) >= datetime.fromisoformat(start) + timedelta(seconds=limit)


def _by_labels(name: str) -> str:
    id, _, attempt = name.rpartition("-")
    return f"{LABEL_JOB}={id},{LABEL_ATTEMPT}={attempt}"


JOB = Kind(
    resource=JOBS,
    build=job.build,
    selector=_by_labels,
    maker=lambda name: name,
)
PYTORCHJOB = Kind(
    resource=PYTORCHJOBS,
    build=pytorchjob.build,
    selector=_by_labels,
    maker=lambda name: name,
)
TRAINJOB = Kind(
    resource=TRAINJOBS,
    build=trainjob.build,
    # A TrainJob's labels reach its JobSet, not its pods; JobSet marks them with its own name, which is the TrainJob's.
    selector=lambda name: f"jobset.sigs.k8s.io/jobset-name={name}",
    maker=lambda name: f"{name}-node-0",
)
_NAMED = {"kubernetes": JOB, "pytorchjob": PYTORCHJOB, "trainjob": TRAINJOB}
_REMEMBERED_SECONDS = 60.0


class KindChoice:
    """One of the names, or `auto`: a PyTorchJob where the cluster has that kind, else a Job."""

    def __init__(self, launcher: str, api: Api) -> None:
        self._launcher, self._api = launcher, api
        self._served: dict[str, tuple[float, bool]] = {}

    def new(self) -> Kind:
        """What an attempt becomes now. Raises FailedPrecondition where the cluster does not have that kind."""
        if self._launcher == "auto":
            return self.known()[0]
        kind = _NAMED[self._launcher]
        if kind is not JOB and not self._serves(kind):
            name = kind.resource.full_name
            raise FailedPrecondition(
                f"the cluster does not have the kind {kind.resource.kind} (CustomResourceDefinition {name}, version "
                f"{kind.resource.version}): install its operator, or set the chart value trainer.launcher to `auto` or "
                "`kubernetes`, which need none",
                reason="CRD_MISSING",
                crd=name,
                value="trainer.launcher",
            )
        return kind

    def known(self) -> tuple[Kind, ...]:
        """Under which kinds an attempt may be found: with `auto` an operator may have come or gone since it began."""
        if self._launcher != "auto":
            return (_NAMED[self._launcher],)
        return (PYTORCHJOB, JOB) if self._serves(PYTORCHJOB) else (JOB,)

    def selectors(self, name: str) -> list[str]:
        return list(dict.fromkeys(kind.selector(name) for kind in self.known()))

    def _serves(self, kind: Kind) -> bool:
        key, now = kind.resource.full_name, time.monotonic()
        if key not in self._served or now - self._served[key][0] > _REMEMBERED_SECONDS:
            self._served[key] = (now, self._api.serves(kind.resource))
        return self._served[key][1]
