"""`codekiln clean preview`: what rules would keep and drop, from a sample, beside the default rules or others.

funnel     files that each step drops, before and after
reasons    the same by reason, with examples
moved      files that one set of rules keeps and the other drops
estimate   files and bytes of the whole that would stay
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

from codekiln.cleaning.report.markup import size
from codekiln.cleaning.report.words import reason_words
from codekiln.cleaning.spec import CleaningSpec
from codekiln.cleaning.standalone.estimate import Interval, share_of_bytes, share_of_files
from codekiln.cleaning.standalone.sample import Drawn
from codekiln.cleaning.standalone.trial import Tried
from codekiln.core.spec import to_json

EXAMPLES = 3
MOVED = 20


def summarize(
    drawn: Drawn, steps: Sequence[str], tried: Sequence[Tried], before: CleaningSpec, after: CleaningSpec
) -> dict[str, Any]:
    """Everything as plain JSON."""
    old, new = to_json(before), to_json(after)
    sides = {side: _side(drawn, tried, side) for side in ("before", "after")}
    return {
        "source": drawn.source,
        "sample": {
            "files": len(tried), "of": drawn.files, "bytes": sum(t.bytes for t in tried), "of_bytes": drawn.bytes,
            "shards": drawn.shards, "of_shards": drawn.of_shards,
        },
        "rules": {name: {"before": old[name], "after": new[name]} for name in old if old[name] != new[name]},
        "steps": [_row("step", step, tried, lambda fate: fate.step) for step in steps],
        "reasons": _reasons(drawn, tried),
        "moved": {
            "now_dropped": [_moved(t, "after") for t in tried if t.before.kept and not t.after.kept],
            "now_kept": [_moved(t, "before") for t in tried if not t.before.kept and t.after.kept],
        },
        "estimate": sides,
    }  # fmt: skip


def _side(drawn: Drawn, tried: Sequence[Tried], side: str) -> dict[str, Any]:
    """What stays, of the sample and of the whole; duplicates are not looked for."""
    kept = [t.bytes if getattr(t, side).kept else 0 for t in tried]
    stay = sum(getattr(t, side).kept for t in tried)
    files = share_of_files(stay, len(tried), drawn.files)
    size = share_of_bytes(kept, [t.bytes for t in tried], drawn.files)
    return {
        "kept": stay,
        "kept_bytes": sum(kept),
        "files": asdict(files.times(drawn.files)),
        "bytes": asdict(size.times(drawn.bytes)),
    }


def _row(key: str, name: str, tried: Iterable[Tried], of: Any) -> dict[str, Any]:
    counts = Counter(side for t in tried for side in ("before", "after") if of(getattr(t, side)) == name)
    return {key: name, "before": counts["before"], "after": counts["after"]}


def _reasons(drawn: Drawn, tried: Sequence[Tried]) -> list[dict[str, Any]]:
    names = {fate.reason for t in tried for fate in (t.before, t.after) if not fate.kept}
    rows = []
    for name in names:
        row = _row("reason", name, tried, lambda fate: fate.reason)
        share = share_of_files(row["after"], len(tried), drawn.files)
        examples = [t for t in tried if t.after.reason == name] or [t for t in tried if t.before.reason == name]
        side = "after" if row["after"] else "before"
        # Those that the change made come first: they are what somebody wants to see.
        examples.sort(key=lambda t: t.before.reason == t.after.reason)
        rows.append(
            {
                **row,
                "files": asdict(share.times(drawn.files)),
                "examples": [_moved(t, side) for t in examples[:EXAMPLES]],
            }
        )
    return sorted(rows, key=lambda row: (-max(row["after"], row["before"]), row["reason"]))


def _moved(tried: Tried, side: str) -> dict[str, Any]:
    fate = getattr(tried, side)
    return {
        "repository": tried.repository, "path": tried.path, "language": tried.language, "bytes": tried.bytes,
        "step": fate.step, "reason": fate.reason, "detail": fate.detail,
    }  # fmt: skip


def as_text(found: dict[str, Any]) -> str:
    """The same for people."""
    sample, rules = found["sample"], found["rules"]
    part = (
        f"{sample['files']:,} of {sample['of']:,} files"
        if sample["files"] < sample["of"]
        else f"all {sample['of']:,} files"
    )
    shards = (
        f", from {sample['shards']} of {sample['of_shards']} shards" if sample["shards"] < sample["of_shards"] else ""
    )
    lines = [f"{found['source']}: {part}, {size(sample['bytes'])}{shards}"]
    lines += [f"  {name}: {pair['before']} -> {pair['after']}" for name, pair in rules.items()]
    lines += ["", _head("step", rules)]
    lines += [_line(row["step"], row, rules) for row in found["steps"]]
    stay = {side: found["estimate"][side]["kept"] for side in ("before", "after")}
    lines += [_line("stay", stay, rules), "", _head("reason", rules)]
    for row in found["reasons"]:
        lines.append(_line(row["reason"], row, rules))
        lines += [f"      {_example(example)}" for example in row["examples"]]
    lines += _lists(found["moved"])
    lines += ["", "of the whole would stay, duplicates not looked for:"]
    for side in ("before", "after") if rules else ("after",):
        estimate = found["estimate"][side]
        files, amount = Interval(**estimate["files"]), Interval(**estimate["bytes"])
        named = f"{side:<8}" if rules else "  "
        lines.append(
            f"  {named}{files.value:,.0f} files [{files.low:,.0f}, {files.high:,.0f}] (95 %), "
            f"{size(amount.value)} [{size(amount.low)}, {size(amount.high)}] (about 90 %)"
        )
    return "\n".join(lines)


def _lists(moved: dict[str, list[dict[str, Any]]]) -> list[str]:
    lines = []
    for name, words in (("now_dropped", "now dropped"), ("now_kept", "now kept, dropped before as")):
        files = moved[name]
        if files:
            lines += ["", f"{words}: {len(files):,} files of the sample"]
            lines += [f"  {file['reason']:<22}{_example(file)}" for file in files[:MOVED]]
            lines += [f"  and {len(files) - MOVED:,} more" for _ in files[MOVED : MOVED + 1]]
    return lines


def _head(title: str, rules: dict[str, Any]) -> str:
    return f"  {title:<26}{'before':>8}{'after':>8}{'':>8}" if rules else f"  {title:<26}{'files':>8}"


def _line(name: str, row: dict[str, Any], rules: dict[str, Any]) -> str:
    if not rules:
        return f"  {name:<26}{row['after']:>8,}"
    delta = row["after"] - row["before"]
    return (
        f"  {name:<26}{row['before']:>8,}{row['after']:>8,}{delta:>+8,}"
        if delta
        else f"  {name:<26}{row['before']:>8,}{row['after']:>8,}"
    )


def _example(file: dict[str, Any]) -> str:
    where = f"{file['repository']} / {file['path']}" if file["repository"] else file["path"]
    shown = "".join(c if c.isprintable() else "?" for c in where)[-90:]
    detail = "".join(c if c.isprintable() else " " for c in file["detail"] or reason_words(file["reason"]))[:80]
    return f"{shown}: {detail}"
