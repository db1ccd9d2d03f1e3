"""Who may do what in the namespace: `granted(objects)` by ServiceAccount, and `faults(objects)` of the rules."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from tests.chart.objects import Pod, of_kind
from tests.chart.rendering import Object

Grant = tuple[str, str, str, str]
"""API group, resource, verb, and the one object's name; empty where any object is meant."""

DANGEROUS_VERBS = {"bind", "escalate", "impersonate"}


def granted(objects: Iterable[Object]) -> dict[str, set[Grant]]:
    """What each ServiceAccount is allowed by the Roles that are bound to it."""
    objects = list(objects)
    roles = {role["metadata"]["name"]: role for role in of_kind(objects, "Role")}
    grants: dict[str, set[Grant]] = defaultdict(set)
    for binding in of_kind(objects, "RoleBinding"):
        for subject in binding["subjects"]:
            grants[subject["name"]] |= set(_grants_of(roles[binding["roleRef"]["name"]]))
    return dict(grants)


def faults(objects: Iterable[Object]) -> list[str]:
    """What least privilege forbids, a sentence each."""
    return list(_faults(list(objects)))


def holds_token(pod: Pod, objects: Iterable[Object]) -> bool:
    """Whether the pod gets a token of its account: its own word first, then its account's, else yes."""
    own = pod.spec.get("automountServiceAccountToken")
    accounts = {a["metadata"]["name"]: a for a in of_kind(objects, "ServiceAccount")}
    account = accounts.get(pod.spec.get("serviceAccountName", "default"), {})
    return own if own is not None else account.get("automountServiceAccountToken", True)


def _grants_of(role: Object) -> Iterator[Grant]:
    for rule in role["rules"]:
        for group in rule["apiGroups"]:
            for resource in rule["resources"]:
                for verb in rule["verbs"]:
                    for name in rule.get("resourceNames") or [""]:
                        yield group, resource, verb, name


def _faults(objects: list[Object]) -> Iterator[str]:
    for object_ in of_kind(objects, "ClusterRole", "ClusterRoleBinding"):
        yield f"{object_['kind']} {object_['metadata']['name']} reaches beyond the namespace"
    roles = {role["metadata"]["name"] for role in of_kind(objects, "Role")}
    accounts = {a["metadata"]["name"]: a["metadata"]["namespace"] for a in of_kind(objects, "ServiceAccount")}
    for role in of_kind(objects, "Role"):
        for group, resource, verb, _ in _grants_of(role):
            where = f"Role {role['metadata']['name']}: {verb} {resource} of `{group}`"
            if "*" in (group, resource, verb):
                yield f"{where} has a wildcard"
            if resource.partition("/")[0] == "secrets":
                yield f"{where} touches secrets"
            if verb in DANGEROUS_VERBS:
                yield f"{where} gives away rights"
            if resource in ("pods/exec", "pods/attach", "pods/portforward", "serviceaccounts/token"):
                yield f"{where} enters other pods"
    for binding in of_kind(objects, "RoleBinding"):
        where = f"RoleBinding {binding['metadata']['name']}"
        if binding["roleRef"]["kind"] != "Role" or binding["roleRef"]["name"] not in roles:
            yield f"{where} refers to {binding['roleRef']['kind']} {binding['roleRef']['name']}, which is not ours"
        for subject in binding["subjects"]:
            if subject["kind"] != "ServiceAccount" or accounts.get(subject["name"]) != subject.get("namespace"):
                yield f"{where} names {subject['kind']} {subject['name']}, which is not ours"
