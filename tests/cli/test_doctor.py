"""doctor: what is there, what is missing, and how to get it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from codekiln.cli import doctor
from codekiln.core.settings import Settings
from tests.e2e.folder import Folder


def test_every_check_has_a_state_and_each_that_is_not_ok_a_remedy(folder: Folder) -> None:
    done = folder.run("doctor", "--json")
    checks = json.loads(done.stdout)
    assert {check["name"] for check in checks} >= {"python", "git", "memory", "disk", "sandbox", "store", "services"}
    assert all(check["state"] in ("ok", "warning", "missing") and check["found"] for check in checks)
    assert all(bool(check["remedy"]) == (check["state"] != "ok") for check in checks)
    assert done.returncode == int(any(check["state"] == "missing" for check in checks))


def test_for_people_it_is_a_line_a_check(folder: Folder) -> None:
    done = folder.run("doctor")
    assert done.stderr == ""
    lines = [line for line in done.stdout.splitlines() if not line.strip().startswith("->")]
    assert all(line.split()[0] in ("ok", "warning", "missing") for line in lines)


def test_what_is_missing_is_named_with_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "_EXTRAS", {"trainer": ("torch_of_nowhere", "json")})
    monkeypatch.setattr(doctor, "_DISK_GB", 10**9)
    monkeypatch.setenv("PATH", str(tmp_path))
    settings = Settings(home=tmp_path / "not" / "yet")
    (packages,) = doctor._packages(settings)
    assert (packages.state, packages.found) == ("missing", "without torch_of_nowhere")
    assert "codekiln[trainer]" in packages.remedy
    (disk,), (git,), (compiler,) = doctor._disk(settings), doctor._git(settings), doctor._compiler(settings)
    assert disk.state == "missing" and str(tmp_path) in disk.found and "GB" in disk.remedy
    assert git.state == "warning" and compiler.state == "warning"
    assert not settings.home.exists(), "looking makes nothing"


def test_a_store_that_cannot_be_used_is_missing(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    (check,) = doctor._store(Settings(store=(tmp_path / "file" / "store").as_uri()))
    assert check.state == "missing" and "CODEKILN_STORE" in check.remedy
    (check,) = doctor._store(Settings(store="nonsense"))
    assert check.state == "missing" and "`nonsense` is not a store" in check.remedy
