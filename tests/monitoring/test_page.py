"""docs/monitoring.md lists every metric and every alert, and its scrape configuration is one."""

from __future__ import annotations

import re
from pathlib import Path

from tests.monitoring.expressions import ROOT
from tests.monitoring.known import own_families
from tests.monitoring.test_alerts import ALERTS
from tests.monitoring.test_expressions import needs_promtool, promtool
from tools import metrics_page

PAGE = (ROOT / "docs" / "monitoring.md").read_text()


def test_the_table_of_metrics_is_fresh_and_whole() -> None:
    assert metrics_page.page(PAGE) == PAGE, "stale: run `python -m tools.metrics_page`"
    listed = set(re.findall(r"^\| `(\w+)` \| (?:counter|gauge|histogram) \|", PAGE, re.MULTILINE))
    ours = {
        family.name + ("_total" if family.type == "counter" else "")
        for family in own_families()
        if family.name.startswith(("codekiln_", "grpc_server_"))
    }
    assert listed == ours


def test_every_alert_is_listed_with_its_severity() -> None:
    listed = dict(re.findall(r"^\| \[(\w+)\]\(runbooks/\1\.md\) \| (\w+) \|", PAGE, re.MULTILINE))
    assert listed == {alert["alert"]: alert["labels"]["severity"] for alert in ALERTS}


@needs_promtool
def test_prometheus_takes_the_scrape_configuration(tmp_path: Path) -> None:
    (block,) = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    file = tmp_path / "prometheus.yml"
    # Debian builds Prometheus without Kubernetes; what is checked is what comes after finding pods.
    found = "kubernetes_sd_configs: [{role: pod}]"
    assert found in block
    file.write_text(block.replace(found, "file_sd_configs: [{files: [pods.json]}]"))
    done = promtool("check", "config", file)
    assert done.returncode == 0, done.stdout + done.stderr
