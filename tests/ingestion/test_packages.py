from __future__ import annotations

import shutil
import sys
from collections import Counter
from pathlib import Path

import pytest

from codekiln.core.errors import FailedPrecondition, NotFound
from codekiln.ingestion.selection import Selection
from codekiln.ingestion.sources.interpreter import ask
from codekiln.ingestion.sources.packages import PackagesSource, StandardLibrary
from codekiln.ingestion.sources.source import Cursor, Repository, Share, Skipped, SourceFile
from codekiln.ingestion.spec import InstalledPackages

from .material import ALL, MIT, Environment


def of(environment: Environment, **values: object) -> PackagesSource:
    return PackagesSource(InstalledPackages(environment.python, exclude_standard_library=True, **values))  # type: ignore[arg-type]


def items(repository: Repository) -> list[SourceFile | Skipped]:
    return list(repository.files(ALL, Share(None), Cursor()))


def test_a_package_is_what_its_record_lists(environment: Environment) -> None:
    environment.install(
        "Thing",
        "1.2",
        {
            "thing/__init__.py": "x = 1\n",
            "thing/a.pyc": "c",
            "thing/lib.so": "b",
            "thing/b.py": "# SPDX-License-Identifier: ISC\n",
        },
        metadata="License: MIT",
        extra="../../../bin/thing,,\n/etc/passwd.py,,\nthing/gone.py,,\n",
    )
    (environment.packages / "thing" / "unlisted.py").write_text("y = 1\n")
    (repository,) = of(environment).repositories()
    found = items(repository)
    files = [item for item in found if isinstance(item, SourceFile)]
    assert [(f.path, f.licenses.ids, f.licenses.evidence) for f in files] == [
        ("thing/__init__.py", ("MIT",), "metadata"),
        ("thing/b.py", ("ISC",), "header"),
    ]
    assert {(f.repository, f.revision) for f in files} == {("Thing", "1.2")}
    assert Counter(i.reason for i in found if isinstance(i, Skipped)) == {
        "outside_package": 2, "package_metadata": 2, "bytecode": 1, "unknown_language": 1, "missing": 1,
    }  # fmt: skip


def test_the_licence_file_speaks_where_the_metadata_does_not(environment: Environment) -> None:
    environment.install("a", "1", {"a.py": "x\n", "a-1.dist-info/licenses/LICENSE": MIT})
    environment.install("b", "1", {"b.py": "x\n", "b-1.dist-info/licenses/vendored/LICENSE": MIT})
    found = [item for r in of(environment).repositories() for item in items(r) if isinstance(item, SourceFile)]
    assert [(f.path, f.licenses.ids, f.licenses.evidence) for f in found] == [
        ("a.py", ("MIT",), "file"),
        ("b.py", (), ""),
    ]


def test_only_and_exclude_compare_names_as_pip_does(environment: Environment) -> None:
    for name in ("Big_Thing", "other", "third"):
        environment.install(name, "1", {f"{name}.py": "x\n"})
    assert [r.name for r in of(environment).repositories()] == ["Big_Thing", "other", "third"]
    assert [r.name for r in of(environment, only=("big-thing", "OTHER")).repositories()] == ["Big_Thing", "other"]
    assert [r.name for r in of(environment, exclude=("big.thing",)).repositories()] == ["other", "third"]
    with pytest.raises(NotFound, match="`absent` is not installed") as caught:
        of(environment, only=("absent",)).fingerprint(ALL)
    assert caught.value.reason == "PACKAGE_NOT_INSTALLED"


def test_the_fingerprint_follows_versions_and_records(environment: Environment) -> None:
    environment.install("a", "1", {"a.py": "x\n"})
    before = of(environment).fingerprint(ALL)
    assert of(environment).fingerprint(ALL) == before
    info = environment.install("a", "1", {"a.py": "changed\n"})
    changed = of(environment).fingerprint(ALL)
    assert changed != before
    shutil.rmtree(info)
    environment.install("a", "2", {"a.py": "changed\n"})
    assert of(environment).fingerprint(ALL) not in (before, changed)


def test_a_package_without_a_record_is_counted(environment: Environment) -> None:
    environment.install("a", "1", {"a.py": "x\n"}, record=False)
    (repository,) = of(environment).repositories()
    assert items(repository) == [Skipped("no_record")]


def test_installed_links_are_followed(environment: Environment, tmp_path: Path) -> None:
    environment.install("a", "1", {"a.py": "x = 1\n"})
    (environment.packages / "a.py").rename(tmp_path / "cached.py")
    (environment.packages / "a.py").symlink_to(tmp_path / "cached.py")
    (repository,) = of(environment).repositories()
    assert [item.content for item in items(repository) if isinstance(item, SourceFile)] == [b"x = 1\n"]


def test_the_standard_library_is_the_interpreters_without_its_packages() -> None:
    interpreter = ask("")
    library = StandardLibrary(interpreter)
    assert library.revision == ".".join(map(str, sys.version_info[:3]))
    paths = {entry.path for entry in library.entries()}
    assert {"os.py", "json/__init__.py"} <= paths
    assert not any("site-packages" in path or "__pycache__" in path for path in paths)
    assert library.size(Selection(frozenset({"Python"}), 10_000_000)) > 5_000_000
    assert library.licensing()("os.py").ids == ("PSF-2.0",)


def test_another_interpreter_is_asked_without_our_path(
    environment: Environment, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    answer = ask(environment.python)
    assert str(environment.packages) in answer.search_path
    assert str(tmp_path) not in answer.search_path


def test_an_interpreter_that_is_not_there_or_is_none(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="no Python interpreter `pythn3`") as missing:
        ask("pythn3")
    assert missing.value.reason == "PYTHON_NOT_FOUND"
    for text, what in (("#!/bin/sh\necho hello\n", "its output is not ours"), ("#!/bin/sh\nexit 3\n", "status 3")):
        program = tmp_path / "python"
        program.write_text(text)
        program.chmod(0o755)
        with pytest.raises(FailedPrecondition, match=what) as unusable:
            ask(str(program))
        assert unusable.value.reason == "PYTHON_UNUSABLE"
