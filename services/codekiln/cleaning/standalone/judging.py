"""`judge`: whether a file would be kept, and which step and rule drop it. `explain`: what every step says of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from codekiln.cleaning.contamination.problems import Problems
from codekiln.cleaning.document import Document, Drop, Step
from codekiln.cleaning.needs import Needs
from codekiln.cleaning.pipeline import build_steps
from codekiln.cleaning.profiles import profile_named
from codekiln.cleaning.spec import CleaningSpec
from codekiln.core.artifacts import Ref
from codekiln.core.language import detect

_ELSEWHERE = ("licence", "benchmark")
"""Steps that need more than a file: its repository's licence, a benchmark."""
_NO_SECRET = bytes(32)
"""Key of substitutes that nobody sees: a verdict shows none."""


@dataclass(frozen=True)
class Verdict:
    """Keep, or drop with the step that decided, the rule it went by, and a reason for people."""

    keep: bool
    step: str = ""
    rule: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Decision:
    """What one step says: `keep`, `change` or `drop`."""

    step: str
    outcome: str
    rule: str = ""
    reason: str = ""


def judge(path: str, data: bytes, language: str = "", *, profile: str = "code") -> Verdict:
    """Whether a cleaning with default settings keeps this file. The path counts: `vendor/`, `test_`, extensions.

    `language` is linguist's name, found from path and content where it is not given.
    Raises InvalidArgument for a profile that there is not.
    """
    document = _document(path, data, language)
    for step in _steps(profile):
        result = step.apply(document)
        if isinstance(result, Drop):
            return Verdict(False, step.name, *_named(result))
        document = result
    return Verdict(True)


def explain(path: str, data: bytes, language: str = "", *, profile: str = "code") -> Iterator[Decision]:
    """What every step says, in their order. After a drop the others judge the file as it came to that step.

    Where bytes are no text, steps that need text say nothing.
    """
    document = _document(path, data, language)
    for step in _steps(profile):
        result = step.apply(document)
        if isinstance(result, Drop):
            yield Decision(step.name, "drop", *_named(result))
            if step.name in ("size", "decode"):
                return
            continue
        noted = result.tallies[len(document.tallies) :]
        said = ", ".join(tally.name if tally.count == 1 else f"{tally.name} x {tally.count}" for tally in noted)
        yield Decision(step.name, "keep" if result.data == document.data else "change", "", said)
        document = result


def _document(path: str, data: bytes, language: str) -> Document:
    known = language or detect(path, data).language
    return Document("", path.replace("\\", "/"), "", "", known, (), "", data, len(data))


@cache
def _steps(profile: str) -> tuple[Step, ...]:
    profile_named(profile)
    spec = CleaningSpec(corpus=Ref("corpus", "0" * 32), profile=profile)
    made = build_steps(spec, Needs(Problems(), _NO_SECRET))
    return tuple(step for step in made if step.name not in _ELSEWHERE)


def _named(drop: Drop) -> tuple[str, str]:
    """Rule and reason: the stable name of the rule first, then what of this file made it so."""
    return drop.reason, drop.detail or drop.reason.replace("_", " ")
