"""Values that are drawn from a schema fit it, and reach what it allows."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest
from hypothesis import HealthCheck, find, given, settings
from hypothesis import strategies as st

from tests.chart.drawing import values_of
from tests.chart.misspelling import keys
from tests.chart.rendering import CHART

SCHEMA: dict[str, Any] = json.loads((CHART / "values.schema.json").read_text())
QUIET = settings(deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))


def test_drawn_values_fit_the_schema_and_reach_every_part_of_it() -> None:
    reached = set()
    validator = jsonschema.Draft7Validator(SCHEMA)

    @settings(QUIET, max_examples=250)
    @given(values_of(SCHEMA))
    def draw_many(values: dict[str, Any]) -> None:
        validator.validate(values)
        reached.update(keys(values))

    draw_many()
    assert {path[0] for path in reached} == set(SCHEMA["properties"])
    servers = SCHEMA["definitions"]["server"]["properties"]
    assert len({path[1] for path in reached if path[0] in ("ingestion", "cleaning") and path[1:]}) > len(servers) / 2
    assert [path for path in reached if path[-2:-1] == ("limits",) and "/" in str(path[-1])], "a device, by a pattern"


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "integer", "minimum": 1, "maximum": 3},
        {"type": "number", "exclusiveMinimum": 0},
        {"type": ["string", "number"], "pattern": "^[0-9]+(m|Gi)$", "minimum": 0},
        {"type": "string", "minLength": 2, "maxLength": 4},
        {"type": "array", "items": {"type": "boolean"}, "minItems": 1},
        {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"], "additionalProperties": False},
        {"type": "object", "properties": {}, "additionalProperties": {"type": "string"}},
        {"type": "object", "properties": {"a": {"enum": [1]}}, "minProperties": 1, "additionalProperties": False},
        {"type": "object", "patternProperties": {"^a[0-9]$": {"type": "boolean"}}, "additionalProperties": False},
    ],
)
@settings(QUIET, max_examples=50)
@given(data=st.data())
def test_each_keyword_is_kept(schema: dict[str, Any], data: st.DataObject) -> None:
    drawn = data.draw(values_of(schema))
    assert list(jsonschema.Draft202012Validator(schema).iter_errors(drawn)) == []


def test_a_keyword_that_is_not_known_is_an_error() -> None:
    with pytest.raises(ValueError, match="multipleOf"):
        find(values_of({"type": "integer", "multipleOf": 2}), lambda _: True, settings=QUIET)
