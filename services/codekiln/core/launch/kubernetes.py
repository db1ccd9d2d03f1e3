"""Workers as objects of Kubernetes: a Job, a PyTorchJob or a TrainJob for each attempt, by its name.

Nothing is remembered that the cluster does not know, but for how long something has been waited for. Pods decide
whether an attempt runs: a deleted object whose pods still save a checkpoint is running.
"""

from __future__ import annotations

import contextlib
from typing import Any

from codekiln.core.errors import AlreadyExists, FailedPrecondition, NotFound
from codekiln.core.kube.api import DEPLOYMENTS, PODS, Api, Object
from codekiln.core.launch.ending import Ending, ending, first, has_ended, is_failure
from codekiln.core.launch.interface import Observation, Phase, WorkerSpec
from codekiln.core.launch.kinds import KindChoice, leads, outcome, took_too_long
from codekiln.core.launch.pod import read_template
from codekiln.core.launch.specs.attempt import Attempt
from codekiln.core.launch.start import Starts
from codekiln.core.settings import Settings


class KubernetesLauncher:
    """`choice` says which kind an attempt becomes, and under which kinds one may be found."""

    log_seconds = 3600.0

    def __init__(self, settings: Settings, api: Api, choice: KindChoice) -> None:
        self._settings, self._api, self._choice = settings, api, choice
        self._namespace = settings.namespace
        self._starts = Starts(api, settings, choice)
        self._owner: dict[str, Any] | None = None

    def check(self) -> None:
        self._choice.new()
        self._template()

    def submit(self, spec: WorkerSpec) -> None:
        kind = self._choice.new()
        attempt = Attempt(
            spec,
            self._template(),
            self._namespace,
            owner=self._owner_reference(),
            deadline_seconds=self._settings.job_deadline_seconds,
            processes_per_pod=self._settings.processes_per_pod,
            runtime=self._settings.training_runtime,
        )
        with contextlib.suppress(AlreadyExists):
            self._api.create(kind.resource, self._namespace, kind.build(attempt))

    def observe(self, name: str) -> Observation:
        pods = self._pods(name)
        leader = next((pod for pod in pods if leads(pod)), None)
        endings = [ending(pod, self._settings.service) for pod in pods if has_ended(pod)]
        if leader is not None and not has_ended(leader):
            return self._running(name, pods, endings)
        object = self._find(name)
        if object is None and not pods:
            return Observation(Phase.ABSENT, "nothing of it is left in the cluster: somebody deleted it")
        leaving = object is None or "deletionTimestamp" in object["metadata"]
        if leaving and (not pods or len(endings) < len(pods)):
            return Observation(Phase.RUNNING, failed=is_failure(endings))
        if object is None or leaving or leader is not None or outcome(object):
            # Followers that go on without their leader do not count: they end with the object.
            return _exited(endings, object, self._settings)
        return self._running(name, pods, endings)

    def stop(self, name: str, *, force: bool) -> None:
        deleted = self._delete_object(name)
        if force or not deleted:
            for pod in self._pods(name):
                if not has_ended(pod) and (force or "deletionTimestamp" not in pod["metadata"]):
                    self._delete_pod(pod, 0 if force else None)

    def forget(self, name: str) -> None:
        self._starts.forget(name)
        if not self._delete_object(name):
            for pod in self._pods(name):
                self._delete_pod(pod, None)

    def log_uri(self, name: str) -> str:
        return f"kubectl logs -n {self._namespace} -l {self._choice.selectors(name)[0]} --tail=-1 --prefix"

    def _running(self, name: str, pods: list[Object], endings: list[Ending]) -> Observation:
        waiting, hopeless = self._starts.look(name, pods)
        return Observation(Phase.RUNNING, failed=is_failure(endings), waiting=waiting, hopeless=hopeless)

    def _template(self) -> dict[str, Any]:
        if self._settings.pod_template_file is None:
            raise FailedPrecondition(
                "CODEKILN_POD_TEMPLATE_FILE is not set: name the YAML file of the worker's pod",
                reason="BAD_POD_TEMPLATE",
            )
        return read_template(self._settings.pod_template_file)

    def _owner_reference(self) -> dict[str, Any] | None:
        """Of our Deployment, so that workers do not outlive an uninstalled release. Its uid never changes."""
        name = self._settings.owner
        if name and self._owner is None:
            try:
                uid = self._api.get(DEPLOYMENTS, self._namespace, name)["metadata"]["uid"]
            except NotFound:
                raise FailedPrecondition(
                    f"CODEKILN_OWNER is `{name}`: namespace {self._namespace} has no Deployment of that name",
                    reason="OWNER_MISSING",
                ) from None
            self._owner = {"apiVersion": "apps/v1", "kind": "Deployment", "name": name, "uid": uid}
        return self._owner

    def _pods(self, name: str) -> list[Object]:
        found: list[Object] = []
        for selector in self._choice.selectors(name):
            found += self._api.list(PODS, self._namespace, labels=selector)
        return found

    def _find(self, name: str) -> Object | None:
        for kind in self._choice.known():
            with contextlib.suppress(NotFound):
                return self._api.get(kind.resource, self._namespace, name)
        return None

    def _delete_object(self, name: str) -> bool:
        """Whether there was one."""
        found = False
        for kind in self._choice.known():
            with contextlib.suppress(NotFound):
                self._api.delete(kind.resource, self._namespace, name)
                found = True
        return found

    def _delete_pod(self, pod: Object, grace_seconds: int | None) -> None:
        with contextlib.suppress(NotFound):
            self._api.delete(PODS, self._namespace, pod["metadata"]["name"], grace_seconds=grace_seconds)


def _exited(endings: list[Ending], object: Object | None, settings: Settings) -> Observation:
    if object is not None and took_too_long(object, endings):
        limit = f"CODEKILN_JOB_DEADLINE_SECONDS, {settings.job_deadline_seconds:.0f} s"
        return Observation(Phase.EXITED, f"it took longer than {limit}", failed=True)
    if not endings:
        return Observation(Phase.EXITED, "its pod was deleted")
    cause = first(endings)
    return Observation(Phase.EXITED, cause.detail, stopped=cause.stopped, failed=cause.failed)
