"""`judge`: whether a file would be kept, and which step and rule drop it. `explain`: what every step says of it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from codekiln.cleaning.contamination.problems import Problems
from codekiln.cleaning.document import Document, Drop, Measure, Measuring, Step
from codekiln.cleaning.needs import Needs
from codekiln.cleaning.pipeline import build_steps
from codekiln.cleaning.profiles import profile_named
from codekiln.cleaning.spec import CleaningSpec
from codekiln.core.artifacts import Ref
from codekiln.core.language import detect

Path = str | os.PathLike[str]
LICENCE = "licence"
NO_SECRET = bytes(32)
"""Key of substitutes that nobody sees: a verdict shows none."""
_OF_MANY_RULES = ("generated", "vendored")
"""Reasons under which a cleaning counts many rules; the detail then begins with the rule's name."""
_BYTES = ("size", "decode")
"""Steps without whose consent there is no text for the others to judge."""


@dataclass(frozen=True)
class Verdict:
    """Keep, or drop with the step that decided, the rule it went by, and a reason for people."""

    keep: bool
    step: str = ""
    rule: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Decision:
    """What one step says: `keep`, `change`, `drop`, or `skip` where it needs more than the file.

    `rule` is the stable name of what dropped it, `reason` what of this file made it so, `measures` the figures that the
    step goes by beside what it lets pass.
    """

    step: str
    outcome: str
    rule: str = ""
    reason: str = ""
    measures: tuple[Measure, ...] = ()


def judge(path: Path, data: str | bytes, language: str = "", *, profile: str = "code") -> Verdict:
    """Whether a cleaning with default settings keeps this file. The path counts: `vendor/`, `test_`, extensions.

    A str is judged as its UTF-8. `language` is linguist's name, found from path and content where it is not given.
    Raises InvalidArgument for a profile that there is not.
    """
    document = _document(path, data, language, ())
    for step in _steps(_defaults(profile)):
        if step.name == LICENCE:
            continue
        result = step.apply(document)
        if isinstance(result, Drop):
            return Verdict(False, step.name, *_named(result))
        document = result
    return Verdict(True)


def explain(
    path: Path,
    data: str | bytes,
    language: str = "",
    *,
    profile: str = "code",
    rules: CleaningSpec | None = None,
    licenses: Sequence[str] | None = None,
    problems: Problems | None = None,
) -> Iterator[Decision]:
    """What every step says, in their order. After a drop the others judge the file as it came to that step.

    Where bytes are no text, steps that need text are skipped. `licenses` are SPDX expressions of the file's repository;
    without them, and without the `problems` of benchmarks, the steps that need these are skipped. `rules` are the
    defaults of the profile where they are not given. Raises InvalidArgument for a profile that there is not.
    """
    rules = rules or _defaults(profile)
    document, text = _document(path, data, language, tuple(licenses or ())), True
    for step in _steps(rules) if problems is None else build_steps(rules, Needs(problems, NO_SECRET)):
        if step.name == LICENCE and licenses is None:
            yield Decision(step.name, "skip", reason="the licence of its repository is not known here: give --license")
        elif not text:
            yield Decision(step.name, "skip", reason="there is no text to judge")
        else:
            decision, document = _decide(step, document)
            yield decision
            text = decision.outcome != "drop" or step.name not in _BYTES
    if problems is None:
        yield Decision("benchmark", "skip", reason="no benchmark to compare with: give --benchmark")
    yield Decision("duplicates", "skip", reason="needs the other files: `codekiln clean duplicates` compares some")


def _decide(step: Step, document: Document) -> tuple[Decision, Document]:
    result = step.apply(document)
    measures = tuple(step.measure(document)) if isinstance(step, Measuring) else ()
    if isinstance(result, Drop):
        return Decision(step.name, "drop", *_named(result), measures), document
    noted = result.tallies[len(document.tallies) :]
    said = ", ".join(tally.name if tally.count == 1 else f"{tally.name} x {tally.count}" for tally in noted)
    outcome = "keep" if result.data == document.data else "change"
    return Decision(step.name, outcome, "", said, measures), result


def _document(path: Path, text: str | bytes, language: str, licenses: tuple[str, ...]) -> Document:
    data = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else bytes(text)
    name = os.fspath(path).replace("\\", "/")
    known = language or detect(name, data).language
    return Document("", name, "", "", known, licenses, "", data, len(data))


def _defaults(profile: str) -> CleaningSpec:
    profile_named(profile)
    return CleaningSpec(corpus=Ref("corpus", "0" * 32), profile=profile)


@lru_cache(8)
def _steps(rules: CleaningSpec) -> tuple[Step, ...]:
    return build_steps(rules, Needs(Problems(), NO_SECRET))


def _named(drop: Drop) -> tuple[str, str]:
    """Rule and reason: the stable name of the rule first, then what of this file made it so."""
    if drop.reason in _OF_MANY_RULES:
        rule, _, words = drop.detail.partition(": ")
        return rule, words or f"{drop.reason}: {rule}"
    return drop.reason, drop.detail or drop.reason.replace("_", " ")
