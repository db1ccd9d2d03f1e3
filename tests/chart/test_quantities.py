"""Quantities are read as Kubernetes reads them."""

from __future__ import annotations

import pytest

from tests.chart.quantities import amount


@pytest.mark.parametrize(
    ("text", "number"),
    [("150m", 0.15), ("2", 2), (2, 2), ("1.5", 1.5), ("1Ki", 1024), ("512Mi", 2**29), ("1Gi", 2**30), ("1G", 1e9)],
)
def test_a_quantity_is_a_number(text: str | int, number: float) -> None:
    assert amount(text) == pytest.approx(number)


@pytest.mark.parametrize("text", ["", "1 Gi", "1GB", "-1", "x", "1gi"])
def test_what_is_no_quantity_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no quantity"):
        amount(text)
