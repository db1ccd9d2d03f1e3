"""Whatever values the schema takes, the chart renders valid, restricted pods, or refuses with a sentence of ours."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, event, given, settings

from tests.chart.container_settings import faults as faults_of_settings
from tests.chart.drawing import values_of
from tests.chart.kubernetes_schemas import faults, newest_version
from tests.chart.objects import pods
from tests.chart.pod_security import violations
from tests.chart.rendering import CHART, RenderError, render

SCHEMA: dict[str, Any] = json.loads((CHART / "values.schema.json").read_text())


@pytest.mark.chart
@settings(
    max_examples=40,
    # No shrinking: each try is a rendering, and the values are small as they are.
    phases=[Phase.generate],
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
)
@given(values_of(SCHEMA))
def test_values_that_the_schema_takes_render(values: dict[str, Any]) -> None:
    try:
        objects = render(values)
    except RenderError as error:
        event("refused by validations")
        assert "templates/validations.yaml" in str(error), error
        return
    event("rendered")
    assert faults(objects, newest_version()) == []
    for pod in pods(objects):
        assert violations(pod.spec, pod.metadata) == [], pod
        assert faults_of_settings(pod) == [], pod
