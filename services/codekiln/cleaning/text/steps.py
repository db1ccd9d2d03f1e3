"""The steps of the profile `text`, in the order in which they run, and those that are its own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import lru_cache

from codekiln.cleaning.anonymize.substitutes import Substitutes
from codekiln.cleaning.document import Document, Drop, Step, Tally
from codekiln.cleaning.needs import Needs
from codekiln.cleaning.spec import CleaningSpec
from codekiln.cleaning.steps.benchmark import BenchmarkStep
from codekiln.cleaning.steps.decode import DecodeStep
from codekiln.cleaning.steps.licence import PERMISSIVE, LicenceStep
from codekiln.cleaning.steps.opt_out import OptOutStep
from codekiln.cleaning.steps.size import SizeStep
from codekiln.cleaning.text.quality import TextQualityStep
from codekiln.cleaning.text.redaction import redact_text
from codekiln.cleaning.text.tidying import tidy

PUBLIC_DOMAIN = "LicenseRef-public-domain-law"
"""How a source states that the law itself keeps its texts free: 17 U.S.C. 105, article 7 of Korea's Copyright Act."""


class NoiseStep:
    """Takes out what pages, printers and forms added to a text."""

    name = "noise"

    def apply(self, document: Document) -> Document | Drop:
        text, counts = tidy(document.text)
        if not text:
            return Drop("only_noise", ", ".join(sorted(counts)))
        data = text.encode()
        if data == document.data:
            return document
        return document.changed(data, *(Tally("noise", rule, count) for rule, count in sorted(counts.items())))


class AnonymizeTextStep:
    """Replaces what names or admits somebody, the parties of a case first."""

    name = "anonymize"

    def __init__(self, key: bytes, also: tuple[str, ...] = ()) -> None:
        self._also = frozenset(also)
        self._substitutes = lru_cache(maxsize=1024)(lambda repository: Substitutes(key, repository))

    def apply(self, document: Document) -> Document | Drop:
        substitutes = self._substitutes(document.repo_name)
        data, done = redact_text(document.data, document.hits, substitutes, document.language, self._also)
        if not done:
            return document
        kinds = Counter(replacement.span.kind for replacement in done)
        return document.changed(data, *(Tally("anonymized", kind, count) for kind, count in sorted(kinds.items())))


STEPS: tuple[Callable[[CleaningSpec, Needs], Step | None], ...] = (
    lambda spec, _: OptOutStep(spec.opt_outs) if spec.opt_outs else None,
    lambda spec, _: LicenceStep(spec.licenses or (*PERMISSIVE, PUBLIC_DOMAIN), spec.keep_unlicensed),
    lambda spec, _: SizeStep(),
    lambda spec, _: DecodeStep(),
    lambda spec, _: NoiseStep(),
    lambda spec, _: TextQualityStep(),
    lambda spec, needs: AnonymizeTextStep(needs.key, spec.anonymize_also) if spec.anonymize else None,
    lambda spec, needs: BenchmarkStep(needs.problems) if needs.problems else None,
)
"""What decides by little comes before what reads the whole file."""
