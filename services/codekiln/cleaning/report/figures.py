"""The page's tables: funnel, languages, licences, leaks, the largest and the slowest files, what changed, the rules."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from codekiln.cleaning.report.markup import Bar, Cell, Markup, bar, change, count, note, path, share, size, table, text
from codekiln.cleaning.report.words import STEPS, reason_words


def funnel(report: dict[str, Any]) -> str:
    """A row a step."""
    summary = report["summary"]
    total, rows = max(1, summary["files_in"]), []
    for row in report["funnel"]:
        gone = row["files_in"] - row["files_out"]
        words = STEPS.get(row["step"], "")
        rows.append(
            (
                Markup(f"{text(row['step'])}<small>{text(words)}</small>"),
                bar(row["files_out"], gone, total, f"{row['files_out']:,} of {total:,} files stay, {gone:,} go"),
                count(row["changed"]["files"]) if row["changed"]["files"] else "",
                count(gone) if gone else "",
                size(row["bytes_in"] - row["bytes_out"]) if gone else "",
                count(row["files_out"]),
                size(row["bytes_out"]),
            )
        )
    gone = summary["files_in"] - summary["files_kept"]
    last = report["funnel"][-1]
    foot = (
        "in all", Bar(""), "", count(gone), size(summary["bytes_in"] - last["bytes_out"]), count(last["files_out"]),
        size(last["bytes_out"]),
    )  # fmt: skip
    caption = "Steps in the order in which they ran. Bytes are those of files as found."
    head = ("step", "of all files", "changed", "files go", "bytes go", "files stay", "bytes stay")
    return table(caption, head, rows, left=(1,), foot=foot)


def languages(report: dict[str, Any]) -> str:
    """A row a language."""
    caption = "By language, most bytes first. What came in is what stayed and what went."
    return _outcomes(report, "languages", "language", caption)


def licences(report: dict[str, Any]) -> str:
    """A row a licence."""
    caption = "By licence, most bytes first; a file with several licences is counted once, under all of them together."
    return _outcomes(report, "licences", "licence", caption)


def _outcomes(report: dict[str, Any], key: str, title: str, caption: str) -> str:
    rows: list[Sequence[Cell]] = []
    for row in report[key]:
        gone = row["files_in"] - row["files_kept"]
        why = ", ".join(
            f"{reason_words(reason)} {amount['files']:,}" for reason, amount in list(row["dropped"].items())[:3]
        )
        label = f"{row['name'][:80]}: {row['files_kept']:,} files stay, {gone:,} go"
        rows.append(
            (
                row["name"], bar(row["files_kept"], gone, row["files_in"], label), count(row["files_in"]),
                count(row["files_kept"]), count(gone), size(row["bytes_in"]), size(row["bytes_kept"]), why,
            )
        )  # fmt: skip
    head = (title, "share", "files in", "stay", "go", "bytes in", "bytes stay", "most went as")
    return table(caption, head, rows, left=(1, 7))


def contamination(report: dict[str, Any]) -> str:
    """A row a problem."""
    if not report["spec"]["benchmarks"]:
        return note("This corpus was not compared with any benchmark: give some to know what it holds of them.")
    rows = [
        (task, benchmark, count(files))
        for benchmark, tasks in report["summary"]["contamination"].items()
        for task, files in sorted(tasks.items(), key=lambda item: (-item[1], item[0]))
    ]
    if not rows:
        return note("No file holds a problem of the benchmarks that it was compared with.")
    caption = "Files with one of these were dropped; contamination.json names each file and what gave it away."
    return table(caption, ("problem", "benchmark", "files"), rows, left=(1,))


def largest(report: dict[str, Any]) -> str:
    """A row a file."""
    rows = [
        (path(file["repository"], file["path"]), file["language"], size(file["bytes"]), reason_words(file["outcome"]))
        for file in report["largest"]
    ]
    return table("Of all files that came in, as found.", ("file", "language", "size", "outcome"), rows, left=(1, 3))


def slowest(report: dict[str, Any]) -> str:
    """Time by step and of the slowest files; nothing where times were not kept."""
    times = report.get("times")
    if not times:
        return ""
    total = sum(times["steps"].values())
    steps = [(step, f"{seconds:.2f} s", share(seconds, total)) for step, seconds in times["steps"].items()]
    files = [
        (
            path(file["repository"], file["path"]), size(file["bytes"]), f"{1000 * file['seconds']:.0f} ms",
            ", ".join(
                f"{step} {1000 * took:.0f}" for step, took in sorted(file["steps"].items(), key=lambda i: -i[1])[:3]
            ),
            reason_words(file["outcome"]),
        )
        for file in times["slowest"]
    ]  # fmt: skip
    caption = (
        "Time of all files by step, added up over workers. What a step measures first, the later ones use for nothing."
    )
    return table(caption, ("step", "time", "share"), steps) + table(
        "The slowest files.", ("file", "size", "time", "most of it, in ms", "outcome"), files, left=(3, 4)
    )


def since(report: dict[str, Any]) -> str:
    """Against an earlier dataset; nothing where there is none."""
    found = report.get("since")
    if not found:
        return ""
    intro = f"Compared with <code>{text(found['dataset'])}</code>: {text(found['chosen'])}."
    parts = [f"<p>{intro}</p>"]
    if found["parameters"]:
        caption = "Parameters that differ."
        rows: list[Sequence[Cell]] = [
            (name, _value(pair["before"]), _value(pair["after"])) for name, pair in found["parameters"].items()
        ]
        parts.append(table(caption, ("parameter", "before", "now"), rows, left=(1, 2)))
    else:
        parts.append(note("The parameters are the same."))
    for key, title in (("steps", "step"), ("reasons", "reason"), ("languages", "language"), ("licences", "licence")):
        parts.append(_differences(found[key], title, "stay" if key in ("languages", "licences") else "go"))
    return "".join(parts)


def _differences(rows: list[dict[str, Any]], title: str, what: str) -> str:
    if not rows:
        return ""
    shown = [
        (
            row["name"], count(row["files_before"]), count(row["files"]),
            change(row["files"] - row["files_before"], f"{abs(row['files'] - row['files_before']):,}"),
            change(row["bytes"] - row["bytes_before"], size(abs(row["bytes"] - row["bytes_before"]))),
        )
        for row in rows
    ]  # fmt: skip
    caption = f"By {title}: files that {what}, where the number differs."
    return table(caption, (title, "files before", "files now", "files", "bytes"), shown)


def rules(report: dict[str, Any]) -> str:
    """Parameters, parsers and encodings."""
    parts = [
        table(
            "Parameters, defaults included.",
            ("parameter", "value"),
            [(name, _value(value)) for name, value in report["spec"].items()],
            left=(1,),
        )
    ]
    if report["parse"]:
        rows = [(name, count(files)) for name, files in report["parse"].items()]
        parts.append(table("Files by parser.", ("parser", "files"), rows))
    if report["encodings"]:
        rows = [(name, count(files)) for name, files in report["encodings"].items()]
        parts.append(table("Files that were not UTF-8.", ("encoding", "files"), rows))
    return "".join(parts)


def _value(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "\u2013"
    return "\u2013" if value in (None, "") else str(value)
