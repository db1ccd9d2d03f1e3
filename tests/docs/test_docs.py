"""Docs say what the tree does: generated pages are fresh, and what they name exists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from codekiln.cli.main import root
from tools.settings_page import PAGE, page

ROOT = Path(__file__).resolve().parents[2]
PAGES = [
    *sorted((ROOT / "docs").rglob("*.md")),
    *(ROOT / name for name in ("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md")),
]


def test_the_settings_page_is_fresh() -> None:
    assert PAGE.read_text() == page(), "run `python tools/settings_page.py`"


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_commands_and_files_that_a_page_names_exist(path: Path) -> None:
    text = path.read_text()
    for command in re.findall(r"`codekiln ([a-z]+)", text) + re.findall(r"```\n(?:.*\n)*?codekiln ([a-z]+)", text):
        assert command in root.commands, command
    for file, test in re.findall(r"`(tests/[\w./-]+\.py)::(\w+)`", text):
        assert f"def {test}(" in (ROOT / file).read_text(), f"{file}::{test}"
    for named in re.findall(r"`((?:recipes|tests|tools|bench|protos|docs)/[\w./-]+)`", text):
        assert (ROOT / named).exists(), named
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    for target in re.findall(r"(?:^|`)make ([a-z-]+)", text, re.MULTILINE):
        assert target in targets, target
