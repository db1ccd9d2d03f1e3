"""Dashboards work wherever Grafana's sidecar finds them, and say what they show."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.monitoring.expressions import DASHBOARDS, panels
from tools import dashboards

NAMES = {"overview", "cleaning", "training", "evaluation", "inference", "platform"}
SOURCE = {"type": "prometheus", "uid": "${datasource}"}
UNITS = {"short", "s", "h", "bytes", "Bps", "percentunit", "reqps", "sci"}
KINDS = {"stat", "timeseries", "bargauge", "table"}

every = pytest.mark.parametrize("path", DASHBOARDS, ids=lambda path: str(path.stem))


def read(path: Path) -> dict[str, Any]:
    return dict(json.loads(path.read_text()))


def test_the_dashboards_are_those_that_are_promised() -> None:
    assert {path.stem for path in DASHBOARDS} == NAMES
    assert {path.stem for path in dashboards.TABLES.glob("*.yaml")} == NAMES


@every
def test_a_dashboard_is_what_its_table_says(path: Path) -> None:
    fresh = dashboards.rendered(dashboards.TABLES / f"{path.stem}.yaml")
    assert path.read_text() == fresh, "stale: run `python -m tools.dashboards`"


@every
def test_a_dashboard_can_be_provisioned(path: Path) -> None:
    board = read(path)
    assert board["uid"] == f"codekiln-{path.stem}" and len(board["uid"]) <= 40
    assert board["title"].startswith("codekiln / ") and board["description"].endswith(".")
    assert not {"__inputs", "__requires", "id"} & board.keys(), "an export with inputs breaks under the sidecar"
    assert board["schemaVersion"] >= 39
    variables = {variable["name"]: variable for variable in board["templating"]["list"]}
    assert list(variables) == ["datasource", "namespace", "release", "price"]
    assert variables["datasource"]["type"] == "datasource" and variables["datasource"]["query"] == "prometheus"
    assert variables["namespace"]["datasource"] == variables["release"]["datasource"] == SOURCE


@every
def test_a_panel_says_what_it_shows_in_which_unit(path: Path) -> None:
    for panel in panels(read(path)):
        title = panel["title"]
        assert panel["type"] in KINDS, title
        assert panel["datasource"] == SOURCE, title
        assert len(panel["description"]) > 10 and panel["description"].endswith("."), title
        assert panel["fieldConfig"]["defaults"]["unit"] in UNITS, title
        assert panel["targets"], title
        assert [target["refId"] for target in panel["targets"]] == list("ABCDEF")[: len(panel["targets"])], title
        assert all(target["datasource"] == SOURCE for target in panel["targets"]), title


@every
def test_every_query_is_of_the_chosen_namespace_and_release(path: Path) -> None:
    for panel in panels(read(path)):
        for target in panel["targets"]:
            selectors = re.findall(r"\{([^}]*)\}", target["expr"])
            assert selectors, target["expr"]
            for selector in selectors:
                assert 'namespace=~"$namespace"' in selector, target["expr"]
                assert "ALERTS" in target["expr"] or 'release=~"$release"' in selector, target["expr"]
            chosen = re.findall(r'(?:namespace|release)\W*?"([^"]*)"', target["expr"])
            assert set(chosen) <= {"$namespace", "$release"}, "no name of a namespace or release in a query"


@every
def test_panels_fill_the_page_without_overlap(path: Path) -> None:
    taken: set[tuple[int, int]] = set()
    board = read(path)
    assert len({panel["id"] for panel in board["panels"]}) == len(board["panels"])
    for panel in board["panels"]:
        grid = panel["gridPos"]
        cells = {
            (x, y) for x in range(grid["x"], grid["x"] + grid["w"]) for y in range(grid["y"], grid["y"] + grid["h"])
        }
        assert not cells & taken, panel["title"]
        assert max(x for x, _ in cells) < 24, panel["title"]
        taken |= cells
