"""Writes docs/settings.md from core.settings: `python -m tools.settings_page`. A test fails when it is stale."""

from __future__ import annotations

import ast
import dataclasses
import inspect
from pathlib import Path

from codekiln.core.settings import PREFIX, Settings

PAGE = Path(__file__).resolve().parent.parent / "docs" / "settings.md"
HEAD = """# Settings

Read once at start from variables; an unknown variable with our prefix is an error. Written by
`tools/settings_page.py`.

| variable | default | meaning |
|---|---|---|
"""


def page() -> str:
    """The whole page."""
    rows = []
    for field, text in zip(dataclasses.fields(Settings), docstrings(), strict=True):
        if field.name == "service":
            continue
        default = "" if field.default in (None, "") else f"`{field.default}`"
        rows.append(f"| `{PREFIX}{field.name.upper()}` | {default} | {text} |")
    return HEAD + "\n".join(rows) + "\n"


def docstrings() -> list[str]:
    """The text under each field, in order, on one line."""
    body = ast.parse(inspect.getsource(Settings)).body[0]
    assert isinstance(body, ast.ClassDef)
    texts = []
    for statement, following in zip(body.body, body.body[1:], strict=False):
        if isinstance(statement, ast.AnnAssign):
            assert isinstance(following, ast.Expr) and isinstance(following.value, ast.Constant)
            texts.append(" ".join(str(following.value.value).split()).replace("|", "\\|"))
    return texts


if __name__ == "__main__":
    PAGE.write_text(page())
