"""Draws the report as one page that stands by itself: no script, no outside asset, every text escaped."""

from __future__ import annotations

from typing import Any

from codekiln.cleaning.report import figures, shown
from codekiln.cleaning.report.markup import count, note, section, share, size, text
from codekiln.cleaning.report.style import STYLE
from codekiln.cleaning.report.words import reason_words

_SECTIONS = (
    ("funnel", "Funnel", figures.funnel),
    ("since", "What changed since the last run", figures.since),
    ("reasons", "Why files went", shown.reasons),
    ("changed", "What was changed", shown.changes),
    ("duplicates", "Duplicates", shown.duplicates),
    ("benchmarks", "Benchmark problems", figures.contamination),
    ("languages", "Languages", figures.languages),
    ("licences", "Licences", figures.licences),
    ("largest", "The largest files", figures.largest),
    ("slowest", "Where the time went", figures.slowest),
    ("rules", "Rules of this cleaning", figures.rules),
)


def render(report: dict[str, Any]) -> str:
    """The page of a report.json. `since` and `times` are drawn where `codekiln report` has added them."""
    drawn = [(id, title, body) for id, title, draw in _SECTIONS if (body := draw(report))]
    links = "".join(f'<li><a href="#{id}">{title}</a></li>' for id, title, _ in drawn)
    sections = "\n".join(section(id, title, body) for id, title, body in drawn)
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        f"<title>Cleaning report</title><style>{STYLE}</style></head><body>"
        f'<a class="skip" href="#main">Skip to the report</a><header>{_head(report)}'
        f'<nav aria-label="Sections"><ul>{links}</ul></nav></header>\n<main id="main">\n{sections}\n</main>\n'
        f"<footer>{_foot(report)}</footer></body></html>\n"
    )


def _head(report: dict[str, Any]) -> str:
    s = report["summary"]
    gone = s["files_in"] - s["files_kept"]
    cards = [
        (count(s["files_in"]), f"files came in, {size(s['bytes_in'])}"),
        (count(s["files_kept"]), f"files stayed, {size(s['bytes_kept'])} as written"),
        (count(gone), f"files went, {share(gone, s['files_in'])} of all"),
        (count(sum(s["anonymized"].values())), "personal data and secrets replaced"),
        (count(report["duplicates"]["clusters"]), "clusters of duplicates"),
        (count(sum(len(tasks) for tasks in s["contamination"].values())), "benchmark problems found"),
    ]
    items = "".join(f"<li><b>{text(number)}</b>{text(words)}</li>" for number, words in cards)
    return (
        f'<h1>Cleaning report</h1><p class="soft">Corpus <code>{text(str(report["spec"]["corpus"]))}</code></p>'
        f'<p class="lead">{text(_sentence(s))}</p><ul class="cards">{items}</ul>'
    )


def _sentence(summary: dict[str, Any]) -> str:
    first = f"{share(summary['files_kept'], summary['files_in'])} of the files stayed"
    most = [(reason, amount["files"]) for reason, amount in summary["dropped"].items()][:3]
    if not most:
        return f"{first}."
    why = ", ".join(f"{count(files)} as {reason_words(reason)}" for reason, files in most)
    return f"{first}. Of the rest most went as follows: {why}."


def _foot(report: dict[str, Any]) -> str:
    words = (
        "Every file that came in is in the dataset or named in dropped.parquet with its reason. "
        "The same figures for machines are in report.json."
    )
    if "times" not in report:
        words += " `codekiln report` adds the slowest files and what changed since the run before."
    return note(words)
