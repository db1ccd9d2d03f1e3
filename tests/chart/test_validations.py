"""Values that are each in order and do not go together are refused with a sentence: what is wrong, and what to set."""

from __future__ import annotations

from typing import Any

import pytest

from tests.chart.rendering import CHART, VALUE_SETS, RenderError, refusal, render
from tests.chart.workloads import WORKLOADS, values_for

URL = "s3://models?endpoint=https://s3.example.com"

REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "two stores": ({"store": {"external": {"url": URL}}}, "set store.embedded.enabled=false"),
    "no store": ({"store": {"embedded": {"enabled": False}}}, "set store.external.url to s3://bucket"),
    "keys without a store": ({"store": {"external": {"existingSecret": "keys"}}}, "set the URL"),
    "callers' certificates without ours": (
        {"tls": {"clientCA": True}},
        "name the Secret with tls.crt, tls.key and ca.crt",
    ),
    "a sandbox without a certificate": ({"tls": {"existingSecret": "a"}}, "without tls.sandboxSecret"),
    "the servers' key in the sandbox": (
        {"tls": {"existingSecret": "a", "sandboxSecret": "a"}},
        "give it a certificate of its own",
    ),
    "a runtime that is not read": ({"trainer": {"trainingRuntime": "torch"}}, "set trainer.launcher=trainjob"),
    "processes that share a GPU": ({"trainer": {"gpus": 2, "processesPerPod": 4}}, "set it to 2 or 0"),
    "more at least than at most": (
        {"dask": {"worker": {"replicas": {"min": 3, "max": 2}}}},
        "must not be less than min",
    ),
    "CUDA without a GPU": ({"inference": {"device": "cuda"}}, "set inference.gpus=1"),
    "a GPU without CUDA": ({"inference": {"gpus": 1}}, "set inference.device=cuda"),
    "replicas of nothing": ({"inference": {"replicas": 2}}, "set inference.model"),
    "one volume for two pods": (
        {"inference": {"replicas": 2, "model": "m", "cache": {"persistent": True}}},
        "one volume for one pod",
    ),
    "a profile without its file": (
        {"sandbox": {"seccompProfile": {"type": "Localhost"}}},
        "name a file below the kubelet",
    ),
    "a variable of ours again": (
        {"trainer": {"extraEnv": [{"name": "CODEKILN_LOG_LEVEL", "value": "debug"}]}},
        "extraEnv of trainer sets CODEKILN_LOG_LEVEL, which is set already",
    ),
    "a label of ours again": (
        {"dask": {"worker": {"podLabels": {"app.kubernetes.io/component": "mine"}}}},
        "podLabels of dask-worker has app.kubernetes.io/component",
    ),
    "an account without a name": ({"sandbox": {"serviceAccount": {"create": False}}}, "name the ServiceAccount"),
}


def test_every_check_of_the_chart_is_in_this_list() -> None:
    text = (CHART / "templates" / "validations.yaml").read_text()
    assert text.count("{{- fail ") == len(REFUSED) + 1, "and one of the release's name, below"


@pytest.mark.chart
@pytest.mark.parametrize("name", REFUSED)
def test_it_is_refused_with_a_sentence(name: str) -> None:
    values, next_step = REFUSED[name]
    said = refusal(values)
    assert "validations.yaml" in said, "the schema, or a template that broke, said no"
    assert next_step in said


@pytest.mark.chart
def test_each_sentence_is_another_one() -> None:
    assert len({refusal(values) for values, _ in REFUSED.values()}) == len(REFUSED)


@pytest.mark.chart
def test_a_release_whose_services_could_have_no_name_is_refused() -> None:
    with pytest.raises(RenderError, match="set fullnameOverride"):
        render(release="2024")
    assert render({"fullnameOverride": "kiln"}, release="2024")


@pytest.mark.chart
@pytest.mark.parametrize("component", WORKLOADS)
def test_a_variable_given_twice_is_refused_for_every_workload(component: str) -> None:
    """Applied by the server, as helm 4 and Argo CD do it, such a pod is refused in the middle of an install."""
    twice = [{"name": "PROXY", "value": "a"}, {"name": "PROXY", "value": "b"}]
    assert f"extraEnv of {component} sets PROXY" in refusal(values_for(component, extraEnv=twice))


@pytest.mark.chart
@pytest.mark.parametrize(
    "values",
    [
        {"inference": {"enabled": False, "replicas": 2, "serviceAccount": {"create": False}}},
        {"dask": {"enabled": False, "worker": {"serviceAccount": {"create": False}}}},
        {
            "store": {
                **VALUE_SETS["external-store"]["store"],
                "embedded": {"enabled": False, "serviceAccount": {"create": False}},
            }
        },
    ],
)
def test_a_part_that_is_off_is_not_asked_about(values: dict[str, Any]) -> None:
    assert render(values)
