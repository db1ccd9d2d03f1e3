"""Asks a Prometheus over HTTP."""

from __future__ import annotations

import json
import math
import urllib.parse
import urllib.request
from typing import Any


def ask(prometheus: str, expression: str) -> list[dict[str, Any]]:
    """The result of an instant query now. Raises HTTPError for what is no PromQL."""
    query = urllib.parse.urlencode({"query": expression})
    with urllib.request.urlopen(f"{prometheus}/api/v1/query?{query}", timeout=30) as response:
        return list(json.load(response)["data"]["result"])


def numbers(prometheus: str, expression: str) -> list[float]:
    """Values that a panel could draw: NaN is none."""
    values = [float(series["value"][1]) for series in ask(prometheus, expression)]
    return [value for value in values if not math.isnan(value)]
