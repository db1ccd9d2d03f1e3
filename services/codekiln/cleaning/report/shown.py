"""The page's samples: dropped files by reason, changed files side by side, duplicates by cluster."""

from __future__ import annotations

from typing import Any

from codekiln.cleaning.report.markup import count, fold, note, path, share, size, table, text, within
from codekiln.cleaning.report.words import REASONS, STEPS, SURVIVES, reason_words

_REASONS, _CHANGES, _DUPLICATES = 700_000, 500_000, 200_000
"""Bytes that each kind of sample may take."""


def reasons(report: dict[str, Any]) -> str:
    """A fold a reason, most files first."""
    dropped = report["summary"]["dropped"]
    if not dropped:
        return note("None did.")
    steps = {reason: row["step"] for row in report["funnel"] for reason in row["dropped"]}
    parts = [note("Open a reason to see a random sample; the same run shows the same files.")]
    for reason, amount in dropped.items():
        samples = within(
            (_dropped(sample) for sample in report["samples"]["dropped"].get(reason, [])), _REASONS // len(dropped)
        )
        title = (
            f"<b>{text(reason)}</b><span class=soft>{count(amount['files'])} files, {size(amount['bytes'])}, "
            f"{share(amount['files'], report['summary']['files_in'])} of all, by {text(steps.get(reason, ''))}. "
            f"{text(REASONS.get(reason, ''))}</span>"
        )
        parts.append(fold(title, samples or note("dropped.parquet names them.")))
    return "".join(parts)


def changes(report: dict[str, Any]) -> str:
    """What was replaced by kind, then a fold a step with files before and after."""
    kinds = report["summary"]["anonymized"]
    steps = sum(row["changed"]["files"] > 0 for row in report["funnel"])
    parts = []
    if kinds:
        rows = [(reason_words(kind), count(n)) for kind, n in sorted(kinds.items(), key=lambda i: (-i[1], i[0]))]
        parts.append(table("Personal data and secrets, by kind.", ("kind", "replaced"), rows))
    for row in report["funnel"]:
        step, samples = row["step"], report["samples"]["changed"].get(row["step"], [])
        if not row["changed"]["files"]:
            continue
        title = (
            f"<b>{text(step)}</b><span class=soft>changed {count(row['changed']['files'])} files. "
            f"{text(STEPS.get(step, ''))}</span>"
        )
        body = within((_changed(sample) for sample in samples), _CHANGES // steps) or note(
            "Nothing to see: line ends, a byte order mark or an encoding."
        )
        parts.append(fold(title, body))
    return "".join(parts) or note("Nothing.")


def duplicates(report: dict[str, Any]) -> str:
    """A fold a cluster, largest first."""
    found = report["duplicates"]
    if not found["clusters"]:
        return note("No two files are alike.")
    clusters = []
    for cluster in found["largest"]:
        title = (
            f"<b>{cluster['files']:,} files</b><span class=soft>{text(reason_words(cluster['reason']))}: </span>"
            f"<code>{text(cluster['survivor'][-200:])}</code> <span class=soft>stays</span>"
        )
        more = cluster["files"] - 1 - len(cluster["gone"])
        listed = "\n".join(name[-200:] for name in cluster["gone"]) + (f"\n\u2026 and {more:,} more" if more else "")
        clusters.append(fold(title, f"<p class=soft>These went:</p><pre>{text(listed)}</pre>"))
    shown = note(f"{found['clusters']:,} clusters; the largest {len(found['largest'])} of them. {SURVIVES}")
    return shown + within(clusters, _DUPLICATES)


def _dropped(sample: dict[str, Any]) -> str:
    excerpt = text(sample["excerpt"]) if sample["excerpt"].strip() else "<span class=soft>(nothing)</span>"
    return f"<article>{_title(sample)}<pre>{excerpt}</pre></article>"


def _changed(sample: dict[str, Any]) -> str:
    pairs = "".join(
        '<div class="two">'
        f"<figure><figcaption>before, line {hunk['line']:,}</figcaption>"
        f"<pre>{_lines(hunk['before'], 'del')}</pre></figure>"
        f"<figure><figcaption>after</figcaption><pre>{_lines(hunk['after'], 'ins')}</pre></figure></div>"
        for hunk in sample["hunks"]
    )
    return f"<article>{_title(sample)}{pairs}</article>"


def _lines(lines: list[list[tuple[str, bool]]], tag: str) -> str:
    shown = ["".join(f"<{tag}>{text(t)}</{tag}>" if marked else text(t) for t, marked in line) for line in lines]
    return "\n".join(shown) or "<span class=soft>(nothing)</span>"


def _title(sample: dict[str, Any]) -> str:
    detail = f' <span class="soft">{text(sample["detail"][:300])}</span>' if sample["detail"] else ""
    return f"<h4>{path(sample['repository'], sample['path']).html}{detail}</h4>"
