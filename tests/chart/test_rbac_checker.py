"""The RBAC checker adds up rights per account and names every fault it is there for."""

from __future__ import annotations

from typing import Any

import pytest

from tests.chart.objects import pods
from tests.chart.rbac import faults, granted, holds_token

RULE = {"apiGroups": ["batch"], "resources": ["jobs"], "verbs": ["create", "get"]}


def account(name: str = "trainer", **more: Any) -> dict[str, Any]:
    return {"kind": "ServiceAccount", "metadata": {"name": name, "namespace": "kiln"}, **more}


def role(**changed: Any) -> dict[str, Any]:
    return {"kind": "Role", "metadata": {"name": "launcher", "namespace": "kiln"}, "rules": [{**RULE, **changed}]}


def binding(subject: str = "trainer", to: str = "launcher", **changed: Any) -> dict[str, Any]:
    return {
        "kind": "RoleBinding",
        "metadata": {"name": "bound", "namespace": "kiln"},
        "roleRef": {"kind": "Role", "name": to},
        "subjects": [{"kind": "ServiceAccount", "name": subject, "namespace": "kiln", **changed}],
    }


def pod(**spec: Any) -> dict[str, Any]:
    return {
        "kind": "Pod",
        "metadata": {"name": "p"},
        "spec": {"containers": [], "serviceAccountName": "trainer", **spec},
    }


def test_rights_are_added_up_per_account() -> None:
    objects = [account(), role(), binding()]
    assert granted(objects) == {"trainer": {("batch", "jobs", "create", ""), ("batch", "jobs", "get", "")}}
    assert granted([account(), role(verbs=["get"], resourceNames=["one"]), binding()]) == {
        "trainer": {("batch", "jobs", "get", "one")}
    }
    assert faults(objects) == []


@pytest.mark.parametrize(
    ("objects", "named"),
    [
        ([account(), {"kind": "ClusterRole", "metadata": {"name": "wide"}}], "ClusterRole wide"),
        ([account(), {"kind": "ClusterRoleBinding", "metadata": {"name": "wide"}}], "ClusterRoleBinding wide"),
        ([account(), role(verbs=["*"])], "wildcard"),
        ([account(), role(resources=["*"])], "wildcard"),
        ([account(), role(apiGroups=["*"])], "wildcard"),
        ([account(), role(apiGroups=[""], resources=["secrets"], verbs=["get"])], "secrets"),
        ([account(), role(verbs=["escalate"])], "gives away rights"),
        ([account(), role(apiGroups=[""], resources=["pods/exec"])], "enters other pods"),
        ([account(), role(), binding(to="admin")], "Role admin, which is not ours"),
        ([account(), role(), binding(subject="default")], "ServiceAccount default, which is not ours"),
        ([account(), role(), binding(namespace="other")], "ServiceAccount trainer, which is not ours"),
        ([account(), role(), binding(kind="Group")], "Group trainer, which is not ours"),
    ],
)
def test_each_fault_is_named(objects: list[dict[str, Any]], named: str) -> None:
    assert [sentence for sentence in faults(objects) if named in sentence]


@pytest.mark.parametrize(
    ("spec", "of_account", "held"),
    [
        ({}, {}, True),
        ({}, {"automountServiceAccountToken": False}, False),
        ({"automountServiceAccountToken": False}, {}, False),
        ({"automountServiceAccountToken": True}, {"automountServiceAccountToken": False}, True),
        ({"serviceAccountName": "unknown"}, {"automountServiceAccountToken": False}, True),
    ],
)
def test_a_pods_word_on_its_token_comes_before_its_accounts(
    spec: dict[str, Any], of_account: dict[str, Any], held: bool
) -> None:
    assert holds_token(pods([pod(**spec)])[0], [account(**of_account)]) is held
