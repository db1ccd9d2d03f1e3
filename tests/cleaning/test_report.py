"""The report: sums match, samples are reproducible, values stay hidden, the page is whole, runs are compared."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from codekiln.cleaning.report import page, style
from codekiln.cleaning.spec import CleaningSpec
from codekiln.cleaning.worker import identify, work
from codekiln.core.artifacts import Manifest, read_part
from codekiln.core.jobs.worker import Context
from codekiln.core.names import set_name
from tests.cleaning import material
from tests.cleaning.anonymize_examples import made
from tests.cleaning.material import FUNCTION, PROBLEM, row, stdlib

SCHEMA = json.loads(files("codekiln.cleaning.report").joinpath("schema.json").read_text())
TOKEN = "ghp_" + made("report", 36)


def rows() -> list[dict[str, Any]]:
    """Real files, and one or two of what the report has a place for."""
    real = [row(path.read_bytes(), path.name) for path in stdlib("*.py", 30)]
    return [
        *real,
        row(real[3]["content"], "copy.py", repo_name="other", detected_licenses=["MIT", "Apache-2.0"]),
        row(real[5]["content"] + b"\n# one more line of comment here\n", "near.py", repo_name="other"),
        row(FUNCTION + "# ada@lovelace.org\nkey = '" + TOKEN + "'\n", "mail.py"),
        row(FUNCTION.replace("\n", "\r\n") + "# windows\r\n", "crlf.py"),
        row(b"\0\1\2", "binary.py", detected_licenses=[]),
        row(FUNCTION, "gpl.py", detected_licenses=["GPL-3.0-only"]),
        row(PROBLEM["prompt"] + PROBLEM["canonical_solution"], "leak.py"),
        row("function f(){ return [1,2,3].map(x => x + 1).filter(Boolean) }\n" * 4, "f.js", language="JavaScript"),
    ]


def clean(context: Context, shards: list[list[dict[str, Any]]], name: str = "made", **spec: Any) -> Manifest:
    corpus = material.corpus(context.store, shards, name)
    benchmark = material.benchmark(context.store, [PROBLEM])
    asked = CleaningSpec(corpus=corpus.ref, benchmarks=(benchmark.ref,), **spec)
    return work(asked, identify(asked, context), context)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("report")


@pytest.fixture(scope="module")
def context(home: Path) -> Context:
    return material.context(home)[0]


@pytest.fixture(scope="module")
def dataset(context: Context) -> Manifest:
    return clean(context, [rows()[::2], rows()[1::2]])


@pytest.fixture
def report(context: Context, dataset: Manifest) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(read_part(context.store, dataset.part("report.json")))
    return found


@pytest.fixture
def html(context: Context, dataset: Manifest) -> str:
    return read_part(context.store, dataset.part("report.html")).decode()


def test_what_came_in_is_what_stayed_and_what_went(report: dict[str, Any]) -> None:
    summary = report["summary"]
    for before, each, after in zip(
        [None, *report["funnel"]], report["funnel"], [*report["funnel"][1:], None], strict=False
    ):
        for what in ("files", "bytes"):
            gone = sum(amount[what] for amount in each["dropped"].values())
            assert each[f"{what}_in"] == each[f"{what}_out"] + gone
            assert before is None or before[f"{what}_out"] == each[f"{what}_in"]
            assert after is None or each[f"{what}_out"] == after[f"{what}_in"]
    last = report["funnel"][-1]
    assert last["step"] == "duplicates" and last["files_out"] == summary["files_kept"]
    for axis in ("languages", "licences"):
        for what in ("files", "bytes"):
            for each in report[axis]:
                assert each[f"{what}_in"] == each[f"{what}_kept"] + sum(a[what] for a in each["dropped"].values())
            assert sum(each[f"{what}_in"] for each in report[axis]) == summary[f"{what}_in"]
            assert sum(each[f"{what}_kept"] for each in report[axis]) == last[f"{what}_out"]
        dropped = {
            r: sum(row["dropped"].get(r, {"files": 0})["files"] for row in report[axis]) for r in summary["dropped"]
        }
        assert dropped == {reason: amount["files"] for reason, amount in summary["dropped"].items()}
    assert {row["name"] for row in report["licences"]} >= {"MIT", "GPL-3.0-only", "NOASSERTION"}
    assert summary["dropped"]["exact_duplicate"]["files"] == summary["dropped"]["near_duplicate"]["files"] == 1


def test_it_is_as_its_schema_says(report: dict[str, Any]) -> None:
    validator = jsonschema.Draft202012Validator(SCHEMA)
    assert [error.message for error in validator.iter_errors(report)] == []
    assert set(report) == set(SCHEMA["required"])
    for key in report:
        assert not validator.is_valid({name: value for name, value in report.items() if name != key}), key
        assert not validator.is_valid({**report, key: None}), key


def test_changes_are_shown_with_their_values_hidden(report: dict[str, Any], html: str) -> None:
    [sample] = [s for s in report["samples"]["changed"]["anonymize"] if s["path"] == "mail.py"]
    before = [line for hunk in sample["hunks"] for line in hunk["before"]]
    after = [line for hunk in sample["hunks"] for line in hunk["after"]]
    marked = ["".join(text for text, changed in line if changed) for line in after]
    assert any("@example" in text for text in marked) and any(text.startswith("ghp_") for text in marked)
    assert all("\u2022" in "".join(text for text, changed in line if changed) for line in before)
    for secret in ("lovelace", TOKEN, TOKEN[4:16]):
        assert secret not in json.dumps(report) and secret not in html
    assert re.search(r"<ins>[^<]*@example", html) and "<del>" in html


def test_line_ends_are_counted_as_a_change_and_show_none(report: dict[str, Any]) -> None:
    decode = next(row for row in report["funnel"] if row["step"] == "decode")
    assert decode["changed"]["files"] == 1 and "decode" not in report["samples"]["changed"]


def test_samples_do_not_depend_on_how_a_corpus_is_cut(context: Context, report: dict[str, Any]) -> None:
    other = clean(context, [rows()], "whole")
    whole = json.loads(read_part(context.store, other.part("report.json")))
    for key in ("samples", "largest", "funnel", "languages", "licences"):
        assert whole[key] == report[key], key
    seeded = clean(context, [rows()], "whole", seed=5)
    assert json.loads(read_part(context.store, seeded.part("report.json")))["samples"] != report["samples"]


def test_the_largest_files_say_what_became_of_them(report: dict[str, Any]) -> None:
    sizes = [file["bytes"] for file in report["largest"]]
    assert sizes == sorted(sizes, reverse=True) and len(sizes) == 20
    outcomes = {file["path"]: file["outcome"] for file in report["largest"]}
    kept = {file for file, outcome in outcomes.items() if outcome == "kept"}
    assert kept and "copy.py" not in kept


def test_leaks_are_named_by_file_and_problem(context: Context, dataset: Manifest) -> None:
    [leak] = json.loads(read_part(context.store, dataset.part("contamination.json")))
    assert leak == {
        "benchmark": "made", "task_id": "Made/0", "repository": "repo", "path": "leak.py", "evidence": "docstring",
    }  # fmt: skip


class Page(HTMLParser):
    """Tags with their attributes, and that each is closed."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(html)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_page_stands_by_itself_and_can_be_walked_without_a_mouse(html: str) -> None:
    parsed = Page(html)
    names = [tag for tag, _ in parsed.tags]
    assert {"header", "nav", "main", "footer", "h1"} <= set(names)
    assert names.count("h1") == names.count("main") == 1 and not {"script", "img", "link", "iframe"} & set(names)
    assert names.count("table") == names.count("caption") == names.count("thead") > 4
    assert all("scope" in attributes for tag, attributes in parsed.tags if tag == "th")
    assert "http" not in "".join(str(a.get("href", "")) + str(a.get("src", "")) for _, a in parsed.tags)
    ids = {str(a["id"]) for _, a in parsed.tags if "id" in a}
    links = [str(a["href"])[1:] for tag, a in parsed.tags if tag == "a"]
    assert links and set(links) <= ids
    assert all(a["aria-labelledby"] in ids for tag, a in parsed.tags if tag == "section")
    assert all(a.get("tabindex") == "0" for _, a in parsed.tags if str(a.get("class")).startswith("scroll"))
    assert "url(" not in style.STYLE and "@import" not in style.STYLE and "@media print" in style.STYLE


def _themes() -> Iterator[dict[str, str]]:
    for block in re.findall(r":root\{([^}]*--soft[^}]*--link[^}]*)\}", style.STYLE):
        yield dict(re.findall(r"--([a-z]+):(#[0-9a-f]{3,6})", block))


def _luminance(color: str) -> float:
    digits = color[1:] if len(color) == 7 else "".join(2 * c for c in color[1:])
    channels = (int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4))
    r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def test_text_has_contrast_in_light_and_dark() -> None:
    """WCAG 2.2: 4.5 for text, 3 for what figures stand for."""
    themes = list(_themes())
    assert len(themes) == 2
    for theme in themes:
        pairs = [(ink, on, 4.5) for ink in ("ink", "soft", "link") for on in ("paper", "card")]
        pairs += [("ink", "old", 4.5), ("ink", "new", 4.5), ("kept", "card", 3), ("gone", "card", 3)]
        for ink, on, least in pairs:
            bright, dim = sorted((_luminance(theme[ink]), _luminance(theme[on])), reverse=True)
            assert (bright + 0.05) / (dim + 0.05) >= least, (theme[ink], theme[on])


def test_a_page_of_the_worst_data_is_small_and_escaped(report: dict[str, Any]) -> None:
    evil = "<script>alert(1)</script>\u202e\n" + "x" * 4000
    excerpt = "\n".join(["<" * 160] * 16)[:1200]
    sample = {"draw": "0" * 16, "repository": evil, "path": evil, "language": evil, "detail": evil, "excerpt": excerpt}
    pieces = [["<" * 180, True]]
    hunk = {"line": 1, "before": [pieces] * 8, "after": [pieces] * 8}
    amount = {"files": 3, "bytes": 5}
    reasons = {f"reason_{i}": amount for i in range(80)}
    funnel = [{**report["funnel"][0], "step": f"step{i}", "changed": amount, "dropped": reasons} for i in range(4)]
    rows = [{**report["languages"][0], "name": f"{i}{evil}"[:60], "dropped": reasons} for i in range(3000)]
    cluster = {"reason": "near_duplicate", "survivor": evil, "files": 900, "gone": [evil] * 20}
    worst = {
        **report,
        "funnel": funnel,
        "languages": rows,
        "licences": rows,
        "summary": {
            **report["summary"],
            "dropped": reasons,
            "contamination": {evil: {f"t/{i}": 1 for i in range(6000)}},
        },
        "duplicates": {"clusters": 9**9, "largest": [cluster] * 40},
        "samples": {
            "dropped": {reason: [{**sample, "hunks": []}] * 6 for reason in reasons},
            "changed": {row["step"]: [{**sample, "excerpt": "", "hunks": [hunk] * 4}] * 12 for row in funnel},
        },
    }
    html = page.render(worst)
    Page(html)
    assert len(html.encode()) < 2_000_000
    assert "<script" not in html and "\u202e" not in html


def codekiln(home: Path, *arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("CODEKILN_")},
        "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
        "CODEKILN_HOME": str(home),
    }
    command = [sys.executable, "-m", "codekiln.cli.main", "report", *arguments]
    return subprocess.run(command, capture_output=True, text=True, cwd=cwd, env=environment)


def test_a_report_is_shown_with_times_and_what_changed(
    context: Context, dataset: Manifest, home: Path, tmp_path: Path
) -> None:
    stricter = clean(context, [rows()[::2], rows()[1::2]], max_line_length=72, keep_unlicensed=True)
    set_name(context.store, "mine/dataset", dataset.ref)
    set_name(context.store, "mine/dataset", stricter.ref)
    done = codekiln(home, "mine/dataset", "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    jsonschema.Draft202012Validator(SCHEMA).validate(found)
    assert found["since"]["dataset"] == str(dataset.ref) and "mine/dataset" in found["since"]["chosen"]
    assert found["since"]["parameters"] == {
        "keep_unlicensed": {"before": False, "after": True}, "max_line_length": {"before": 1000, "after": 72},
    }  # fmt: skip
    lines = next(row for row in found["since"]["reasons"] if row["name"] == "line_too_long")
    assert lines["files"] > lines["files_before"] == 0
    assert len(found["times"]["slowest"]) == 20 and set(found["times"]["steps"]) >= {"parse", "anonymize"}
    assert all(sum(f["steps"].values()) == pytest.approx(f["seconds"], abs=1e-4) for f in found["times"]["slowest"])
    by_ref = json.loads(codekiln(home, str(stricter.ref), "--json", cwd=tmp_path).stdout)
    assert by_ref["since"] == found["since"]
    itself = json.loads(
        codekiln(home, "mine/dataset", "--json", "--compare-with", str(stricter.ref), cwd=tmp_path).stdout
    )
    assert not any(itself["since"][key] for key in ("parameters", "steps", "reasons", "languages", "licences"))
    written = codekiln(home, "mine/dataset", cwd=tmp_path)
    html = (tmp_path / written.stdout.strip()).read_text()
    Page(html)
    assert 'id="since"' in html and 'id="slowest"' in html


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (("nobody/knows",), 1, "nobody/knows"),
        (("dataset:" + "0" * 32,), 1, "there is no dataset"),
        (("not a name",), 2, "not a name"),
        ((), 2, "DATASET"),
    ],
)
def test_a_dataset_that_is_none_is_told(
    home: Path, tmp_path: Path, arguments: tuple[str, ...], status: int, said: str
) -> None:
    done = codekiln(home, *arguments, cwd=tmp_path)
    assert done.returncode == status and said in done.stderr and "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_corpus_has_no_such_report(context: Context, dataset: Manifest, home: Path, tmp_path: Path) -> None:
    done = codekiln(home, str(dataset.inputs[0]), "--json", cwd=tmp_path)
    assert done.returncode == 2 and json.loads(done.stdout)["error"]["reason"] == "NOT_A_DATASET"
