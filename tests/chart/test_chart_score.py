"""checkov's figure of the chart is at least what we promise, and the tool that says so can say no."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

from tests.chart.rendering import ROOT
from tools.chart_score import checkov, read, worker_pods

TEMPLATE = "metadata: {labels: {a: b}}\nspec: {containers: []}\n"


def report(passed: int, failed: int, *comments: str | None) -> dict[str, Any]:
    check = {"check_id": "CKV_K8S_1", "check_name": "a name", "resource": "Pod.kiln.a"}
    skipped = [{**check, "check_result": {"result": "SKIPPED", "suppress_comment": text}} for text in comments]
    return {
        "summary": {"passed": passed, "failed": failed, "skipped": len(comments), "parsing_errors": 0},
        "results": {"failed_checks": [check] * failed, "skipped_checks": skipped, "parsing_errors": []},
    }


@pytest.mark.parametrize(("passed", "failed", "enough"), [(97, 3, True), (96, 4, False), (1, 0, True), (0, 0, False)])
def test_the_rate_is_of_what_was_judged(passed: int, failed: int, enough: bool) -> None:
    assert read(report(passed, failed)).is_enough is enough


def test_a_failed_check_is_named_with_its_objects() -> None:
    assert "CKV_K8S_1: a name (2): Pod.kiln.a, Pod.kiln.a" in str(read(report(98, 2)))


@pytest.mark.parametrize("comment", [None, "", "No comment provided", "not needed"])
def test_a_skip_needs_a_reason(comment: str | None) -> None:
    score = read(report(100, 0, "the kubelet itself calls this port", comment))
    assert not score.is_enough
    assert len(score.unexplained) == 1


def test_skips_with_a_reason_count_neither_way() -> None:
    score = read(report(97, 3, "the kubelet itself calls this port"))
    assert score.is_enough and score.rate == 0.97


def test_a_report_of_another_form_is_an_error() -> None:
    """What checkov prints when it found nothing to judge must not pass for a good figure."""
    with pytest.raises(KeyError):
        read({"passed": 0, "failed": 0, "skipped": 0, "parsing_errors": 0, "resource_count": 0})


def test_what_checkov_cannot_parse_is_an_error() -> None:
    broken = report(100, 0)
    broken["summary"]["parsing_errors"] = 1
    with pytest.raises(SystemExit, match="cannot read the render"):
        read(broken)


def test_pods_of_workers_are_judged_too() -> None:
    config = {"kind": "ConfigMap", "metadata": {"name": "w", "namespace": "kiln"}, "data": {"pod.yaml": TEMPLATE}}
    other = {"kind": "ConfigMap", "metadata": {"name": "d", "namespace": "kiln"}, "data": {"board.json": "{}"}}
    (pod,) = worker_pods([config, other, {"kind": "Service", "metadata": {"name": "s"}}])
    assert pod["kind"] == "Pod"
    assert pod["metadata"] == {"labels": {"a": "b"}, "name": "w", "namespace": "kiln"}


@pytest.mark.chart
def test_the_chart_scores_what_we_promise() -> None:
    done = subprocess.run([sys.executable, str(ROOT / "tools" / "chart_score.py")], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "checkov " in done.stdout


@pytest.mark.chart
def test_checkov_itself_dislikes_a_careless_pod() -> None:
    main = {"name": "main", "image": "main", "securityContext": {"privileged": True}}
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"}, "spec": {"containers": [main]}}
    score = read(checkov([pod]))
    assert not score.is_enough
    assert any("CKV_K8S_16" in failure for failure in score.failures)
