"""Draws the report as one page that stands by itself: no script, no outside asset, every text escaped."""

# ruff: noqa: E501
from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import Any

from codekiln.cleaning.report.words import REASONS, STEPS

_STYLE = """
:root{--ink:#1d2430;--soft:#5d6878;--line:#dfe4ea;--paper:#fbfbf9;--card:#fff;--kept:#2f7d5b;--gone:#c25a3c;--mark:#f6e7b4}
@media(prefers-color-scheme:dark){:root{--ink:#e6e9ee;--soft:#9aa5b4;--line:#323a46;--paper:#14181e;--card:#1b2129;--kept:#58b48a;--gone:#e08563;--mark:#5a4a15}}
*{box-sizing:border-box}body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.5 system-ui,sans-serif}
main{max-width:68rem;margin:0 auto;padding:2rem 1.25rem 5rem}h1{font-size:1.9rem;margin:0 0 .25rem}h2{margin:3rem 0 .75rem;font-size:1.25rem}
p{max-width:46rem}.soft{color:var(--soft)}.cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(11rem,1fr));gap:.75rem;margin:1.5rem 0}
.card{background:var(--card);border:1px solid var(--line);border-radius:.6rem;padding:.8rem 1rem}.card b{display:block;font-size:1.5rem;font-variant-numeric:tabular-nums}
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}th,td{text-align:left;padding:.35rem .6rem;border-bottom:1px solid var(--line);vertical-align:top}
th{color:var(--soft);font-weight:500;font-size:.85rem}td.n,th.n{text-align:right;white-space:nowrap}.scroll{overflow-x:auto}
.bar{display:flex;height:.9rem;background:var(--line);border-radius:.3rem;overflow:hidden;min-width:9rem}.bar i{background:var(--kept)}.bar u{background:var(--gone)}
details{background:var(--card);border:1px solid var(--line);border-radius:.6rem;margin:.5rem 0;padding:.5rem .9rem}summary{cursor:pointer}
pre{margin:.5rem 0;padding:.6rem .8rem;background:var(--paper);border:1px solid var(--line);border-radius:.4rem;overflow-x:auto;font:13px/1.45 ui-monospace,monospace;white-space:pre-wrap;overflow-wrap:anywhere}
.two{display:grid;grid-template-columns:1fr 1fr;gap:.6rem}@media(max-width:40rem){.two{grid-template-columns:1fr}}
code{font:13px ui-monospace,monospace;overflow-wrap:anywhere}nav a{margin-right:1rem;color:inherit}
"""


def render(report: dict[str, Any]) -> str:
    """The page."""
    sections = [
        _head(report), _funnel(report), _reasons(report), _changed(report), _duplicates(report), _contamination(report),
        _languages(report), _rules(report),
    ]  # fmt: skip
    body = "\n".join(section for section in sections if section)
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        f"<title>Cleaning report</title><style>{_STYLE}</style></head><body><main>\n{body}\n</main></body></html>\n"
    )


def _head(report: dict[str, Any]) -> str:
    s = report["summary"]
    replaced = sum(s["anonymized"].values())
    leaks = sum(sum(tasks.values()) for tasks in s["contamination"].values())
    cards = [
        (f"{s['files_in']:,}", f"files in, {size(s['bytes_in'])}"),
        (f"{s['files_kept']:,}", f"files kept, {size(s['bytes_kept'])}"),
        (share(s["files_in"] - s["files_kept"], s["files_in"]), "of files dropped"),
        (f"{replaced:,}", "personal data and secrets replaced"),
        (f"{report['duplicates']['clusters']:,}", "clusters of duplicates"),
        (f"{leaks:,}", "benchmark problems found"),
    ]
    shown = "".join(f'<div class="card"><b>{escape(n)}</b>{escape(t)}</div>' for n, t in cards)
    links = "".join(f'<a href="#{a}">{t}</a>' for a, t in (
        ("funnel", "Funnel"), ("reasons", "Why files went"), ("changed", "What was replaced"),
        ("duplicates", "Duplicates"), ("languages", "Languages and licences"), ("rules", "Rules"),
    ))  # fmt: skip
    return (
        f'<h1>Cleaning report</h1><p class="soft">Corpus <code>{escape(str(report["spec"]["corpus"]))}</code>. '
        "Every file that came in is either in the dataset or named in <code>dropped.parquet</code> with its reason.</p>"
        f'<nav>{links}</nav><div class="cards">{shown}</div>'
    )


def _funnel(report: dict[str, Any]) -> str:
    total = max(1, report["funnel"][0]["files_in"])
    rows = []
    for row in report["funnel"]:
        gone = row["files_in"] - row["files_out"]
        kept, lost = 100 * row["files_out"] / total, 100 * gone / total
        rows.append(
            f'<tr><td><b>{escape(row["step"])}</b><br><span class="soft">{escape(STEPS.get(row["step"], ""))}</span></td>'
            f'<td><div class="bar" role="img" aria-label="{row["files_out"]:,} stay, {gone:,} go">'
            f'<i style="width:{kept:.2f}%"></i><u style="width:{lost:.2f}%"></u></div></td>'
            f'<td class="n">{gone:,} go</td><td class="n">{row["files_out"]:,} stay</td>'
            f'<td class="n">{size(row["bytes_out"])}</td></tr>'
        )
    return f'<h2 id="funnel">Funnel</h2><div class="scroll"><table>{"".join(rows)}</table></div>'


def _reasons(report: dict[str, Any]) -> str:
    dropped = report["summary"]["dropped"]
    if not dropped:
        return '<h2 id="reasons">Why files went</h2><p>None did.</p>'
    total = report["summary"]["files_in"]
    parts = []
    for reason, amount in dropped.items():
        samples = "".join(_sample(sample) for sample in report["samples"].get(reason, []))
        parts.append(
            f'<details><summary><b>{escape(reason)}</b> <span class="soft">{amount["files"]:,} files, '
            f"{size(amount['bytes'])}, {share(amount['files'], total)} of all. {escape(REASONS.get(reason, ''))}</span></summary>"
            f"{samples or '<p class=soft>Named in dropped.parquet.</p>'}</details>"
        )
    return (
        f'<h2 id="reasons">Why files went</h2><p class="soft">Open a reason to see a random sample.</p>{"".join(parts)}'
    )


def _sample(sample: dict[str, Any]) -> str:
    return f"{_title(sample)}<pre>{escape(sample['shown'][0][0])}</pre>"


def _title(sample: dict[str, Any]) -> str:
    detail = f' <span class="soft">{escape(sample["detail"])}</span>' if sample["detail"] else ""
    return f"<p><code>{escape(sample['repository'])} / {escape(sample['path'])}</code>{detail}</p>"


def _changed(report: dict[str, Any]) -> str:
    kinds = report["summary"]["anonymized"]
    rows = table(
        ("kind", "replaced"), ((kind, f"{n:,}") for kind, n in sorted(kinds.items(), key=lambda i: (-i[1], i[0])))
    )
    samples = "".join(
        _title(sample)
        + "".join(f'<div class="two"><pre>{escape(a)}</pre><pre>{escape(b)}</pre></div>' for a, b in sample["shown"])
        for sample in report["samples"].get("changed", [])
    )
    shown = (
        f"<details><summary>A random sample, before (values hidden) and after</summary>{samples}</details>"
        if samples
        else ""
    )
    return f'<h2 id="changed">What was replaced</h2>{rows if kinds else "<p>Nothing.</p>"}{shown}'


def _duplicates(report: dict[str, Any]) -> str:
    parts = [
        f"<details><summary>{cluster['files']:,} files, {escape(cluster['reason'].replace('_', ' '))}: "
        f"<code>{escape(cluster['survivor'])}</code> stays</summary><pre>{escape(chr(10).join(cluster['gone']))}</pre></details>"
        for cluster in report["duplicates"]["largest"]
    ]
    return f'<h2 id="duplicates">Duplicates</h2><p>{report["duplicates"]["clusters"]:,} clusters; the largest:</p>{"".join(parts)}'


def _contamination(report: dict[str, Any]) -> str:
    rows = [
        (benchmark, task, f"{files:,}")
        for benchmark, tasks in report["summary"]["contamination"].items()
        for task, files in tasks.items()
    ]
    if not rows:
        return ""
    return f"<h2>Benchmark problems found, and dropped</h2>{table(('benchmark', 'problem', 'files'), rows)}"


def _languages(report: dict[str, Any]) -> str:
    languages = ((n, f"{a['files']:,}", size(a["bytes"])) for n, a in report["summary"]["languages"].items())
    licenses = ((name, f"{files:,}") for name, files in report["licenses"].items())
    parse = ((name, f"{files:,}") for name, files in report["parse"].items())
    return (
        f'<h2 id="languages">Languages and licences of what was kept</h2>{table(("language", "files", "size"), languages)}'
        f"<h2>Licences</h2>{table(('licence', 'files'), licenses)}<h2>Parser</h2>{table(('parser', 'files'), parse)}"
    )


def _rules(report: dict[str, Any]) -> str:
    rows = ((name, ", ".join(v) if isinstance(v, list) else str(v)) for name, v in report["spec"].items())
    return f'<h2 id="rules">Rules of this cleaning</h2>{table(("parameter", "value"), rows)}'


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A table of text; columns after the first stand right."""

    def cells(tag: str, values: Iterable[str]) -> str:
        return "".join(f"<{tag}{' class=n' if i else ''}>{escape(v)}</{tag}>" for i, v in enumerate(values))

    body = "".join(f"<tr>{cells('td', row)}</tr>" for row in rows)
    return f'<div class="scroll"><table><tr>{cells("th", head)}</tr>{body}</table></div>'


def size(count: float) -> str:
    """Bytes for people."""
    for unit in ("bytes", "kB", "MB", "GB"):
        if count < 1000:
            return f"{count:,.0f} {unit}" if unit == "bytes" else f"{count:,.1f} {unit}"
        count /= 1000
    return f"{count:,.1f} TB"


def share(part: int, whole: int) -> str:
    """Per cent for people."""
    return f"{100 * part / whole:.1f} %" if whole else "0 %"
