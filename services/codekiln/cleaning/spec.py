"""The rules of one cleaning, as a caller states them. Field names are those of the proto."""

from __future__ import annotations

from dataclasses import dataclass, fields

from codekiln.core.artifacts import Ref
from codekiln.core.errors import Violation
from codekiln.core.opt_outs import check as check_opt_outs
from codekiln.core.spec import bounded, choice, ref, refs

CODE_VERSION = 9
"""Raise it when the same corpus and spec would give another dataset."""
ALSO = ("name", "phone")
"""Kinds of anonymize/people.py, which a cache hit has no need to import."""
KEY_PARAMETER = "anonymization_key"
"""Parameter of a dataset: the fingerprint of the key of its substitutes."""

NEAR_DUPLICATES = {"code": 0.7, "text": 0.8}
"""By profile, the similarity that counts as near. A statute and its next version, or two patents of a family, share
most of their words and are still two documents."""

FOR_CODE = ("max_line_length", "max_mean_line_length", "min_alphabetic_share", "require_parse")
"""Fields that the profile `text` has no rule for."""


@dataclass(frozen=True)
class CleaningSpec:
    """What to clean and how."""

    corpus: Ref = ref("corpus")
    """The corpus to clean."""

    benchmarks: tuple[Ref, ...] = refs("benchmark")
    """Benchmarks whose problems must not appear in the dataset."""

    licenses: tuple[str, ...] = ()
    """SPDX identifiers to keep; the built-in permissive list when empty."""

    keep_unlicensed: bool = False
    """Keep files whose licence is not known. Off: nobody has said that they may be used."""

    max_line_length: int = bounded(1000, low=1, high=1_000_000)
    """Longest line, in characters."""

    max_mean_line_length: float = bounded(100.0, low=1, high=100_000)
    """Longest mean line, in characters."""

    min_alphabetic_share: float = bounded(0.25, low=0, high=1)
    """Least share of alphabetic characters."""

    require_parse: bool = True
    """Drop files that their language's parser rejects."""

    anonymize: bool = True
    """Replace personal data and secrets."""

    anonymize_also: tuple[str, ...] = ()
    """Kinds that are off by default and replaced too: `phone`, `name`."""

    near_duplicate_threshold: float = bounded(None, low=0.5, high=1)
    """Jaccard similarity of shingles from which two files are near duplicates; NEAR_DUPLICATES when unset, 1: off."""

    known: tuple[Ref, ...] = refs("dataset")
    """Datasets that are there already: a file that is equal or nearly so to one of theirs is dropped."""

    seed: int = 0
    """Seeds the samples of the report."""

    opt_outs: tuple[str, ...] = ()
    """What its owners have withdrawn: entries of core.opt_outs."""

    profile: str = choice("code", *NEAR_DUPLICATES)
    """What the files are: source code, or legal documents in English and Korean."""

    def __post_init__(self) -> None:
        if self.near_duplicate_threshold is None:
            object.__setattr__(self, "near_duplicate_threshold", NEAR_DUPLICATES.get(self.profile))

    def check(self, path: str) -> list[Violation]:
        """Violations that span fields or list items."""
        found = check_opt_outs(self.opt_outs, f"{path}.opt_outs")
        found += [
            Violation(f"{path}.anonymize_also[{i}]", f"must be one of {', '.join(ALSO)}, got `{kind}`")
            for i, kind in enumerate(self.anonymize_also)
            if kind not in ALSO
        ]
        found += [
            Violation(f"{path}.licenses[{i}]", f"`{name}` is not an SPDX identifier such as `MIT` or `Apache-2.0`")
            for i, name in enumerate(self.licenses)
            if not name or not name.isascii() or any(c.isspace() for c in name)
        ]
        if self.profile == "text":
            rules = [field for field in fields(self) if field.name in FOR_CODE]
            found += [
                Violation(
                    f"{path}.{rule.name}", "is a rule for code, which the profile `text` does not have: leave it out"
                )
                for rule in rules
                if getattr(self, rule.name) != rule.default
            ]
        return found
