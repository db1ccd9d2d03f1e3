"""Vendored files, by a golden file: linguist's vendor.yml rule by rule, and names that are only like them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from codekiln.cleaning.document import Document, Drop
from codekiln.cleaning.steps.generated import GeneratedStep
from codekiln.cleaning.steps.vendored import VendoredStep
from tests.cleaning.material import FUNCTION, document

GOLDEN: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "golden" / "vendored.yaml").read_text())


@pytest.mark.parametrize("path", GOLDEN["vendored"])
def test_what_comes_from_elsewhere_goes_by_its_path(path: str) -> None:
    result = VendoredStep().apply(document(FUNCTION, path))
    assert isinstance(result, Drop) and result.reason == "vendored" and result.detail


@pytest.mark.parametrize("path", GOLDEN["own"])
def test_a_persons_own_files_are_neither_vendored_nor_generated(path: str) -> None:
    for step in (VendoredStep(), GeneratedStep()):
        assert isinstance(step.apply(document(FUNCTION, path)), Document)
