"""Objects for Prometheus and Grafana: each behind its own switch, for one release, labelled as asked."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from tests.chart.rendering import Object, render

pytestmark = pytest.mark.chart

GROUP = "monitoring.coreos.com/v1"
SWITCHES = {
    "serviceMonitor": "ServiceMonitor",
    "podMonitor": "PodMonitor",
    "prometheusRule": "PrometheusRule",
    "dashboards": "ConfigMap",
}
every = pytest.mark.parametrize("switch", SWITCHES)


def monitoring(values: dict[str, Any] | None = None, **where: str) -> list[Object]:
    """What belongs to monitoring, of what is rendered."""
    component = "app.kubernetes.io/component"
    return [o for o in render(values, **where) if o["metadata"]["labels"].get(component) == "monitoring"]  # type: ignore[arg-type]


def one(switch: str, **values: Any) -> Object:
    """The object of a switch, or the first where there are several."""
    return monitoring({switch: {"enabled": True, **values}})[0]


def test_nothing_is_rendered_while_all_is_off() -> None:
    assert monitoring() == []


@every
def test_a_switch_renders_its_own_kind_alone(switch: str) -> None:
    found = monitoring({switch: {"enabled": True}})
    assert {o["kind"] for o in found} == {SWITCHES[switch]}
    assert len(found) == (6 if switch == "dashboards" else 1)
    assert {o["apiVersion"] for o in found} == {"v1" if switch == "dashboards" else GROUP}


@every
def test_labels_annotations_and_namespace_are_put_on(switch: str) -> None:
    metadata = one(switch, labels={"release": "stack"}, annotations={"note": "x"}, namespace="watching")["metadata"]
    assert metadata["labels"]["release"] == "stack"
    assert metadata["annotations"]["note"] == "x"
    assert metadata["namespace"] == "watching"
    assert one(switch)["metadata"]["namespace"] == "kiln"


def test_dashboards_have_the_label_that_grafana_looks_for() -> None:
    for found in monitoring({"dashboards": {"enabled": True}}):
        assert found["metadata"]["labels"]["grafana_dashboard"] == "1"
        ((name, text),) = found["data"].items()
        assert name == f"{json.loads(text)['uid']}.json"


@pytest.mark.parametrize(
    ("switch", "endpoints"), [("serviceMonitor", "endpoints"), ("podMonitor", "podMetricsEndpoints")]
)
def test_a_monitor_scrapes_metrics_of_its_own_release_at_the_interval(switch: str, endpoints: str) -> None:
    spec = one(switch, interval="42s")["spec"]
    (endpoint,) = spec[endpoints]
    assert (endpoint["port"], endpoint["interval"]) == ("metrics", "42s")
    assert spec["namespaceSelector"] == {"matchNames": ["kiln"]}
    assert spec["selector"]["matchLabels"]["app.kubernetes.io/instance"] == "codekiln"


def _labels(endpoint: dict[str, Any], component: str) -> dict[str, str]:
    """What the relabelings make of a pod."""
    meta = "__meta_kubernetes_pod_label_app_kubernetes_io_"
    labels = {f"{meta}component": component, f"{meta}instance": "codekiln"}
    for rule in endpoint["relabelings"]:
        (source,) = rule["sourceLabels"]
        matched = re.fullmatch(rule.get("regex", "(.*)"), labels[source])
        if matched:
            labels[rule["targetLabel"]] = matched.expand(rule.get("replacement", "$1").replace("$", "\\"))
    return {name: value for name, value in labels.items() if not name.startswith("__")}


@pytest.mark.parametrize(
    ("component", "service"),
    [("trainer", "trainer"), ("trainer-worker", "trainer"), ("dask-worker", "dask-worker"), ("sandbox", "sandbox")],
)
def test_series_carry_service_component_and_release(component: str, service: str) -> None:
    (endpoint,) = one("podMonitor")["spec"]["podMetricsEndpoints"]
    assert endpoint == {**one("serviceMonitor", interval="15s")["spec"]["endpoints"][0]}
    assert _labels(endpoint, component) == {"component": component, "service": service, "release": "codekiln"}
    assert endpoint["honorLabels"] is True


def test_every_pod_with_metrics_is_scraped_once() -> None:
    objects = render({"serviceMonitor": {"enabled": True}, "podMonitor": {"enabled": True}})
    label = "app.kubernetes.io/component"
    (monitor,) = (o for o in objects if o["kind"] == "PodMonitor")
    (chosen,) = monitor["spec"]["selector"]["matchExpressions"]
    assert (chosen["key"], chosen["operator"]) == (label, "In")
    by_pod = set(chosen["values"])
    by_service = {
        o["spec"]["selector"][label]
        for o in objects
        if o["kind"] == "Service" and any(port["name"] == "metrics" for port in o["spec"]["ports"])
    }
    templates = [o["spec"]["template"] for o in objects if o["kind"] in ("Deployment", "StatefulSet")]
    serving = {
        template["metadata"]["labels"][label]
        for template in templates
        if any(p["name"] == "metrics" for c in template["spec"]["containers"] for p in c.get("ports", []))
    }
    jobs = {f"{service}-worker" for service in ("ingestion", "cleaning", "tokenizer", "trainer", "evaluation")}
    assert by_pod | by_service == serving | jobs
    assert not by_pod & by_service


def test_rules_are_of_this_release_and_link_to_the_runbooks() -> None:
    (found,) = monitoring({"prometheusRule": {"enabled": True}}, release="mine", namespace="space")
    text = json.dumps(found["spec"])
    assert "$namespace" not in text and "$release" not in text and "$runbooks" not in text
    alerts = [rule for group in found["spec"]["groups"] for rule in group["rules"] if "alert" in rule]
    assert len(alerts) > 10
    for alert in alerts:
        assert 'namespace="space"' in alert["expr"] and 'release="mine"' in alert["expr"]
        assert alert["annotations"]["runbook_url"] == f"docs/runbooks/{alert['alert']}.md"
        assert "{{ $labels.namespace }}" in alert["annotations"]["description"]


def test_runbooks_may_be_published_elsewhere() -> None:
    (found,) = monitoring({"prometheusRule": {"enabled": True, "runbookBaseUrl": "https://wiki.example.com/kiln/"}})
    urls = [r["annotations"]["runbook_url"] for g in found["spec"]["groups"] for r in g["rules"] if "alert" in r]
    assert "https://wiki.example.com/kiln/CodekilnJobStuck.md" in urls
