"""Opt-outs: files that their owners have withdrawn do not enter a dataset."""

from __future__ import annotations

from collections.abc import Iterable

from codekiln.cleaning.document import Document, Drop
from codekiln.core.opt_outs import REASON, OptOuts


class OptOutStep:
    """Drops what a list of opt-outs covers. First of all steps: contents are as they were found."""

    name = "opt_out"

    def __init__(self, entries: Iterable[str]) -> None:
        self._opt_outs = OptOuts(entries)

    def apply(self, document: Document) -> Document | Drop:
        covered = self._opt_outs.cover(
            document.repo_name, document.path, lambda: document.blob_id, lambda: document.data
        )
        return Drop(REASON, document.repo_name) if covered else document
