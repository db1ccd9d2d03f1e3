"""`make images`: what it asks a builder for, what it leaves alone, and what it says when it cannot go on."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tools.image_builder import LABEL, Builder, choose_builder
from tools.image_families import FAMILIES, ROOT, fingerprint

RECORDER = """#!/bin/sh
echo "$@" >>"$RECORD"
"""
TEMPLATE = "{context} {dockerfile} {tag}"


def images(*names: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """Under a tag that nobody has built."""
    return subprocess.run(
        [sys.executable, "-m", "tools.images", *names],
        env={**os.environ, "TAG": "never-built", **environ},
        cwd=ROOT,
        capture_output=True,
        text=True,
    )


@pytest.fixture
def record(tmp_path: Path) -> Path:
    program = tmp_path / "builder"
    program.write_text(RECORDER)
    program.chmod(0o755)
    return tmp_path / "record"


def test_an_image_is_built_after_the_one_it_stands_on_and_names_it(record: Path) -> None:
    # Another base than anybody's: the torch image, which is named by its inputs, must not be there yet.
    environ = {"RECORD": str(record), "IMAGE_BUILD": f"{record.parent}/builder {TEMPLATE}", "BASE": "python:3.11-test"}
    done = images("trainer", REGISTRY="registry.example.com/", **environ)
    assert done.returncode == 0, done.stderr
    torch, trainer = record.read_text().splitlines()
    parent = f"registry.example.com/codekiln/torch:{fingerprint(FAMILIES['torch'], 'python:3.11-test')}"
    assert torch.startswith(f". docker/torch.Dockerfile {parent} ")
    assert trainer.startswith(". docker/trainer.Dockerfile registry.example.com/codekiln/trainer:never-built ")
    assert f"--build-arg TORCH={parent}" in trainer and "--build-arg BASE=python:3.11-test" in trainer


def test_a_parent_has_no_label_that_changes_with_our_version(record: Path) -> None:
    environ = {"RECORD": str(record), "IMAGE_BUILD": f"{record.parent}/builder {TEMPLATE}", "BASE": "python:3.11-test"}
    images("trainer", **environ)
    torch, trainer = record.read_text().splitlines()
    assert LABEL in torch and "org.opencontainers" not in torch
    assert "org.opencontainers.image.version=" in trainer and "org.opencontainers.image.revision=" in trainer


def test_a_build_that_fails_shows_its_end_and_where_the_rest_is() -> None:
    done = images("sandbox", IMAGE_BUILD=f"sh -c 'echo out of cheese; exit 3' {TEMPLATE}")
    assert done.returncode != 0
    assert "out of cheese" in done.stderr and "the image sandbox was not built" in done.stderr


def test_a_family_that_does_not_exist_is_named_with_those_that_do() -> None:
    done = images("clenaing")
    assert done.returncode != 0
    assert "clenaing" in done.stderr and "services, data" in done.stderr


def test_a_template_without_its_places_is_refused() -> None:
    with pytest.raises(SystemExit, match=r"IMAGE_BUILD lacks \{dockerfile\}, \{tag\}"):
        choose_builder({"IMAGE_BUILD": "build {context}"})


def test_a_machine_without_a_builder_is_told_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SystemExit, match="start docker, install podman or buildah, or set IMAGE_BUILD"):
        choose_builder({})


def test_options_stand_where_a_command_takes_them() -> None:
    build = ("bud", "--tag", "{tag}", "{options}", "{context}")
    command = Builder(build, "").command(Path("docker/x.Dockerfile"), "x:1", {"BASE": "python:3.11"}, {"a": "b"})
    assert command == ["bud", "--tag", "x:1", "--build-arg", "BASE=python:3.11", "--label", "a=b", "."]


def test_what_cannot_be_asked_has_no_image() -> None:
    assert Builder(("true",), "").inspect("codekiln/services:0") is None


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A copy of all that an image is made of."""
    for name in ("docker", "requirements", "protos", "services"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__", "*.egg-info"))
    for name in (".dockerignore", "LICENSE", "README.md", "pyproject.toml", "setup.py"):
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def test_a_fingerprint_is_of_the_text_alone(tree: Path) -> None:
    before = {name: fingerprint(family, "base", tree) for name, family in FAMILIES.items()}
    (tree / "services/codekiln/v1/job_pb2.py").write_text("another generated stub")
    (tree / "services/codekiln/__pycache__").mkdir()
    (tree / "services/codekiln/__pycache__/x.pyc").write_bytes(b"byte code")
    os.utime(tree / "services/codekiln/__init__.py", (0, 0))
    assert before == {name: fingerprint(family, "base", tree) for name, family in FAMILIES.items()}


def test_a_change_of_ours_leaves_torch_and_store_alone(tree: Path) -> None:
    before = {name: fingerprint(family, "base", tree) for name, family in FAMILIES.items()}
    (tree / "services/codekiln/core/hashing.py").write_text("# changed\n")
    after = {name: fingerprint(family, "base", tree) for name, family in FAMILIES.items()}
    assert {name for name in FAMILIES if before[name] == after[name]} == {"torch", "store"}


def test_a_change_of_torch_reaches_all_that_stands_on_it(tree: Path) -> None:
    before = {name: fingerprint(family, "base", tree) for name, family in FAMILIES.items()}
    (tree / "requirements/images/torch.txt").write_text("torch==0\n")
    after = {name: fingerprint(family, "base", tree) for name, family in FAMILIES.items()}
    changed = {name for name in FAMILIES if before[name] != after[name]}
    assert changed == {"torch", "trainer", "inference-cpu", "inference-cuda"}
