"""How much of the noise went and how much of the text stayed, by words."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass


@dataclass
class Score:
    """Sums over documents. A printed word that the clean text does not have is noise, halves of divided words too."""

    noise: int = 0
    removed: int = 0
    right: int = 0
    paragraphs: int = 0
    whole: int = 0
    """Paragraphs that came back exactly."""
    private: int = 0
    left: int = 0
    """Private values that survived."""
    cited: int = 0
    lost: int = 0
    """Citations that did not survive."""

    @property
    def precision(self) -> float:
        return self.right / max(1, self.removed)

    @property
    def recall(self) -> float:
        return self.right / max(1, self.noise)

    def add(self, clean: str, printed: str, tidied: str) -> None:
        before, after, target = (Counter(text.split()) for text in (printed, tidied, clean))
        noise, removed = before - target, before - after
        self.noise += noise.total()
        self.removed += removed.total()
        self.right += (noise & removed).total()
