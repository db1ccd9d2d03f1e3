"""PATHs of the commands on files: pipes, names that a terminal would obey, files that cannot be read or rewritten."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from codekiln.cleaning.standalone.inputs import Input, Inputs, printable
from codekiln.core.errors import FailedPrecondition, InvalidArgument
from tests.cleaning.anonymize_examples import made
from tests.cleaning.material import FUNCTION

TOKEN = "ghp_" + made("inputs", 36)


def run(*arguments: str, cwd: Path, piped: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    command = [sys.executable, "-m", "codekiln.cli.main", "clean", *arguments]
    return subprocess.run(command, capture_output=True, input=piped, cwd=cwd, env=environment)


def test_what_is_piped_in_is_a_file_too(tmp_path: Path) -> None:
    line = f"x = '{TOKEN}'\n".encode()
    assert run("redact", "-", cwd=tmp_path, piped=b"\n" + line).stdout.startswith(b"-:2: github_token -> ghp_")
    filtered = run("redact", "--in-place", "-", cwd=tmp_path, piped=line).stdout
    assert filtered.startswith(b"x = 'ghp_") and len(filtered) == len(line) and filtered != line
    told = run("explain", "--json", "--stdin-filename", "web/app_pb2.py", "-", cwd=tmp_path, piped=FUNCTION.encode())
    explained = json.loads(told.stdout)
    assert (explained["path"], explained["step"]) == ("-", "generated")


def test_names_are_shown_in_one_line_and_recorded_as_text(tmp_path: Path) -> None:
    assert printable("a\nb\x1b[2J\u202ec\udcff \u00e9") == "a\\nb\\x1b[2J\\u202ec\\xff \u00e9"
    (tmp_path / os.fsdecode(b"a\n\xff.py")).write_text(FUNCTION)
    (tmp_path / "b.py").write_text(FUNCTION)
    assert run("duplicates", ".", cwd=tmp_path).stdout == b"exact: a\\n\\xff.py stays\n  b.py  1.00\n"
    assert json.loads(run("duplicates", "--json", ".", cwd=tmp_path).stdout)["survivor"] == "a\n\ufffd.py"


def test_what_is_no_file_is_refused_by_its_name_and_passed_over_in_a_folder(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.py")
    with pytest.raises(InvalidArgument, match="is no regular file"):
        Inputs((str(tmp_path / "pipe.py"),))
    assert list(Inputs((str(tmp_path),))) == []


def test_a_file_that_cannot_be_read_is_told_and_the_others_are_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.py").write_text("x")
    inputs = Inputs(("/proc/self/mem", str(tmp_path)))
    assert [data for _, data in inputs] == [b"x"]
    with pytest.raises(FailedPrecondition, match="1 of the paths could not be read"):
        inputs.finish()
    assert capsys.readouterr().err == "cannot read /proc/self/mem: Input/output error\n"


def test_a_folder_without_files_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    inputs = Inputs((str(tmp_path),))
    assert list(inputs) == []
    inputs.finish()
    assert capsys.readouterr().err == f"there is no file in {tmp_path}\n"
    assert Input(None, "").shown == "-"


def test_binaries_are_not_rewritten_and_utf16_and_modes_stay(tmp_path: Path) -> None:
    text = f"token = '{TOKEN}'\n"
    (tmp_path / "a.bin").write_bytes(b"\0" + text.encode())
    (tmp_path / "b.txt").write_bytes(text.encode("utf-16"))
    (tmp_path / "c.sh").write_text(text)
    (tmp_path / "c.sh").chmod(0o754)
    done = run("redact", "--in-place", ".", cwd=tmp_path)
    assert done.returncode == 0 and b"a.bin is no text: left as it is" in done.stderr
    assert TOKEN.encode() in (tmp_path / "a.bin").read_bytes()
    wide = (tmp_path / "b.txt").read_bytes()
    assert wide[:2] == text.encode("utf-16")[:2] and len(wide.decode("utf-16")) == len(text)
    assert TOKEN not in wide.decode("utf-16") and TOKEN not in (tmp_path / "c.sh").read_text()
    assert (tmp_path / "c.sh").stat().st_mode & 0o777 == 0o754
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_file()) == ["a.bin", "b.txt", "c.sh"]
