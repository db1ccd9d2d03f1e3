"""Draws values that a JSON schema takes: `values_of(schema)` is a hypothesis strategy. For what we use of draft 7.

A keyword that is not known here is an error, so that nothing the schema says is overlooked.
"""

from __future__ import annotations

import re
from typing import Any

from hypothesis import strategies as st

Schema = dict[str, Any]

KNOWN = {
    "$schema", "$ref", "title", "description", "definitions", "type", "enum", "pattern", "maxLength", "minLength",
    "minimum", "maximum", "exclusiveMinimum", "items", "minItems", "maxItems", "properties", "patternProperties",
    "additionalProperties", "required", "minProperties", "maxProperties",
}  # fmt: skip
TEXT = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=12)
KEYS = st.from_regex(re.compile(r"[a-z]{1,6}(\.example/[a-z]{1,6})?"), fullmatch=True)
SOME = 6
"""Optional keys of one map at most: a set of values as people write it, not one with everything."""


def values_of(schema: Schema) -> st.SearchStrategy[Any]:
    """Drawing raises ValueError at a keyword that is not known here."""

    # A closure: as an argument the schema would be in every message of hypothesis.
    @st.composite
    def drawn(draw: st.DrawFn) -> Any:
        return _value(draw, schema, schema)

    return drawn()


def _value(draw: st.DrawFn, schema: Schema, root: Schema) -> Any:
    if "$ref" in schema:
        return _value(draw, root["definitions"][schema["$ref"].rpartition("/")[2]], root)
    unknown = set(schema) - KNOWN
    if unknown:
        raise ValueError(f"cannot draw values of a schema with {', '.join(sorted(unknown))}")
    if "enum" in schema:
        return draw(st.sampled_from(schema["enum"]))
    match schema["type"] if isinstance(schema["type"], str) else draw(st.sampled_from(schema["type"])):
        case "boolean":
            return draw(st.booleans())
        case "integer":
            return draw(st.integers(schema.get("minimum", -100), schema.get("maximum", 10_000_000)))
        case "number":
            least = schema.get("minimum", schema.get("exclusiveMinimum", -100.0))
            return draw(st.floats(least, 60_000, exclude_min="exclusiveMinimum" in schema, width=16))
        case "string":
            return draw(_texts(schema))
        case "array":
            number = draw(st.integers(schema.get("minItems", 0), schema.get("maxItems", 2)))
            return [_value(draw, schema["items"], root) for _ in range(number)]
        case "object":
            return _map(draw, schema, root)
    raise ValueError(f"cannot draw values of type {schema['type']}")


def _texts(schema: Schema) -> st.SearchStrategy[str]:
    longest, shortest = schema.get("maxLength", 100), schema.get("minLength", 0)
    texts = st.from_regex(_pattern(schema["pattern"])) if "pattern" in schema else TEXT
    return texts.filter(lambda text: shortest <= len(text) <= longest)


def _map(draw: st.DrawFn, schema: Schema, root: Schema) -> dict[str, Any]:
    properties, required = schema.get("properties") or {}, schema.get("required") or []
    optional = sorted(set(properties) - set(required))
    least = max(schema.get("minProperties", 0) - len(required), 0)
    most = min(schema.get("maxProperties", SOME), SOME, len(optional))
    chosen = draw(st.lists(st.sampled_from(optional), min_size=least, max_size=most, unique=True)) if optional else []
    drawn = {key: _value(draw, properties[key], root) for key in (*required, *chosen)}
    for pattern, below in (schema.get("patternProperties") or {}).items():
        if draw(st.booleans()):
            drawn[draw(st.from_regex(_pattern(pattern)).filter(lambda key: len(key) < 40))] = _value(draw, below, root)
    more = schema.get("additionalProperties", True)
    if more is not False:
        for key in draw(st.lists(KEYS, max_size=2, unique=True)):
            drawn[key] = draw(TEXT) if more is True else _value(draw, more, root)
    return drawn


def _pattern(text: str) -> re.Pattern[str]:
    """In JSON Schema `$` is the end of the text; in Python also the end of a last line."""
    return re.compile(re.sub(r"\$$", r"\\Z", text), re.ASCII)
