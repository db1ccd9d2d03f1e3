"""Every expression that we ship, of panels and of rules, with variables put in as Grafana and the chart do."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
CHART = ROOT / "charts" / "codekiln"
DASHBOARDS = sorted((CHART / "dashboards").glob("*.json"))
RULES = sorted((CHART / "rules").glob("*.yaml"))

_NO_NAME = {
    *(
        "and",
        "or",
        "unless",
        "by",
        "without",
        "on",
        "ignoring",
        "group_left",
        "group_right",
        "bool",
        "offset",
        "inf",
        "nan",
    )
}


@dataclass(frozen=True)
class Expression:
    """`where` is dashboard, panel and query, or file and rule."""

    where: str
    text: str


def panels(board: dict[str, Any]) -> list[dict[str, Any]]:
    """Without the headlines of rows."""
    return [panel for panel in board["panels"] if panel["type"] != "row"]


def panel_expressions(namespace: str = ".*", release: str = ".*", window: str = "1h") -> Iterator[Expression]:
    values = {
        "$namespace": namespace,
        "$release": release,
        "$__rate_interval": window,
        "$__range": window,
        "$price": "2",
    }
    for path in DASHBOARDS:
        for panel in panels(json.loads(path.read_text())):
            for target in panel["targets"]:
                text = target["expr"]
                for variable, value in values.items():
                    text = text.replace(variable, value)
                yield Expression(f"{path.stem}: {panel['title']}: {target['refId']}", text)


def rules(path: Path, namespace: str = "space", release: str = "codekiln") -> dict[str, Any]:
    """One file of rules as the chart renders it."""
    values = {"$namespace": namespace, "$release": release, "$runbooks": "docs/runbooks"}
    text = path.read_text()
    for variable, value in values.items():
        text = text.replace(variable, value)
    return dict(yaml.safe_load(text))


def all_rules() -> list[dict[str, Any]]:
    return [rule for path in RULES for group in rules(path)["groups"] for rule in group["rules"]]


def rule_expressions() -> Iterator[Expression]:
    for rule in all_rules():
        yield Expression(str(rule.get("alert") or rule.get("record")), rule["expr"])


def metric_names(expression: str) -> set[str]:
    """What an expression asks Prometheus for."""
    text = re.sub(r'"(\\.|[^"\\])*"', '""', expression)
    text = re.sub(r"\{[^}]*\}", "{}", text)
    text = re.sub(r"\b(by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)", " ", text)
    text = re.sub(r"\[[^\]]*\]", " ", text)
    found = re.findall(r"(?<![\w:.])([a-zA-Z_:][\w:]*)\b(?!\s*\()", text)
    return {name for name in found if name not in _NO_NAME}
