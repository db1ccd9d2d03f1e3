"""redact, judge and duplicates as anybody calls them: from Python and from the command line, without a server."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import Any

import pytest

from codekiln.cleaning import Text, duplicates, judge, redact
from codekiln.cleaning.standalone.judging import explain
from codekiln.core.errors import InvalidArgument
from tests.cleaning.anonymize_examples import made
from tests.cleaning.material import FUNCTION

TOKEN = "ghp_" + made("standalone", 36)
SOURCE = (Path(sysconfig.get_paths()["stdlib"]) / "fnmatch.py").read_bytes()


def test_the_server_of_cleaning_does_not_load_what_the_functions_need() -> None:
    code = "import sys, codekiln.cleaning.server; print(*(m for m in ('numpy', 'pyarrow') if m in sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "\n"


def test_a_name_that_is_not_there_is_an_attribute_error() -> None:
    import codekiln.cleaning

    with pytest.raises(AttributeError, match="unredact"):
        codekiln.cleaning.unredact  # noqa: B018


def test_redact_takes_bytes_that_are_no_text_and_text_that_is_no_unicode() -> None:
    assert redact(b"\xff\xfe " + TOKEN.encode())[0].startswith(b"\xff\xfe ghp_")
    new, [span] = redact("\udcff " + TOKEN)
    assert new.startswith("\udcff ghp_") and span.start == 2


def test_settings_are_found_without_a_language_and_left_alone_in_code() -> None:
    line = f"DB_PASSWORD = {made('settings', 20)}\n"
    assert [span.kind for span in redact(line).spans] == ["secret"]
    assert redact(line, language="Python").spans == ()


@pytest.mark.parametrize(
    ("path", "data", "step", "rule"),
    [
        ("app.py", SOURCE, "", ""),
        ("app.py", b"", "size", "empty"),
        ("app.py", b"\0\1\2", "decode", "binary"),
        ("app.py", b"x = 1\n" + b"y" * 2000, "lines", "line_too_long"),
        ("app.py", b"def broken(:\n" + SOURCE, "parse", "parse_error"),
        ("app_pb2.py", SOURCE, "generated", "protobuf python"),
        ("app.py", b"# This file is auto-generated\n" + SOURCE, "generated", "phrase"),
        ("web/node_modules/a/index.py", SOURCE, "vendored", "node_modules"),
        ("web\\node_modules\\a\\index.py", SOURCE, "vendored", "node_modules"),
    ],
)
def test_judge_says_which_step_and_rule_drop_a_file(path: str, data: bytes, step: str, rule: str) -> None:
    verdict = judge(path, data)
    assert (verdict.keep, verdict.step, verdict.rule) == (not step, step, rule)
    assert bool(verdict.reason) is bool(step)


def test_judge_takes_text_and_paths_of_any_kind() -> None:
    assert judge(Path("app_pb2.py"), SOURCE.decode()) == judge("app_pb2.py", SOURCE)
    assert judge(Path("app.py"), SOURCE.decode()).keep
    half = SOURCE.decode() + "# \udcff"
    assert judge("app.py", half) == judge("app.py", half.encode(errors="surrogatepass"))


def test_explain_goes_on_after_a_drop() -> None:
    decisions = {each.step: each for each in explain("a/vendor/app_pb2.py", SOURCE)}
    assert decisions["generated"].outcome == decisions["vendored"].outcome == "drop"
    assert decisions["parse"].reason == "checked: Python"
    binary = {each.step: each.outcome for each in explain("app.py", b"\0")}
    assert binary.pop("size") == "keep" and binary.pop("decode") == "drop" and set(binary.values()) == {"skip"}


def test_duplicates_are_clustered_and_the_best_survives() -> None:
    text = SOURCE.decode()
    documents = [
        Text(text, license="GPL-3.0-only", stars=900),
        Text(text + "\n# one line more\n", license="MIT", stars=3, date="2024-01-01"),
        Text(text.replace("    ", "\t"), license="MIT", stars=3, date="2025-01-01"),
        {"text": text, "license": "MIT", "stars": 2},
        FUNCTION,
        b"something else entirely",
    ]
    [cluster] = duplicates(documents)
    assert cluster.members == (0, 1, 2, 3)
    assert cluster.survivor == 2
    assert cluster.kind == "near"


@pytest.mark.parametrize(
    ("other", "kind"), [(SOURCE, "exact"), (SOURCE.replace(b"    ", b"\t"), "whitespace"), (SOURCE + b"# x\n", "near")]
)
def test_a_cluster_says_how_its_members_are_alike(other: bytes, kind: str) -> None:
    assert [(c.members, c.kind) for c in duplicates([SOURCE, other])] == [((0, 1), kind)]
    assert len(duplicates([SOURCE, other], threshold=1)) == (kind != "near")


def test_a_copy_of_a_copy_is_in_the_cluster_and_the_end_of_a_long_chain_is_not() -> None:
    words = [f"word{i:03}" for i in range(600)]
    chain = [" ".join(words[start : start + 100]) for start in range(0, 480, 12)]
    found = duplicates(chain)
    assert [(c.survivor, c.members) for c in found] == [(i, (i, i + 1, i + 2, i + 3)) for i in range(0, 40, 4)]
    for cluster in found:
        # Of 96 shingles 12 more are others with each step.
        assert cluster.similarities == pytest.approx([(96 - 12 * i) / (96 + 12 * i) for i in range(4)])


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ({"text": "a", "date": "last week"}, "ISO 8601"),
        ({"text": "a", "stars": "many"}, "`stars` of document 1"),
        ({"text": 7}, "`text` of document 1"),
        ({"body": "a"}, "document 1"),
        (None, "document 1"),
    ],
)
def test_a_document_that_is_none_is_named(document: Any, words: str) -> None:
    with pytest.raises(InvalidArgument) as caught:
        duplicates(["fine", document])
    assert words in caught.value.message
    assert (
        duplicates([{"text": "a b", "date": "2024-05"}, {"text": "a b", "date": "2024-06-01T10:00:00Z"}])[0].survivor
        == 1
    )


def test_nothing_and_one_have_no_duplicates() -> None:
    assert duplicates([]) == duplicates(["a"]) == []


def run(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    command = [sys.executable, "-m", "codekiln.cli.main", "clean", *arguments]
    return subprocess.run(command, capture_output=True, text=True, cwd=cwd, env=environment)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("one.py", "sub/two.py", ".git/three.py"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(SOURCE + f"\n# {TOKEN}\n".encode())
    (tmp_path / "link.py").symlink_to("one.py")
    return tmp_path


def test_redact_on_files_changes_them_only_when_asked(folder: Path) -> None:
    done = run("redact", ".", cwd=folder)
    assert done.returncode == 0, done.stderr
    assert [line.split(":")[0] for line in done.stdout.splitlines()] == ["one.py", "sub/two.py"]
    assert "github_token -> ghp_" in done.stdout and TOKEN not in done.stdout
    assert TOKEN in (folder / "one.py").read_text()
    assert run("redact", "--in-place", "one.py", cwd=folder).returncode == 0
    assert TOKEN not in (folder / "one.py").read_text() and TOKEN in (folder / "sub/two.py").read_text()
    assert run("redact", "one.py", cwd=folder).stdout == ""


def test_each_speaks_json(folder: Path) -> None:
    redacted = json.loads(run("redact", "one.py", "--json", cwd=folder).stdout)
    assert [span["kind"] for span in redacted["spans"]] == ["github_token"] and TOKEN not in redacted["text"]
    explained = [json.loads(line) for line in run("explain", "--json", ".", cwd=folder).stdout.splitlines()]
    assert [(each["path"], each["keep"]) for each in explained] == [("one.py", True), ("sub/two.py", True)]
    steps = {step["step"]: step for step in explained[0]["steps"]}
    assert steps["decode"] == {"step": "decode", "outcome": "keep", "rule": "", "reason": "", "measures": []}
    assert steps["size"]["measures"] == [
        {"name": "bytes", "value": len((folder / "one.py").read_bytes()), "least": 1, "most": 10_000_000}
    ]
    [cluster] = [json.loads(line) for line in run("duplicates", "--json", ".", cwd=folder).stdout.splitlines()]
    members = ["one.py", "sub/two.py"]
    assert cluster == {"kind": "exact", "survivor": "one.py", "members": members, "similarities": [1, 1]}


def test_a_file_is_judged_by_its_path_in_its_repository(tmp_path: Path) -> None:
    for name in ("vendor/repo/.git/HEAD", "vendor/repo/a.py", "plain/vendor/a.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(SOURCE)
    elsewhere, inside = tmp_path / "vendor" / "repo" / ".git", tmp_path / "plain" / "vendor"
    cases = (
        ("of a repository", elsewhere, "vendor/repo/a.py", True),
        ("below the folder that was named", elsewhere, "plain", False),
        ("of a file alone", elsewhere, "plain/vendor/a.py", False),
        ("from the working folder", inside, "plain/vendor/a.py", True),
    )
    for what, place, name, keep in cases:
        done = run("explain", "--json", str(tmp_path / name), cwd=place)
        assert json.loads(done.stdout)["keep"] is keep, what


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (("redact", "absent.py"), 1, "absent.py"),
        (("duplicates", "--threshold", "7", "one.py"), 2, "--threshold"),
        (("explain",), 2, "PATH"),
    ],
)
def test_wrong_use_is_told(folder: Path, arguments: tuple[str, ...], status: int, said: str) -> None:
    done = run(*arguments, cwd=folder)
    assert done.returncode == status and said in done.stderr and "Traceback" not in done.stderr
