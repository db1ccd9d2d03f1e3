"""The root command: help that teaches, errors in one sentence, for people and for machines."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from codekiln import __version__
from codekiln.cli.main import root
from tests.e2e.folder import CODEKILN, Folder

COMMANDS = [
    "up", "down", "connect", "run", "ingest", "clean", "report", "tokenizer", "train", "evaluate", "serve", "complete",
    "infill", "jobs", "artifacts", "lineage", "optout", "doctor",
]  # fmt: skip


def test_commands_are_listed_in_the_order_of_use_with_what_they_do() -> None:
    assert list(root.commands) == COMMANDS
    shown = CliRunner().invoke(root, ["--help"]).output
    for name in COMMANDS:
        assert re.search(rf"^  {name} +\S", shown, re.MULTILINE), name
    assert "codekiln run recipes/demo.yaml" in shown


def parameters(command: click.Command) -> list[click.Parameter]:
    """Its own and those of its commands."""
    below = command.commands.values() if isinstance(command, click.Group) else ()
    return [*command.params, *(option for each in below for option in each.params)]


@pytest.mark.parametrize("name", COMMANDS)
def test_the_help_of_every_command_has_an_example_and_explains_its_options(name: str) -> None:
    command = root.commands[name]
    shown = CliRunner().invoke(root, [name, "--help"])
    assert shown.exit_code == 0
    assert re.search(rf"^ +(.* \| )?codekiln {name}\b", shown.output, re.MULTILINE), "no example"
    for option in parameters(command):
        if isinstance(option, click.Option) and option.name not in ("help", "max_tokens", "top_p", "host"):
            assert option.help, option.name


@pytest.mark.parametrize("name", [name for name in COMMANDS if name not in ("down", "run")])
def test_an_example_names_only_options_that_exist(name: str) -> None:
    command = root.commands[name]
    known = {text for option in parameters(command) for text in option.opts + option.secondary_opts}
    examples = re.findall(rf"codekiln {name}\b[^\n]*", command.help or "")
    assert set(re.findall(r"(?<=\s)--[a-z-]+", " ".join(examples))) <= known


@pytest.mark.parametrize("name", [name for name in COMMANDS if name not in ("down",)])
def test_machines_are_served_by_every_command(name: str) -> None:
    assert any("--json" in option.opts for option in parameters(root.commands[name]))


def test_an_error_is_one_sentence_and_a_status(folder: Folder) -> None:
    done = folder.run("run", "nowhere.yaml")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "error: cannot read the recipe nowhere.yaml: No such file or directory\n"


def test_wrong_use_is_status_2(folder: Folder) -> None:
    (folder.path / "bad.yaml").write_text("benchmrk: {}\n")
    done = folder.run("run", "bad.yaml")
    assert done.returncode == 2
    assert done.stderr == "error: bad.yaml:1: `benchmrk` is not known: did you mean `benchmark`?\n"
    assert folder.run("nonsense").returncode == 2
    assert folder.run("jobs", "--watch").stderr == "error: --cancel and --watch need a job's id\n"


def test_with_json_the_error_is_a_line_on_stdout(folder: Folder) -> None:
    done = folder.run("complete", "def f():", "--json")
    error = json.loads(done.stdout)["error"]
    assert done.returncode == 1
    assert (error["reason"], error["code"]) == ("SERVICES_NOT_RUNNING", "UNAVAILABLE")
    assert done.stderr == f"error: {error['message']}\n" and "codekiln up" in error["message"]


def test_a_wrong_variable_is_told_by_every_command_that_looks(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    environ = {"PATH": "/usr/bin", "CODEKILN_HOEM": "x"}
    for arguments in (["doctor"], ["jobs"], ["complete", "x"], ["up"], ["down"]):
        done = subprocess.run([CODEKILN, *arguments], cwd=folder.path, env=environ, capture_output=True, text=True)
        assert done.returncode == 2
        assert done.stderr == "error: unknown setting CODEKILN_HOEM: did you mean CODEKILN_HOME?\n"


def test_a_home_that_cannot_be_made_is_named(folder: Folder) -> None:
    (folder.path / ".codekiln").write_text("a file")
    done = folder.run("jobs")
    assert done.returncode == 1 and "Traceback" not in done.stderr
    assert done.stderr.startswith("error: ") and ".codekiln" in done.stderr


def test_a_reader_that_goes_away_is_no_error(folder: Folder) -> None:
    done = subprocess.run(
        f"'{CODEKILN}' --help | head -c 1", shell=True, cwd=folder.path, capture_output=True, text=True
    )
    assert done.stderr == "" and done.stdout == "U"


def test_the_version_is_the_packages(folder: Folder) -> None:
    assert folder.run("--version").stdout == f"codekiln, version {__version__}\n"


def test_starting_the_command_line_imports_nothing_heavy() -> None:
    code = "import sys, codekiln.cli.main; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env={
        "PYTHONPATH": str(Path(__file__).parents[2] / "services")
    }).stdout.split()  # fmt: skip
    assert not {"torch", "numpy", "pyarrow", "dask", "vllm", "minio", "transformers"} & set(loaded)
