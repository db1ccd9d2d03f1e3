"""Real files of the installed packages and of this repository, each with something planted in it, and where that is."""

from __future__ import annotations

import random
import sysconfig
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bench.pii.forms import HELD, OPEN, Form
from bench.pii.lines import LINES
from bench.pii.places import ANYWHERE, NAMED
from bench.pii.values import DECOYS, IN_FORMS, POSITIVES
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
_LIKE = {
    **dict.fromkeys(
        ("TypeScript", "Java", "Kotlin", "C#", "Scala", "Swift", "PHP", "Dart", "Go", "Rust"), "JavaScript"
    ),
    **dict.fromkeys(("Ruby", "Perl", "Lua", "R", "Elixir", "Groovy", "Gradle"), "Python"),
    **dict.fromkeys(("XML",), "HTML"),
}
"""Languages that no installed package has: their lines stand in files of a language that looks alike, else in Shell."""
_LARGEST, _FILES = 60_000, 40
Carriers = dict[str, list[tuple[str, str]]]
"""Files by language, as (name, text)."""


@dataclass(frozen=True)
class Case:
    """A file with a planted value: its kind and span, or a decoy's name; then all of what was planted is to stay."""

    language: str
    path: str
    text: str
    kind: str
    start: int
    end: int
    is_decoy: bool = False
    line: tuple[int, int] = (0, 0)


def carriers() -> Carriers:
    """The same few files in the same environment."""
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


def cases(half: str, each: int, files: Carriers) -> Iterator[Case]:
    """`each` cases of every kind and decoy. The halves `open` and `held` share no drawn value and no way of writing.

    A decoy is a line of its own, in both.
    """
    draw = random.Random(f"codekiln pii {half}")
    for places, values in ((ANYWHERE, POSITIVES), (NAMED, NAMED_VALUES)):
        for kind, make in values.items():
            for _ in range(each):
                language = draw.choice(sorted(places))
                form = _form(draw, language, kind, places[language], half)
                value = make(draw)
                if '"' in form.before:
                    value = value.replace("\n", "\\n")
                yield _planted(draw, files, form, kind, value)
    for kind, make in IN_FORMS.items():
        forms = [form for form in (OPEN if half == "open" else HELD) if form.kind == kind]
        for number in range(max(each, 3 * len(forms)) if forms else 0):
            yield _planted(draw, files, forms[number % len(forms)], f"{kind} in its form", make(draw))
    for name, make in DECOYS.items():
        for _ in range(each):
            yield _planted(draw, files, Form(draw.choice(sorted(ANYWHERE)), name, "", ""), name, make(draw), True)
    for line in LINES:
        yield _planted(draw, files, Form(draw.choice(sorted(ANYWHERE)), line, "", ""), "line that stays", line, True)


def _form(draw: random.Random, language: str, kind: str, places: tuple[str, ...], half: str) -> Form:
    place = draw.choice(places[::2] if half == "open" else places[1::2])
    before, after = place.format("\0").split("\0")
    return Form(language, kind, before, after)


def _planted(
    draw: random.Random, files: Carriers, form: Form, kind: str, value: str, is_decoy: bool = False
) -> Case:  # fmt: skip
    path, text = draw.choice(files[form.language if form.language in files else _LIKE.get(form.language, "Shell")])
    at = draw.choice([i for i, character in enumerate(text) if character == "\n"]) + 1
    start = at + len(form.before)
    planted = form.before + value + form.after
    whole = text[:at] + planted + "\n" + text[at:]
    return Case(form.language, path, whole, kind, start, start + len(value), is_decoy, (at, at + len(planted)))
