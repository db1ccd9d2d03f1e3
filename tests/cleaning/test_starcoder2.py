"""StarCoder2's rules: golden examples at every edge, and a reference that must agree on all files."""

from __future__ import annotations

import sysconfig
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from codekiln.cleaning.document import Document, Drop
from codekiln.cleaning.steps.encoded import EncodedStep
from codekiln.cleaning.steps.lines import LineStep
from codekiln.cleaning.steps.signals.registry import SIGNALS
from codekiln.cleaning.steps.signals.thresholds import thresholds_of
from codekiln.core.language import detect
from tests.cleaning.material import document
from tests.cleaning.starcoder2_reference import verdict

GOLDEN: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "golden" / "starcoder2.yaml").read_text())


def ours(subject: Document) -> str:
    """The reason of the first of our steps and thresholds that carry out StarCoder2's rules."""
    for step in (LineStep(), EncodedStep()):
        result = step.apply(subject)
        if isinstance(result, Drop):
            return result.reason
    for threshold in thresholds_of(subject.language, False):
        if threshold.source == "StarCoder2" and not threshold.passed_by(SIGNALS[threshold.signal](subject)):
            return threshold.signal
    return ""


def made(example: dict[str, Any], kind: str) -> Document:
    text = "".join(piece * count for piece, count in example[kind])
    path = example.get(f"{kind}_path", example.get("path", "a.py"))
    return document(text, path, example.get("language", "Python"))


@pytest.mark.parametrize("rule", GOLDEN)
def test_a_rule_drops_its_file_and_keeps_the_nearest_one(rule: str) -> None:
    dropped, kept = made(GOLDEN[rule], "drop"), made(GOLDEN[rule], "keep")
    assert (ours(dropped), ours(kept)) == (rule.split()[0], "")
    for subject in (dropped, kept):
        assert verdict(subject.text, subject.language, subject.path) == ours(subject)


def test_the_reference_agrees_on_real_files() -> None:
    roots = [Path(sysconfig.get_paths()[name]) for name in ("purelib", "stdlib")]
    patterns = (
        "*.py",
        "*.json",
        "*.html",
        "*.txt",
        "*.yaml",
        "*.yml",
        "*.js",
        "*.css",
        "*.h",
        "*.md",
        "*.pyi",
        "*.svg",
        "*.xml",
    )
    seen = 0
    for pattern in patterns:
        paths = sorted(path for root in roots for path in root.rglob(pattern))
        for path in paths[:: max(1, len(paths) // 60)]:
            data = path.read_bytes().replace(b"\r\n", b"\n").replace(b"\r", b"\n")
            if not 0 < len(data.strip()) < 400_000:
                continue
            try:
                text = data.decode()
            except UnicodeDecodeError:
                continue
            language = detect(str(path), data).language or "Text"
            subject = document(data, str(path), language)
            assert ours(subject) == verdict(text, language, str(path)), path
            seen += 1
    assert seen > 300


_PIECES = st.lists(
    st.tuples(
        st.sampled_from(
            [
                "a",
                "ab = 1\n",
                "\n",
                "0x1f,",
                "1f ",
                "\\uabcd",
                "aB3/",
                "\u6587",
                "(",
                "word ",
                "<p>",
                "</p>",
                "\x0b",
                "\x0c",
                "\u00e9 ",
            ]
        ),
        st.sampled_from([1, 2, 7, 8, 63, 64, 65, 100, 101, 512, 513, 1000, 1001, 1024, 1025]),
    ),
    min_size=1,
    max_size=5,
)


@settings(max_examples=300, deadline=None)
@given(_PIECES, st.sampled_from(["Python", "Text", "JSON", "WebAssembly", "Markdown", "YAML"]))
def test_the_reference_agrees_on_made_files(pieces: list[tuple[str, int]], language: str) -> None:
    subject = document("".join(piece * count for piece, count in pieces), "notes.txt", language)
    assert ours(subject) == verdict(subject.text, language, subject.path)
