"""`make sbom`: the bill of an image names what its requirements pin, and nothing else."""

from __future__ import annotations

import re

import pytest

from tools.image_families import FAMILIES, GATEWAY_VERSION, ROOT
from tools.sbom import bill
from tools.store_gateway import is_compiled


@pytest.mark.slow
def test_the_bill_of_the_services_is_what_they_pin() -> None:
    found = bill(FAMILIES["services"])
    assert found["bomFormat"] == "CycloneDX" and found["specVersion"] == "1.6"
    assert found["metadata"]["component"]["name"] == "codekiln/services"
    named = {(re.sub(r"[-_.]+", "-", each["name"]).lower(), each["version"]) for each in found["components"]}
    text = (ROOT / FAMILIES["services"].requirements).read_text()
    assert named == set(re.findall(r"^([\w.-]+)==(\S+)", text, re.MULTILINE))
    assert all(each["purl"].startswith("pkg:pypi/") for each in found["components"])
    assert sum("licenses" in each for each in found["components"]) > 0.9 * len(named)


def test_the_bill_of_the_store_names_the_gateway_s_modules() -> None:
    if not is_compiled():
        pytest.skip("the gateway is not compiled here: `make images FAMILY=store` does it")
    modules = {each["name"]: each["version"] for each in bill(FAMILIES["store"])["components"]}
    assert modules["github.com/versity/versitygw"] == GATEWAY_VERSION
    assert len(modules) > 20
