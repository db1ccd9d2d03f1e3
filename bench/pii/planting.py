"""Real files of the installed packages and of this repository, each with one line planted in it, and where that is."""

from __future__ import annotations

import random
import sysconfig
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bench.pii.places import ANYWHERE, NAMED
from bench.pii.values import DECOYS, POSITIVES
from bench.pii.values import NAMED as NAMED_VALUES

ROOT = Path(__file__).resolve().parents[2]
_PATTERNS = {
    "Python": "*.py",
    "C": "*.h",
    "C++": "*.hpp",
    "Cython": "*.pyx",
    "JSON": "*.json",
    "Markdown": "*.md",
    "CMake": "*.cmake",
    "Protocol Buffer": "*.proto",
    "HTML": "*.html",
    "CSS": "*.css",
    "JavaScript": "*.js",
    "YAML": "*.yaml",
}
_OURS = {"Shell": ".ci/run", "Dockerfile": "docker/*.Dockerfile", "Makefile": "Makefile"}
_LARGEST, _FILES = 60_000, 40


@dataclass(frozen=True)
class Case:
    """A file with a planted line: the value's kind and span, or a decoy's name, and then the whole line is to stay."""

    language: str
    path: str
    text: str
    kind: str
    start: int
    end: int
    is_decoy: bool = False
    line: tuple[int, int] = (0, 0)


def carriers() -> dict[str, list[tuple[str, str]]]:
    """Files by language, as (path, text): the same few in the same environment."""
    packages = Path(sysconfig.get_paths()["purelib"])
    found = {language: sorted(packages.rglob(pattern)) for language, pattern in _PATTERNS.items()}
    found |= {language: sorted(ROOT.glob(pattern)) for language, pattern in _OURS.items()}
    return {language: list(_read(language, paths)) for language, paths in found.items()}


def _read(language: str, paths: list[Path]) -> Iterator[tuple[str, str]]:
    draw, count = random.Random(language), 0
    for path in draw.sample(paths, len(paths)):
        if count < _FILES and path.is_file() and 500 < path.stat().st_size < _LARGEST:
            text = path.read_bytes().decode(errors="replace").replace("\r\n", "\n")
            if text.count("\n") > 8:
                count += 1
                yield path.name, text


def cases(half: str, each: int, files: dict[str, list[tuple[str, str]]]) -> Iterator[Case]:
    """`each` cases of every kind and decoy. The halves `open` and `held` share no drawn value and no way of writing.

    A decoy is a line of its own, in both.
    """
    draw = random.Random(f"codekiln pii {half}")
    for kind, make in POSITIVES.items():
        for _ in range(each):
            language = draw.choice(sorted(ANYWHERE))
            yield _planted(draw, files, language, _place(draw, ANYWHERE[language], half), kind, make(draw))
    for kind, make in NAMED_VALUES.items():
        for _ in range(each):
            language = draw.choice(sorted(NAMED))
            yield _planted(draw, files, language, _place(draw, NAMED[language], half), kind, make(draw))
    for name, make in DECOYS.items():
        for _ in range(each):
            language = draw.choice(sorted(ANYWHERE))
            yield _planted(draw, files, language, "{}", name, make(draw), is_decoy=True)


def _place(draw: random.Random, places: tuple[str, ...], half: str) -> str:
    return draw.choice(places[::2] if half == "open" else places[1::2])


def _planted(
    draw: random.Random, files: dict[str, list[tuple[str, str]]], language: str, place: str, kind: str, value: str,
    is_decoy: bool = False,
) -> Case:  # fmt: skip
    path, text = draw.choice(files[language])
    value_there = value.replace("\n", "\\n") if '"' in place else value
    line = place.format(value_there)
    at = draw.choice([i for i, character in enumerate(text) if character == "\n"]) + 1
    start = at + line.index(value_there)
    whole = text[:at] + line + "\n" + text[at:]
    return Case(language, path, whole, kind, start, start + len(value_there), is_decoy, (at, at + len(line)))
