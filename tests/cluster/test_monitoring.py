"""On a release that a real Prometheus scrapes, every panel has data after a pipeline has run, and no alert fires.

TEST_PROMETHEUS is the address of a Prometheus whose operator takes monitors of any namespace.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from tests.cluster import kube
from tests.cluster.release import ROOT, Release
from tests.monitoring.asking import ask, numbers
from tests.monitoring.expressions import Expression, panel_expressions

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(2400)]

PROMETHEUS = os.environ.get("TEST_PROMETHEUS", "")
SWITCHES = ("serviceMonitor", "podMonitor", "prometheusRule", "dashboards")
SERVERS = {"ingestion", "cleaning", "tokenizer", "trainer", "evaluation", "inference"}
OTHERS = {"sandbox", "dask-scheduler", "dask-worker"}
WINDOW = "30m"


def scope(release: Release) -> str:
    return f'{{namespace="{release.namespace}", release="{release.name}"}}'


@pytest.fixture(scope="module")
def watched(client: Release, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Release]:
    """The release, scraped while a small pipeline ran, with other sources than those before: nothing is cached."""
    if not PROMETHEUS:
        pytest.skip("TEST_PROMETHEUS names no Prometheus")
    client.upgrade("--reuse-values", *(f"--set={switch}.enabled=true" for switch in SWITCHES))

    def answering() -> set[str]:
        found = ask(PROMETHEUS, f"up{scope(client)} == 1")
        return {series["metric"]["component"] for series in found}

    kube.until(lambda: answering() >= SERVERS | OTHERS, "Prometheus scrapes every component", 180)
    recipe = yaml.safe_load((ROOT / "recipes" / "ci.yaml").read_text())
    recipe["name"] = "watched"
    recipe["ingestion"]["max_bytes"] //= 2
    file = Path(tmp_path_factory.mktemp("recipes")) / "watched.yaml"
    file.write_text(yaml.safe_dump(recipe))
    result = client.result("run", str(file), timeout=1800)
    assert not result["stages"]["evaluation"]["cached"]
    told = f"sum(codekiln_evaluation_outcomes{scope(client)}) and sum(codekiln_sandbox_runs_total{scope(client)}) > 0"
    kube.until(lambda: numbers(PROMETHEUS, told), "Prometheus has seen the end", 120)
    yield client


@pytest.mark.parametrize("one", [*panel_expressions()], ids=lambda one: str(one.where))
def test_a_panel_has_data(one: Expression, watched: Release) -> None:
    texts = {e.where: e.text for e in panel_expressions(watched.namespace, watched.name, WINDOW)}
    assert numbers(PROMETHEUS, texts[one.where]), texts[one.where]


def test_series_carry_service_component_and_release_once(watched: Release) -> None:
    builds = ask(PROMETHEUS, f"codekiln_build_info{scope(watched)}")
    components = {series["metric"]["component"]: series["metric"]["service"] for series in builds}
    assert {components[name] for name in SERVERS} == SERVERS
    assert not any(label.startswith("exported_") for series in builds for label in series["metric"])


def test_job_pods_were_scraped_while_they_lived(watched: Release) -> None:
    found = numbers(PROMETHEUS, f"count_over_time(codekiln_worker_progress_ratio{scope(watched)}[{WINDOW}])")
    assert found, "no job pod was seen"


def test_the_rules_are_loaded_and_nothing_is_alarmed(watched: Release) -> None:
    (rule,) = kube.get("prometheusrules", watched.namespace)
    assert len([r for group in rule["spec"]["groups"] for r in group["rules"] if "alert" in r]) > 10
    recorded = f"codekiln:rpc_errors:ratio_rate5m{scope(watched)}"
    kube.until(
        lambda: numbers(PROMETHEUS, f"count({recorded}) or absent({recorded}) * 0"), "the rules are evaluated", 60
    )
    firing = ask(PROMETHEUS, f'ALERTS{{alertname=~"Codekiln.+", alertstate="firing", namespace="{watched.namespace}"}}')
    assert [series["metric"]["alertname"] for series in firing] == []


def test_dashboards_are_where_grafana_finds_them(watched: Release) -> None:
    found = kube.get("configmaps", watched.namespace, labels="grafana_dashboard=1")
    boards = [json.loads(text) for config in found for text in config["data"].values()]
    assert len({board["uid"] for board in boards}) == 6
