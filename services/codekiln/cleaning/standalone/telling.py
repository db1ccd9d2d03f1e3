"""What every step says of a file, as lines for people."""

from __future__ import annotations

from collections.abc import Sequence

from codekiln.cleaning.document import Measure
from codekiln.cleaning.standalone.judging import Decision, Verdict


def verdict_of(decisions: Sequence[Decision]) -> Verdict:
    """What a cleaning makes of the file: the first drop decides."""
    drop = next((each for each in decisions if each.outcome == "drop"), None)
    return Verdict(True) if drop is None else Verdict(False, drop.step, drop.rule, drop.reason)


def told(path: str, verdict: Verdict, decisions: Sequence[Decision]) -> str:
    """The verdict, a line a step, and below it a line a figure; `!` marks a figure that does not pass."""
    lines = [f"{path}: {'keep' if verdict.keep else f'drop ({verdict.step}: {verdict.reason})'}"]
    for each in decisions:
        why = f"{each.rule}: {each.reason}" if each.rule else each.reason
        lines.append(f"  {each.step:<15}{each.outcome:<8}{why}".rstrip())
        lines += [f"      {_figure(measure)}" for measure in each.measures]
    return "\n".join(lines)


def _figure(measure: Measure) -> str:
    bounds = []
    if measure.least is not None:
        bounds.append(f"at least {_number(measure.least)}")
    if measure.most is not None:
        bounds.append(f"at most {_number(measure.most)}")
    mark = " " if measure.passes else "!"
    return f"{mark} {measure.name:<28}{_number(measure.value):>12}  {', '.join(bounds)}".rstrip()


def _number(value: float) -> str:
    return f"{value:,.0f}" if value == int(value) else f"{value:,.3g}" if abs(value) < 10 else f"{value:,.1f}"
