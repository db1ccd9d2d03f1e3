"""recipes/own-code.yaml with a person's own folder and git repository in it."""

from __future__ import annotations

import shutil
import subprocess
import sysconfig
from pathlib import Path

import pytest
import yaml

from tests.e2e.folder import Folder

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

ROOT = Path(__file__).resolve().parents[2]


def make_sources(path: Path) -> tuple[Path, Path]:
    """A plain folder of real modules, and a git repository of others with a licence file."""
    stdlib = Path(sysconfig.get_paths()["stdlib"])
    folder, repository = path / "app", path / "team" / "tools.git"
    shutil.copytree(stdlib / "email", folder / "email", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(stdlib / "json", folder / "json", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(stdlib / "asyncio", repository / "asyncio", ignore=shutil.ignore_patterns("__pycache__"))
    (repository / "LICENSE").write_text("SPDX-License-Identifier: MIT\n")
    git = ["git", "-C", str(repository), "-c", "user.name=t", "-c", "user.email=t@example.com"]
    for command in (["init", "-q"], ["add", "."], ["commit", "-qm", "first"]):
        subprocess.run([*git, *command], check=True)
    return folder, repository


def test_folders_and_repositories_that_the_user_names_become_a_model(folder: Folder) -> None:
    app, tools = make_sources(folder.path)
    recipe = yaml.safe_load((ROOT / "recipes" / "own-code.yaml").read_text())
    recipe["ingestion"]["sources"] = [{"folder": {"path": str(app)}}, {"git": {"url": str(tools)}}]
    recipe["tokenizer"]["vocab_size"] = 512
    recipe["trainer"] = {"steps": 4, "sequence_length": 64, "batch_size": 2, "shape": {"layers": 1, "hidden_size": 64}}
    recipe["tokens"] = {"held_out_share": 0.3}
    del recipe["evaluation"], recipe["benchmark"]
    (folder.path / "own.yaml").write_text(yaml.safe_dump(recipe))

    first = folder.result("run", "own.yaml")
    corpus = first["stages"]["ingestion"]["summary"]
    assert corpus["repositories"] == 2
    assert first["stages"]["cleaning"]["summary"]["files_kept"] > 20

    # An unchanged world is a cache hit; one more file is not.
    again = folder.result("run", "own.yaml")
    assert all(stage["cached"] for stage in again["stages"].values())
    (app / "more.py").write_text("def area(width: float, height: float) -> float:\n    return width * height\n" * 20)
    changed = folder.result("run", "own.yaml")
    assert not changed["stages"]["ingestion"]["cached"]
