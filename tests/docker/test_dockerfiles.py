"""Dockerfiles as text: what every builder understands, nobody as the user, nothing of the build in what is kept."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tools.image_families import FAMILIES, ROOT

DOCKERFILES = sorted((ROOT / "docker").glob("*.Dockerfile"))
APT = {"data": {"git"}, "inference-cpu": {"libnuma1"}, "inference-cuda": {"gcc", "libc6-dev"}}
"""Debian packages beyond the base image's. The compiler is Triton's, at run time."""


def family(path: Path) -> str:
    return path.name.removesuffix(".Dockerfile")


each = pytest.mark.parametrize("path", DOCKERFILES, ids=family)


def instructions(path: Path) -> list[str]:
    """One a line, comments left out, continued lines joined."""
    lines = [line for line in path.read_text().splitlines() if line.strip() and not line.startswith("#")]
    return re.sub(r"\s*\\\n\s*", " ", "\n".join(lines)).splitlines()


def stages(path: Path) -> dict[str, list[str]]:
    """Instructions by the name of their stage; that of the last one is empty."""
    found: dict[str, list[str]] = {}
    for line in instructions(path):
        if line.startswith("FROM "):
            name = line.partition(" AS ")[2]
            found[name] = []
        if found:
            found[name].append(line)
    return found


def test_every_family_has_its_dockerfile() -> None:
    assert {family(path) for path in DOCKERFILES} == set(FAMILIES)


@each
def test_hadolint_has_nothing_to_say(path: Path) -> None:
    done = subprocess.run([Path(sys.executable).parent / "hadolint", path], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "")


@each
def test_it_runs_as_a_numeric_user_that_is_not_root(path: Path) -> None:
    users = [line for line in stages(path)[""] if line.startswith("USER ")]
    assert users[-1] == "USER 65532:65532"


@each
def test_its_bases_may_be_pinned_by_digest_and_are_never_latest(path: Path) -> None:
    arguments = dict(line.removeprefix("ARG ").split("=", 1) for line in instructions(path) if line.startswith("ARG "))
    for line in instructions(path):
        if line.startswith("FROM "):
            base = line.split()[1]
            assert base == "scratch" or base in stages(path) or base.strip("${}") in arguments, line
    for base in (arguments[name] for name in ("BASE", "TORCH") if name in arguments):
        assert re.fullmatch(r"[\w./-]+:[\w.-]+", base) and not base.endswith(":latest")


@each
def test_liveness_is_left_to_kubernetes(path: Path) -> None:
    assert not any(line.startswith("HEALTHCHECK") for line in instructions(path))


@each
def test_what_is_kept_holds_no_build_tool_and_no_cache(path: Path) -> None:
    kept = stages(path)[""]
    copied = {match[1] for line in kept if (match := re.search(r"COPY --from=(\S+)", line))}
    assert copied <= {"package", "runner"}
    packages = {word for line in kept if "apt-get install" in line for word in apt_packages(line)}
    assert packages == APT.get(family(path), set())
    for line in kept:
        if line.startswith("RUN ") and "uv pip" in line:
            assert "--mount=type=bind,from=uv" in line and "--mount=type=cache,target=/root/.cache/uv" in line
            assert "--require-hashes" in line
        assert " pip install" not in line
        assert "apt-get install" not in line or "rm -rf /var/lib/apt/lists/*" in line


@each
def test_every_builder_understands_it(path: Path) -> None:
    text = "\n".join(instructions(path))
    assert "<<" not in text and "--link" not in text.replace("--link-mode", "")
    labels = [line for line in stages(path)[""] if line.startswith("LABEL ")]
    assert "org.opencontainers.image.title" in labels[0] and "org.opencontainers.image.licenses" in labels[0]


@pytest.mark.parametrize("stage", ["uv", "package"])
def test_a_stage_that_several_share_is_the_same_everywhere(stage: str) -> None:
    texts = {tuple(stages(path)[stage]) for path in DOCKERFILES if stage in stages(path)}
    assert len(texts) == 1


@each
def test_our_package_is_the_last_layer(path: Path) -> None:
    changing = [line for line in stages(path)[""] if line.split()[0] in ("RUN", "COPY")]
    if FAMILIES[family(path)].has_package:
        assert re.fullmatch(r"COPY --from=(package|runner) /package /", changing[-1])
        assert sum("/package" in line for line in changing) == 1


@each
def test_a_process_of_ours_can_tell_its_commit(path: Path) -> None:
    after_package = stages(path)[""][-5:]
    assert ("ENV REVISION=${REVISION}" in after_package) == FAMILIES[family(path)].has_package


def apt_packages(line: str) -> list[str]:
    return [word for word in line.partition("apt-get install")[2].partition("&&")[0].split() if word[0] != "-"]
