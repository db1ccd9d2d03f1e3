"""The same values give the same objects, and each object says what it is: Argo CD and Flux need both, as do people."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.chart.kubernetes_schemas import faults, newest_version
from tests.chart.objects import LONG_RUNNING, identity, of_kind, pods
from tests.chart.reachability import matches
from tests.chart.rendering import CHART, NAMESPACE, RELEASE, VALUE_SETS, RenderError, render
from tests.chart.upgrades import HOOK

pytestmark = pytest.mark.chart

LABELS = {"name", "instance", "version", "component", "part-of", "managed-by"}
CHANGING = ("app.kubernetes.io/version", "helm.sh/chart", "app.kubernetes.io/managed-by")
SETS = (
    "image.tag=1.2.3",
    "trainer.gpus=2",
    "dask.enabled=false",
    "sandbox.podLabels.team=b",
    "sandbox.podLabels.app=a",
)
FORBIDDEN = (
    r"\b(rand[A-Z]\w*|genCA\w*|genSelfSigned\w*|genSigned\w*|genPrivateKey|uuidv4|now|lookup|getHostByName|htpasswd)\b"
)
"""Functions whose result differs from one rendering to the next, or from one cluster to the next."""


@pytest.mark.parametrize("name", VALUE_SETS)
def test_rendering_twice_gives_the_same(name: str) -> None:
    # `sets` that change nothing keep the second from being the first one's cached result.
    assert render(VALUE_SETS[name]) == render(VALUE_SETS[name], sets=["enabled=true"])


def test_the_order_in_which_values_are_given_does_not_matter() -> None:
    assert render(sets=SETS) == render(sets=SETS[::-1])


@pytest.mark.parametrize("path", sorted((CHART / "templates").rglob("*.*")), ids=lambda path: path.name)
def test_no_template_asks_for_what_may_differ(path: Path) -> None:
    actions = re.findall(r"\{\{.*?\}\}", path.read_text(), re.DOTALL)
    code = [action for action in actions if not re.match(r"\{\{-?\s*/\*", action)]
    # Text between quotes is no function.
    assert [a for a in code if re.search(FORBIDDEN, re.sub(r'"[^"]*"', "", a))] == []
    assert [a for a in code if ".Capabilities" in a] == [], "what a cluster has is asked at run time"


def test_the_search_for_such_functions_finds_them() -> None:
    for function in ("randAlphaNum 5", 'lookup "v1" "Secret" "a" "b"', "now | date", "genCA", "uuidv4"):
        assert re.search(FORBIDDEN, f"{{{{ {function} }}}}")
    assert not re.search(FORBIDDEN, "{{ .Values.networkPolicy.enabled }} {{ $known }}")


def test_there_is_no_hook_but_the_test() -> None:
    hooks = [o["metadata"]["annotations"][HOOK] for o in render() if HOOK in (o["metadata"].get("annotations") or {})]
    assert hooks == ["test"]


@pytest.mark.parametrize("name", VALUE_SETS)
def test_every_object_says_where_it_is_and_what_it_is_a_part_of(name: str) -> None:
    objects = render(VALUE_SETS[name])
    for object_ in objects:
        assert object_["metadata"]["namespace"] == NAMESPACE, identity(object_)
        assert _recommended(object_["metadata"]["labels"]) == LABELS, identity(object_)
    for pod in pods(objects):
        assert _recommended(pod.labels) == LABELS, pod
    assert len({identity(object_) for object_ in objects}) == len(objects)


@pytest.mark.parametrize("name", VALUE_SETS)
def test_no_selector_has_what_an_upgrade_changes(name: str) -> None:
    for where, selector in _selectors(render(VALUE_SETS[name])):
        assert not [key for key in CHANGING if key in str(selector)], where


def test_every_workload_selects_its_own_pods_alone() -> None:
    objects = render()
    for workload in of_kind(objects, *LONG_RUNNING):
        (own,) = pods([workload])
        selected = [pod for pod in pods(objects) if matches(workload["spec"]["selector"], pod.labels)]
        assert [str(pod) for pod in selected] == [str(own)]


def test_two_releases_of_one_namespace_share_nothing() -> None:
    one, two = render(release="one"), render(release="two")
    assert {identity(object_) for object_ in one}.isdisjoint(identity(object_) for object_ in two)
    for workload in of_kind(one, *LONG_RUNNING):
        assert not [pod for pod in pods(two) if matches(workload["spec"]["selector"], pod.labels)]


@pytest.mark.parametrize("values", [{}, {"fullnameOverride": "f" * 42}, {"nameOverride": "n" * 42}])
@pytest.mark.parametrize("release", ["a" * 53, "codekiln-" + "b" * 44])
def test_names_are_short_enough_for_the_longest_release_name(release: str, values: dict[str, Any]) -> None:
    """63 characters are what a label's value and a DNS label may have; 53 what helm lets a release's name have."""
    for object_ in render({**VALUE_SETS["monitored"], **values}, release=release):
        assert len(object_["metadata"]["name"]) <= 63, identity(object_)
        assert not object_["metadata"]["name"].endswith("-")
        assert all(len(value) <= 63 for value in object_["metadata"]["labels"].values())
    names = [identity(object_) for object_ in render(values, release=release)]
    assert len(set(names)) == len(names)


def test_names_begin_with_the_release() -> None:
    assert all(o["metadata"]["name"].startswith("mine-codekiln") for o in render(release="mine"))
    assert all(o["metadata"]["name"].startswith("my-codekiln") for o in render(release="my-codekiln"))
    assert not [o for o in render(release="my-codekiln") if "codekiln-codekiln" in o["metadata"]["name"]]


@pytest.mark.parametrize("word", ["2024", "1e3", "true", "null", "0x10"])
def test_names_that_look_like_something_else_stay_names(word: str) -> None:
    """All of these are names that Kubernetes and helm take; unquoted, YAML reads numbers and switches."""
    values = {"auth": {"existingSecret": word}, "defaults": {"priorityClassName": word, "runtimeClassName": word}}
    # A Service's name begins with a letter, and so must the release's.
    objects = render(values, namespace=word, release=word if word.isalpha() else RELEASE)
    assert {object_["metadata"]["namespace"] for object_ in objects} == {word}
    assert faults(objects, newest_version()) == []


def test_a_release_name_that_no_object_may_have_is_refused() -> None:
    with pytest.raises(RenderError, match="release name"):
        render(release="Not_A_Name")


def _recommended(labels: dict[str, str]) -> set[str]:
    return {key.removeprefix("app.kubernetes.io/") for key in labels if key.startswith("app.kubernetes.io/")}


def _selectors(objects: list[dict[str, Any]]) -> Iterator[tuple[Any, Any]]:
    for object_ in objects:
        spec = object_.get("spec") or {}
        for key in ("selector", "podSelector", "namespaceSelector", "ingress", "egress"):
            if key in spec:
                yield identity(object_), spec[key]
