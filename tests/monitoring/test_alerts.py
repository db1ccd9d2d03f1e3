"""Alerts fire when they shall and not otherwise, and tell people what and where. promtool plays the series."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.monitoring.expressions import RULES, all_rules, rules
from tests.monitoring.test_expressions import needs_promtool, promtool

PLAYED = Path(__file__).parent / "alerts"
ALERTS = [rule for rule in all_rules() if "alert" in rule]


def played(path: Path) -> list[dict[str, Any]]:
    tests = yaml.safe_load((PLAYED / path.name).read_text())["tests"]
    return [expected for test in tests for expected in test["alert_rule_test"]]


@needs_promtool
@pytest.mark.parametrize("path", RULES, ids=lambda path: str(path.stem))
def test_alerts_fire_and_do_not_fire_as_played(path: Path, tmp_path: Path) -> None:
    (tmp_path / "rules.yaml").write_text(yaml.safe_dump(rules(path)))
    (tmp_path / "test.yaml").write_text((PLAYED / path.name).read_text())
    done = promtool("test", "rules", "test.yaml", cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("path", RULES, ids=lambda path: str(path.stem))
def test_every_alert_is_played_firing_and_not_firing(path: Path) -> None:
    alerts = {rule["alert"] for group in rules(path)["groups"] for rule in group["rules"] if "alert" in rule}
    assert {one["alertname"] for one in played(path) if one["exp_alerts"]} == alerts
    assert {one["alertname"] for one in played(path) if not one["exp_alerts"]} == alerts


@pytest.mark.parametrize("alert", ALERTS, ids=lambda alert: str(alert["alert"]))
def test_an_alert_says_how_bad_what_and_where_to_read_on(alert: dict[str, Any]) -> None:
    assert re.fullmatch(r"Codekiln[A-Z][A-Za-z]+", alert["alert"])
    assert re.fullmatch(r"[1-9][0-9]*m", alert["for"])
    assert alert["labels"]["severity"] in ("warning", "critical")
    assert set(alert["annotations"]) == {"summary", "description", "runbook_url"}
    assert "{{ $labels.namespace }}" in alert["annotations"]["description"]
    assert alert["annotations"]["runbook_url"] == f"docs/runbooks/{alert['alert']}.md"


def test_rules_see_their_own_release_alone() -> None:
    for rule in all_rules():
        for selector in re.findall(r"\{([^}]*)\}", rule["expr"]):
            assert 'namespace="space", release="codekiln"' in selector, rule["expr"]
