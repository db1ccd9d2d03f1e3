"""Trying rules on a sample: reproducible, true to a whole cleaning, quick to say what is wrong with the rules."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from codekiln.cleaning.spec import CleaningSpec
from codekiln.cleaning.standalone import sample
from codekiln.cleaning.standalone.estimate import share_of_bytes, share_of_files
from codekiln.cleaning.standalone.preview import summarize
from codekiln.cleaning.standalone.rules import read_rules
from codekiln.cleaning.standalone.sample import from_corpus, from_folder
from codekiln.cleaning.standalone.trial import Trial, try_files
from codekiln.cleaning.worker import identify, work
from codekiln.core.artifacts import Manifest, Ref
from codekiln.core.errors import FailedPrecondition, InvalidArgument
from codekiln.core.jobs.worker import Context
from codekiln.core.names import set_name
from tests.cleaning import material
from tests.cleaning.material import FUNCTION, row, stdlib


def rows(count: int = 120) -> list[dict[str, Any]]:
    found = [row(path.read_bytes(), path.name) for path in stdlib("*.py", count)]
    return [*found, row(b"\0", "b.py"), row("x = '" + "y" * 400 + "'\n" + FUNCTION, "long.py")]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("preview")


@pytest.fixture(scope="module")
def context(home: Path) -> Context:
    return material.context(home)[0]


@pytest.fixture(scope="module")
def corpus(context: Context) -> Manifest:
    made = material.corpus(context.store, [rows()[i::3] for i in range(3)])
    set_name(context.store, "mine/corpus", made.ref)
    return made


def paths(drawn: sample.Drawn) -> list[str]:
    return sorted(document.path for document in drawn.documents)


def test_a_sample_is_the_same_for_a_seed_however_the_corpus_is_cut(context: Context, corpus: Manifest) -> None:
    one = from_corpus(context.store, corpus, 30, seed=1)
    other = from_corpus(context.store, material.corpus(context.store, [rows()], "whole"), 30, seed=1)
    assert paths(one) == paths(other) and len(one.documents) == 30 and one.files == 122
    assert paths(one) != paths(from_corpus(context.store, corpus, 30, seed=2))
    assert len(from_corpus(context.store, corpus, 5000, seed=1).documents) == 122


def test_of_a_corpus_too_large_whole_shards_are_drawn(
    context: Context, corpus: Manifest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sample, "LOOKED_THROUGH", 1)
    drawn = from_corpus(context.store, corpus, 200, seed=1)
    assert (drawn.shards, drawn.of_shards, drawn.files) == (1, 3, 122) and 40 <= len(drawn.documents) <= 41


def test_a_sample_of_everything_is_what_a_cleaning_does(context: Context, corpus: Manifest) -> None:
    rules = CleaningSpec(corpus=corpus.ref, max_line_length=79, near_duplicate_threshold=1)
    cleaned = work(rules, identify(rules, context), context).summary
    drawn = from_corpus(context.store, corpus, 5000, seed=0)
    before = CleaningSpec(corpus=corpus.ref)
    steps, tried = try_files(Trial(before, rules), drawn.documents)
    found = summarize(drawn, steps, tried, before, rules)
    filtered = {r: a["files"] for r, a in cleaned["dropped"].items() if not r.endswith("_duplicate")}
    assert {r["reason"]: r["after"] for r in found["reasons"] if r["after"]} == filtered
    gone = sum(filtered.values())
    assert sum(step["after"] for step in found["steps"]) == gone == 122 - found["estimate"]["after"]["kept"]
    assert found["estimate"]["after"]["files"] == {"value": 122 - gone, "low": 122 - gone, "high": 122 - gone}
    assert found["rules"] == {
        "max_line_length": {"before": 1000, "after": 79}, "near_duplicate_threshold": {"before": 0.7, "after": 1},
    }  # fmt: skip
    assert {file["reason"] for file in found["moved"]["now_dropped"]} == {"line_too_long"}


def test_processes_change_nothing(context: Context, corpus: Manifest, monkeypatch: pytest.MonkeyPatch) -> None:
    documents = from_corpus(context.store, corpus, 5000, seed=0).documents
    trial = Trial(CleaningSpec(corpus=corpus.ref), CleaningSpec(corpus=corpus.ref, min_alphabetic_share=0.6))
    alone = try_files(trial, documents)
    monkeypatch.setattr("codekiln.cleaning.standalone.trial._ALONE", 0)
    assert try_files(trial, documents) == alone


def test_intervals_hold_the_truth_as_often_as_they_say() -> None:
    draws = random.Random(4)
    sizes = [int(draws.lognormvariate(8, 1.3)) for _ in range(4000)]
    keep = [draws.random() < (0.6 if size < 5000 else 0.9) for size in sizes]
    files, amount = sum(keep) / 4000, sum(s for s, k in zip(sizes, keep, strict=True) if k) / sum(sizes)
    inside_files = inside_bytes = 0
    for _ in range(400):
        chosen = draws.sample(range(4000), 600)
        hits = [sizes[i] if keep[i] else 0 for i in chosen]
        a = share_of_files(sum(keep[i] for i in chosen), 600, 4000)
        b = share_of_bytes(hits, [sizes[i] for i in chosen], 4000)
        inside_files += a.low <= files <= a.high
        inside_bytes += b.low <= amount <= b.high
    # Of files 380 is expected and 368 is three standard deviations below. Of bytes the interval is known to be narrow.
    assert inside_files >= 368 and inside_bytes >= 300


def test_an_interval_of_the_whole_is_the_truth_and_of_one_file_is_everything() -> None:
    assert share_of_files(3, 4, 4).low == share_of_files(3, 4, 4).high == 0.75
    one = share_of_bytes([5], [5], 100)
    assert (one.low, one.high) == (0, 1)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        (["max_line_lenght=5"], "did you mean `max_line_length`"),
        (["max_line_length"], "FIELD=VALUE"),
        (["max_line_length=0"], "at least 1"),
        (["max_line_length=wide"], "max_line_length"),
        (["licenses=[not a licence]"], "SPDX"),
        (["corpus=corpus:1"], "no field `corpus`"),
        (["anonymize=[}"], "not YAML"),
    ],
)
def test_rules_that_are_none_are_told(settings: list[str], said: str) -> None:
    with pytest.raises(InvalidArgument) as caught:
        read_rules(settings)
    assert said in str(caught.value.message) + str(caught.value.violations)


def test_rules_come_from_a_recipe_and_settings_win(tmp_path: Path) -> None:
    recipe = tmp_path / "recipe.yaml"
    recipe.write_text("name: x\ningestion: {}\ncleaning: {max_line_length: 300, keep_unlicensed: true}\n")
    rules = read_rules(["max_line_length=400"], recipe)
    assert (rules.max_line_length, rules.keep_unlicensed) == (400, True)
    recipe.write_text("cleaning:\n")
    assert read_rules([], recipe) == CleaningSpec(corpus=Ref("corpus", "0" * 32))
    recipe.write_text("cleaning: [1]\n")
    with pytest.raises(InvalidArgument, match="mapping"):
        read_rules([], recipe)


def test_an_empty_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(FailedPrecondition, match="no file"):
        from_folder(tmp_path, 5, 0)


def run(home: Path, *arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("CODEKILN_")},
        "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
        "CODEKILN_HOME": str(home),
    }
    command = [sys.executable, "-m", "codekiln.cli.main", "clean", *arguments]
    return subprocess.run(command, capture_output=True, text=True, cwd=cwd, env=environment)


def test_a_corpus_is_previewed_by_its_name(home: Path, corpus: Manifest, tmp_path: Path) -> None:
    told = run(home, "preview", "mine/corpus", "--set", "max_line_length=200", "--files", "100", cwd=tmp_path)
    assert told.returncode == 0, told.stderr
    assert "max_line_length: 1000 -> 200" in told.stdout and "100 of 122 files" in told.stdout
    found = json.loads(run(home, "preview", "mine/corpus", "--json", cwd=tmp_path).stdout)
    assert found["sample"]["files"] == 122 and found["rules"] == {}
    assert found["moved"] == {"now_dropped": [], "now_kept": []}


def test_a_folder_is_previewed_without_its_licence(home: Path, tmp_path: Path) -> None:
    for number in range(4):
        (tmp_path / f"{number}.py").write_text(FUNCTION + f"# {number}\n" + "#" * 150 * number + "\n")
    (tmp_path / "link.py").symlink_to("0.py")
    found = json.loads(run(home, "preview", ".", "--set", "max_line_length=200", "--json", cwd=tmp_path).stdout)
    assert found["sample"]["of"] == 4 and "licence" not in [step["step"] for step in found["steps"]]
    assert [file["path"] for file in found["moved"]["now_dropped"]] == ["2.py", "3.py"]


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (("nobody/knows",), 1, "nobody/knows"),
        (("a.py",), 2, "a.py is a file: name its folder, or ask `codekiln clean explain`"),
        ((".", "--set", "x=1"), 2, "no field `x`"),
        ((".", "--recipe", "absent.yaml"), 1, "absent.yaml"),
        ((".", "--files", "0"), 2, "--files"),
        ((".", "--benchmark", "absent.jsonl"), 2, "absent.jsonl"),
    ],
)
def test_wrong_use_is_told(home: Path, tmp_path: Path, arguments: tuple[str, ...], status: int, said: str) -> None:
    (tmp_path / "a.py").write_text(FUNCTION)
    done = run(home, "preview", *arguments, cwd=tmp_path)
    assert done.returncode == status and said in done.stderr and "Traceback" not in done.stderr


def test_explain_shows_every_step_with_its_figures(home: Path, tmp_path: Path) -> None:
    problem = tmp_path / "problems.jsonl"
    problem.write_text(json.dumps(material.PROBLEM) + "\n")
    text = material.PROBLEM["prompt"] + material.PROBLEM["canonical_solution"]
    (tmp_path / "a.py").write_text(text)
    rules = ("--set", "max_line_length=60", "--license", "GPL-3.0-only", "--benchmark", "problems.jsonl")
    found = json.loads(run(home, "explain", "a.py", *rules, "--json", cwd=tmp_path).stdout)
    steps = {step["step"]: step for step in found["steps"]}
    outcomes = {name: steps[name]["outcome"] for name in ("licence", "lines", "parse", "benchmark", "duplicates")}
    assert outcomes == {"licence": "drop", "lines": "drop", "parse": "keep", "benchmark": "drop", "duplicates": "skip"}
    assert (found["keep"], found["step"], found["rule"]) == (False, "licence", "licence_not_allowed")
    [longest] = [m for m in steps["lines"]["measures"] if m["name"] == "longest line"]
    assert longest["value"] == max(map(len, text.split("\n"))) and longest["most"] == 60
    told = run(home, "explain", "a.py", *rules, cwd=tmp_path).stdout
    assert "! longest line" in told and "at most 60" in told and "docstring" in told
    (tmp_path / "b.bin").write_bytes(b"\0")
    binary = json.loads(run(home, "explain", "b.bin", "--json", cwd=tmp_path).stdout)
    assert [s["outcome"] for s in binary["steps"]][:3] == ["skip", "keep", "drop"]
    assert {s["outcome"] for s in binary["steps"][3:]} == {"skip"}
