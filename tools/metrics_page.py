"""Writes the table of metrics in docs/monitoring.md: `python -m tools.metrics_page`. A test fails when it is stale."""

from __future__ import annotations

import ast
import inspect
from pathlib import Path
from types import ModuleType

import codekiln.core.telemetry.metrics
import codekiln.inference.metrics

PAGE = Path(__file__).resolve().parent.parent / "docs" / "monitoring.md"
BEGIN, END = "<!-- metrics: written by tools/metrics_page.py -->\n", "<!-- end of metrics -->"
_KINDS = ("Counter", "Gauge", "Histogram")


def page(text: str) -> str:
    """The page with its table as it should be."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    rows = [*_rows(codekiln.core.telemetry.metrics), *_rows(codekiln.inference.metrics)]
    table = "\n".join(["| metric | kind | labels | meaning |", "|---|---|---|---|", *rows])
    return f"{before}{BEGIN}\n{table}\n\n{END}{after}"


def _rows(module: ModuleType) -> list[str]:
    """In the order of the code: each metric is one assignment."""
    rows, lists = [], {}
    for statement in ast.parse(inspect.getsource(module)).body:
        if not isinstance(statement, ast.Assign):
            continue
        made = statement.value
        if isinstance(made, ast.List) and isinstance(statement.targets[0], ast.Name):
            lists[statement.targets[0].id] = getattr(module, statement.targets[0].id)
        if isinstance(made, ast.Call) and isinstance(made.func, ast.Name) and made.func.id in _KINDS:
            name, text, *more = made.args
            labels = eval(ast.unparse(more[0]), {}, lists) if more else []
            cells = (f"`{ast.literal_eval(name)}`", made.func.id.lower(), ", ".join(labels), ast.literal_eval(text))
            rows.append("| " + " | ".join(cells) + " |")
    return rows


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text()))
