"""Anonymise: personal data and secrets are replaced, span by span. A file that no longer parsed then is dropped."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache

from codekiln.cleaning.anonymize.redaction import redact_bytes
from codekiln.cleaning.anonymize.substitutes import Substitutes
from codekiln.cleaning.document import Document, Drop, Tally
from codekiln.cleaning.steps.parse import problem


class AnonymizeStep:
    """Replaces what names or admits somebody. `key` is secret: see keys.py. `also`: kinds that are off by default."""

    name = "anonymize"

    def __init__(self, key: bytes, also: tuple[str, ...] = ()) -> None:
        self._also = frozenset(also)
        self._substitutes = lru_cache(maxsize=1024)(lambda repository: Substitutes(key, repository))

    def apply(self, document: Document) -> Document | Drop:
        if not document.hits and not self._also:
            return document
        data, done = redact_bytes(
            document.data, document.hits, self._substitutes(document.repo_name), document.language, self._also
        )
        if not done:
            return document
        kinds = Counter(replacement.span.kind for replacement in done)
        changed = document.changed(data, *(Tally("anonymized", kind, count) for kind, count in sorted(kinds.items())))
        # Substitutes for addresses are read as the address was, in strings, comments and code alike.
        if kinds.keys() - {"email", "ipv4", "ipv6", "phone", "name"} and problem(changed) and not problem(document):
            return Drop("broken_by_anonymizing", ", ".join(sorted(kinds)))
        return changed
