"""Every expression that we ship is PromQL and asks for series that exist."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.monitoring.expressions import RULES, Expression, metric_names, panel_expressions, rule_expressions, rules
from tests.monitoring.known import all_names, of_dask, of_vllm

needs_promtool = pytest.mark.skipif(
    shutil.which("promtool") is None, reason="promtool (Debian: prometheus) is not on the PATH"
)


def promtool(*arguments: str | Path, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["promtool", *map(str, arguments)], capture_output=True, text=True, cwd=cwd)


@needs_promtool
def test_prometheus_parses_every_expression(tmp_path: Path) -> None:
    expressions = [*panel_expressions(), *rule_expressions()]
    parsed = [{"record": f"a{number}", "expr": one.text} for number, one in enumerate(expressions)]
    file = tmp_path / "expressions.yaml"
    file.write_text(yaml.safe_dump({"groups": [{"name": "all", "rules": parsed}]}))
    done = promtool("check", "rules", file)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{len(expressions)} rules found" in done.stdout and len(expressions) > 100


@needs_promtool
@pytest.mark.parametrize("path", RULES, ids=lambda path: str(path.stem))
def test_prometheus_takes_the_rules_as_the_chart_renders_them(path: Path, tmp_path: Path) -> None:
    file = tmp_path / path.name
    file.write_text(yaml.safe_dump(rules(path)))
    done = promtool("check", "rules", file)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("one", [*panel_expressions(), *rule_expressions()], ids=lambda one: str(one.where))
def test_an_expression_asks_for_series_that_exist(one: Expression) -> None:
    names = metric_names(one.text)
    assert names, "it asks for nothing"
    assert names <= all_names()


def test_names_are_found_in_expressions() -> None:
    text = 'sum by (le, kind) (rate(a_total{b="c}d", e=~"f"}[5m])) / on (g) h:i_j or 0 * max_over_time(k[1h] offset 5m)'
    assert metric_names(text) == {"a_total", "h:i_j", "k"}


def test_names_of_others_are_read_from_what_is_installed() -> None:
    assert {"vllm:num_requests_waiting", "vllm:time_to_first_token_seconds_bucket"} <= of_vllm()
    assert "dask_scheduler_workers" in of_dask()
