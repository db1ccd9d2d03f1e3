"""Docs say what the tree does: generated pages are fresh, and what they name exists."""

from __future__ import annotations

import re
import shlex
from importlib.util import find_spec
from pathlib import Path

import click
import pytest

from codekiln.cleaning.standalone.__main__ import main as STANDALONE
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
    blocks = "".join(re.findall(r"^```\w*\n(.*?)^```", text, re.MULTILINE | re.DOTALL))
    lines = re.findall(r"^codekiln ([a-z][^#\n]*)", blocks, re.MULTILINE)
    for line in lines + re.findall(r"`codekiln ([a-z][^`\n]*)`", text):
        _check(root, shlex.split(line.replace("|", " ").replace("...", "")), line)
    for link, anchor in re.findall(r"\]\(([^)#\s:]*)(?:#([^)\s]*))?\)", text):
        target = path.parent / link if link else path
        assert target.exists(), link
        assert not anchor or anchor in _anchors(target.read_text()), f"{link}#{anchor}"
    for module in re.findall(r"python -m ((?:bench|tools|tests|codekiln)\.[a-z_.]*[a-z_])", text):
        assert find_spec(module), module
    for file, test in re.findall(r"`(tests/[\w./-]+\.py)::(\w+)`", text):
        assert f"def {test}(" in (ROOT / file).read_text(), f"{file}::{test}"
    for named in re.findall(r"`((?:recipes|tests|tools|bench|protos|docs)/[\w./-]+)`", text):
        assert (ROOT / named).exists(), named
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    for target in re.findall(r"(?:^|`)make ([a-z-]+)", text, re.MULTILINE):
        assert target in targets, target


def test_pages_that_the_code_names_exist() -> None:
    named = {
        (path.relative_to(ROOT).as_posix(), page)
        for path in (*(ROOT / "services").rglob("*.py"), *(ROOT / "bench").rglob("*.py"))
        for page in re.findall(r"\bdocs/[\w./-]+\.md\b", path.read_text())
    }
    assert named and not [(path, page) for path, page in named if not (ROOT / page).exists()]


def _check(command: click.Command, words: list[str], line: str) -> None:
    """That a command of the line exists and takes the options that the line gives it."""
    if isinstance(command, click.Group) and words:
        name, found, rest = command.resolve_command(click.Context(command), words)
        assert name and found, line
        if found.name in STANDALONE.commands and not isinstance(found, click.Group) and command is not root:
            found = STANDALONE.commands[found.name]
        return _check(found, rest, line)
    known = {"--help", "--version", *(option for param in command.params for option in param.opts)}
    assert not [word for word in words if word.startswith("--") and word.partition("=")[0] not in known], line


def _anchors(text: str) -> set[str]:
    """Those of its headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}
