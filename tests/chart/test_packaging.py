"""The package is the same bytes whenever and with whichever helm it is made, and renders what the folder renders."""

from __future__ import annotations

import gzip
import io
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from tests.chart.rendering import CHART, ROOT, render, run_helm
from tools.package_chart import EARLIEST, packaged, without_times


def archive(seconds: int, *names: str) -> bytes:
    written = io.BytesIO()
    with tarfile.open(fileobj=written, mode="w:gz") as tar:
        for name in names:
            entry = tarfile.TarInfo(name)
            entry.size, entry.mtime, entry.uname = 4, seconds, f"user{seconds}"
            tar.addfile(entry, io.BytesIO(b"text"))
    return written.getvalue()


def test_times_owners_and_order_leave_no_trace() -> None:
    first, second = archive(1_000_000, "a", "b"), archive(2_000_000, "b", "a")
    assert first != second
    assert without_times(first, EARLIEST) == without_times(second, EARLIEST)
    with tarfile.open(fileobj=io.BytesIO(without_times(first, EARLIEST))) as tar:
        assert [(m.name, m.mtime, m.uid, m.uname) for m in tar] == [("a", EARLIEST, 0, ""), ("b", EARLIEST, 0, "")]


def test_other_content_is_other_bytes() -> None:
    assert without_times(archive(1, "a"), EARLIEST) != without_times(archive(1, "c"), EARLIEST)


@pytest.mark.chart
def test_the_package_is_the_same_bytes_twice(tmp_path: Path) -> None:
    once, again = packaged(CHART, tmp_path / "once"), packaged(CHART, tmp_path / "again")
    assert once.name == again.name
    assert once.read_bytes() == again.read_bytes()
    # helm's own archive differs in its times alone: the same files are in it.
    run_helm("package", str(CHART), "--destination", str(tmp_path))
    assert _files(tmp_path / once.name) == _files(once)


@pytest.mark.chart
def test_the_package_has_the_time_that_it_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    with gzip.open(packaged(CHART, tmp_path)) as content, tarfile.open(fileobj=content) as tar:
        assert {member.mtime for member in tar} == {1700000000}


@pytest.mark.chart
def test_the_package_renders_what_the_folder_renders(tmp_path: Path) -> None:
    assert render(chart=packaged(CHART, tmp_path)) == render()


@pytest.mark.chart
def test_make_package_says_what_it_made() -> None:
    done = subprocess.run([sys.executable, str(ROOT / "tools" / "package_chart.py")], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    name, _, digest = done.stdout.strip().partition("  sha256:")
    assert (ROOT / name).exists() and len(digest) == 64


def _files(package: Path) -> dict[str, bytes]:
    with tarfile.open(package) as tar:
        return {member.name: tar.extractfile(member).read() for member in tar if member.isfile()}  # type: ignore[union-attr]
