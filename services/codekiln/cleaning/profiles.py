"""What a profile changes beside its steps (pipeline.py): what is replaced, and what of two documents is compared."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from codekiln.cleaning.anonymize.edits import Replacement
from codekiln.cleaning.anonymize.redaction import redact_bytes
from codekiln.cleaning.anonymize.substitutes import Substitutes
from codekiln.cleaning.deduplication.sketching import Shingles, word_shingles
from codekiln.cleaning.text.redaction import redact_text
from codekiln.cleaning.text.shingles import text_shingles
from codekiln.core.errors import InvalidArgument, Violation

Redactor = Callable[[bytes, frozenset[str], Substitutes, str, frozenset[str]], tuple[bytes, list[Replacement]]]
"""(data, what the gate says of it, substitutes, language, kinds that are off by default) -> the new data, and what was
replaced where in the old."""


@dataclass(frozen=True)
class Profile:
    """What a kind of document needs."""

    redact: Redactor
    shingles: Shingles


PROFILES = {
    "code": Profile(redact_bytes, word_shingles),
    "text": Profile(redact_text, text_shingles),
}


def profile_named(name: str) -> Profile:
    """Raises InvalidArgument where there is none of this name."""
    if name not in PROFILES:
        known = ", ".join(PROFILES)
        raise InvalidArgument(violations=[Violation("profile", f"must be one of {known}, got `{name}`")])
    return PROFILES[name]
