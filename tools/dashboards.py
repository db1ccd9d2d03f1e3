"""Makes Grafana's dashboards out of the tables in tools/panels: `python -m tools.dashboards`.

A table has rows of panels: title, description, kind (stat, time, bars, table), width of 24, unit, and queries, legend
by expression. `$scope` stands for the namespace and the release that are chosen above the dashboard. A test fails when
the dashboards are stale.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parent.parent
TABLES, DASHBOARDS = ROOT / "tools" / "panels", ROOT / "charts" / "codekiln" / "dashboards"

SCOPE = 'namespace=~"$namespace", release=~"$release"'
_DATASOURCE = {"type": "prometheus", "uid": "${datasource}"}
_TYPES = {"stat": "stat", "time": "timeseries", "bars": "bargauge", "table": "table"}
_HEIGHTS = {"stat": 4, "time": 8, "bars": 8, "table": 8}
_COLUMNS = 24
_LAST = {"calcs": ["lastNotNull"], "fields": "", "values": False}
_OPTIONS: dict[str, dict[str, Any]] = {
    "stat": {"reduceOptions": _LAST, "colorMode": "value", "graphMode": "none", "textMode": "auto"},
    "time": {
        "legend": {"displayMode": "list", "placement": "bottom", "showLegend": True},
        "tooltip": {"mode": "multi", "sort": "desc"},
    },
    "bars": {"reduceOptions": _LAST, "orientation": "horizontal", "displayMode": "basic", "showUnfilled": True},
    "table": {"showHeader": True},
}


def dashboard(name: str, table: dict[str, Any]) -> dict[str, Any]:
    """Grafana's model of one table."""
    return {
        "uid": f"codekiln-{name}",
        "title": f"codekiln / {table['title']}",
        "description": table["description"],
        "tags": ["codekiln"],
        "schemaVersion": 39,
        "version": 1,
        "editable": True,
        "graphTooltip": 1,
        "refresh": "30s",
        "time": {"from": "now-3h", "to": "now"},
        "timezone": "browser",
        "annotations": {"list": []},
        "links": [_links()],
        "templating": {"list": _variables()},
        "panels": _panels(table["rows"]),
    }


def rendered(path: Path) -> str:
    """The file that belongs to a table."""
    return json.dumps(dashboard(path.stem, yaml.safe_load(path.read_text())), indent=1, ensure_ascii=False) + "\n"


def _panels(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """From left to right, a new line where a panel does not fit, a headline for each row."""
    made: list[dict[str, Any]] = []
    x = y = line = 0
    for row in rows:
        y += line
        made.append(_headline(len(made) + 1, row["title"], y))
        x, y, line = 0, y + 1, 0
        for panel in row["panels"]:
            width, height = panel["width"], panel.get("height", _HEIGHTS[panel["kind"]])
            if x + width > _COLUMNS:
                x, y, line = 0, y + line, 0
            made.append(_panel(len(made) + 1, panel, {"x": x, "y": y, "w": width, "h": height}))
            x, line = x + width, max(line, height)
    return made


def _headline(id: int, title: str, y: int) -> dict[str, Any]:
    grid = {"x": 0, "y": y, "w": _COLUMNS, "h": 1}
    return {"id": id, "type": "row", "title": title, "collapsed": False, "gridPos": grid, "panels": []}


def _panel(id: int, panel: dict[str, Any], grid: dict[str, int]) -> dict[str, Any]:
    kind = panel["kind"]
    return {
        "id": id,
        "type": _TYPES[kind],
        "title": panel["title"],
        "description": panel["description"],
        "datasource": _DATASOURCE,
        "gridPos": grid,
        "fieldConfig": {"defaults": _field(panel), "overrides": []},
        "options": _OPTIONS[kind],
        "targets": [
            _target(number, kind, legend, expression)
            for number, (legend, expression) in enumerate(panel["queries"].items())
        ],
    }


def _field(panel: dict[str, Any]) -> dict[str, Any]:
    field: dict[str, Any] = {"unit": panel["unit"], "min": 0, "color": {"mode": "palette-classic"}}
    if "decimals" in panel:
        field["decimals"] = panel["decimals"]
    if "max" in panel:
        field["max"] = panel["max"]
    if panel["kind"] == "stat":
        steps: list[dict[str, Any]] = [{"color": "text", "value": None}]
        if "red_from" in panel:
            steps.append({"color": "red", "value": panel["red_from"]})
        field |= {"color": {"mode": "thresholds"}, "thresholds": {"mode": "absolute", "steps": steps}}
    if panel["kind"] == "time":
        stacking = {"mode": "normal" if panel.get("stack") else "none", "group": "A"}
        fill = 20 if panel.get("stack") else 0
        field["custom"] = {"drawStyle": "line", "lineWidth": 1, "fillOpacity": fill, "stacking": stacking}
    return field


def _target(number: int, kind: str, legend: str, expression: str) -> dict[str, Any]:
    at_once = kind != "time"
    return {
        "refId": chr(ord("A") + number),
        "datasource": _DATASOURCE,
        "expr": expression.replace("$scope", SCOPE),
        "legendFormat": legend or "__auto",
        "instant": at_once,
        "range": not at_once,
        "format": "table" if kind == "table" else "time_series",
    }


def _links() -> dict[str, Any]:
    return {
        "type": "dashboards",
        "title": "codekiln",
        "tags": ["codekiln"],
        "asDropdown": True,
        "includeVars": True,
        "keepTime": True,
    }


def _variables() -> list[dict[str, Any]]:
    price = {"text": "2", "value": "2"}
    return [
        {"name": "datasource", "label": "Data source", "type": "datasource", "query": "prometheus", "hide": 0},
        _choice("namespace", "Namespace", "label_values(codekiln_build_info, namespace)"),
        _choice("release", "Release", 'label_values(codekiln_build_info{namespace=~"$namespace"}, release)'),
        {
            "name": "price",
            "label": "Price of a process hour",
            "description": "For costs: what a process, on GPUs a GPU, costs an hour, in your currency.",
            "type": "textbox",
            "query": "2",
            "current": price,
            "options": [{"selected": True, **price}],
            "hide": 0,
        },
    ]


def _choice(name: str, label: str, query: str) -> dict[str, Any]:
    return {
        "name": name,
        "label": label,
        "type": "query",
        "datasource": _DATASOURCE,
        "definition": query,
        "query": {"query": query, "refId": "StandardVariableQuery"},
        "refresh": 2,
        "sort": 1,
        "multi": True,
        "includeAll": True,
        "allValue": ".*",
        "current": {"text": "All", "value": "$__all"},
        "hide": 0,
    }


def main() -> None:
    DASHBOARDS.mkdir(parents=True, exist_ok=True)
    for path in sorted(TABLES.glob("*.yaml")):
        (DASHBOARDS / f"{path.stem}.json").write_text(rendered(path))


if __name__ == "__main__":
    main()
