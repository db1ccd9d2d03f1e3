"""Every alert has a page that says what it means and what to do, and every page an alert."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.monitoring.expressions import ROOT
from tests.monitoring.test_alerts import ALERTS

PAGES = sorted((ROOT / "docs" / "runbooks").glob("*.md"))

every = pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.stem))


def test_alerts_and_pages_are_the_same() -> None:
    assert {path.stem for path in PAGES} == {alert["alert"] for alert in ALERTS}


@every
def test_a_page_says_what_it_means_what_it_costs_how_to_look_and_how_to_mend(path: Path) -> None:
    text = path.read_text()
    assert text.startswith(f"# {path.stem}\n")
    places = [text.find(part) for part in ("**Meaning.**", "**Impact.**", "## Diagnose", "## Mend")]
    assert -1 not in places and places == sorted(places)
    assert "```" in text or "dashboard" in text, "no command and no dashboard to look at"


@every
def test_links_of_a_page_lead_somewhere(path: Path) -> None:
    for target in re.findall(r"\]\(([^)]+)\)", path.read_text()):
        assert (path.parent / target).exists(), target


@every
def test_panels_that_a_page_names_exist(path: Path) -> None:
    text = " ".join(file.read_text() for file in (ROOT / "tools" / "panels").glob("*.yaml"))
    for paragraph in path.read_text().split("\n\n"):
        if "dashboard" in paragraph:
            for title in re.findall(r'"([A-Z][a-z -]+)"', paragraph):
                assert f"title: {title}\n" in text, title
