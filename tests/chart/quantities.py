"""Kubernetes quantities as numbers: `amount("150m") == 0.15`, `amount("1Gi") == 2**30`."""

from __future__ import annotations

import re

BINARY = {unit: 1024**power for power, unit in enumerate(("Ki", "Mi", "Gi", "Ti", "Pi"), start=1)}
DECIMAL = {"m": 1e-3, "": 1.0, "k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12, "P": 1e15}


def amount(quantity: str | int | float) -> float:
    """Raises ValueError for what the API server would not take."""
    found = re.fullmatch(r"([0-9]+(?:\.[0-9]+)?)([A-Za-z]*)", str(quantity))
    scale = {**BINARY, **DECIMAL}.get(found[2]) if found else None
    if found is None or scale is None:
        raise ValueError(f"`{quantity}` is no quantity")
    return float(found[1]) * scale
