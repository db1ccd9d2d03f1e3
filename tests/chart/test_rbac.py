"""Who holds which rights: the table of docs/decisions/0008-launchers.md and the scale of Dask's workers, no more."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.chart.objects import of_kind, pods
from tests.chart.rbac import Grant, faults, granted, holds_token
from tests.chart.rendering import ROOT, VALUE_SETS, render
from tests.chart.workloads import SERVERS, pod_of

DECISION = ROOT / "docs" / "decisions" / "0008-launchers.md"
JOBS = {("batch", "jobs", verb, "") for verb in ("create", "get", "delete")}
PYTORCHJOBS = {("kubeflow.org", "pytorchjobs", verb, "") for verb in ("create", "get", "delete")}
TRAINJOBS = {("trainer.kubeflow.org", "trainjobs", verb, "") for verb in ("create", "get", "delete")}
ALWAYS = {("", "pods", "list", ""), ("", "pods", "delete", ""), ("", "events", "list", "")}
BY_LAUNCHER: dict[str, set[Grant]] = {
    "auto": JOBS | PYTORCHJOBS,
    "kubernetes": JOBS,
    "pytorchjob": PYTORCHJOBS,
    "trainjob": TRAINJOBS,
}
SCALE = {("apps", "deployments/scale", verb, "codekiln-dask-worker") for verb in ("get", "patch")}


def owner(service: str) -> set[Grant]:
    return {("apps", "deployments", "get", f"codekiln-{service}")}


def test_the_decision_lists_these_rights_and_no_others() -> None:
    listed = set()
    for group, resource, verbs in re.findall(
        r"^\| (\S+) \| `([^`]+)`[^|]*\| ([^|]+) \|", DECISION.read_text(), re.MULTILINE
    ):
        listed |= {(group.strip("`").replace("(core)", ""), resource, verb) for verb in re.findall(r"`(\w+)`", verbs)}
    ours = JOBS | PYTORCHJOBS | TRAINJOBS | ALWAYS | owner("any")
    assert listed == {(group, resource, verb) for group, resource, verb, _ in ours}


@pytest.mark.chart
@pytest.mark.parametrize("name", VALUE_SETS)
def test_no_right_is_wide(name: str) -> None:
    assert faults(render(VALUE_SETS[name])) == []


@pytest.mark.chart
@pytest.mark.parametrize("launcher", BY_LAUNCHER)
def test_a_server_may_do_what_its_launcher_needs(launcher: str) -> None:
    objects = render({"trainer": {"launcher": launcher}})
    rights = granted(objects)
    account = {service: pod_of(objects, service).spec["serviceAccountName"] for service in SERVERS}
    assert rights[account["trainer"]] == BY_LAUNCHER[launcher] | ALWAYS | owner("trainer")
    assert rights[account["cleaning"]] == JOBS | ALWAYS | owner("cleaning") | SCALE
    for service in ("ingestion", "tokenizer", "evaluation"):
        assert rights[account[service]] == JOBS | ALWAYS | owner(service), service
    assert set(rights) == set(account.values())


@pytest.mark.chart
@pytest.mark.parametrize("dask", [{"enabled": False}, {"worker": {"replicas": {"min": 2, "max": 2}}}])
def test_workers_that_are_not_scaled_need_no_right(dask: dict[str, Any]) -> None:
    objects = render({"dask": dask})
    assert granted(objects)[pod_of(objects, "cleaning").spec["serviceAccountName"]] == JOBS | ALWAYS | owner("cleaning")


@pytest.mark.chart
@pytest.mark.parametrize("name", VALUE_SETS)
def test_only_servers_that_start_jobs_hold_a_token(name: str) -> None:
    objects = render(VALUE_SETS[name])
    assert {pod.component for pod in pods(objects) if holds_token(pod, objects)} == set(SERVERS)
    # No pod leaves it to the default, which is yes: an account of a person's own would hand its token out.
    assert all("automountServiceAccountToken" in pod.spec for pod in pods(objects))


@pytest.mark.chart
def test_accounts_themselves_mount_no_token() -> None:
    """A pod that someone else starts under one of our accounts gets nothing unless it asks."""
    for account in of_kind(render(), "ServiceAccount"):
        assert account["automountServiceAccountToken"] is False, account["metadata"]["name"]


@pytest.mark.chart
def test_rights_go_to_the_account_that_a_person_names() -> None:
    objects = render({"trainer": {"serviceAccount": {"create": False, "name": "own"}}})
    rights = granted(objects)
    assert rights["own"] == BY_LAUNCHER["auto"] | ALWAYS | owner("trainer")
