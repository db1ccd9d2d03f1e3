"""What is sent to a builder: what Dockerfiles copy, a few megabytes, whatever lies about in the tree."""

from __future__ import annotations

import re

from tools.image_families import FAMILIES, ROOT, files_of

IGNORE = [line for line in (ROOT / ".dockerignore").read_text().splitlines() if line and not line.startswith("#")]
SENT = [line[1:] for line in IGNORE if line.startswith("!")]


def test_everything_stays_out_but_what_is_named() -> None:
    assert IGNORE[0] == "*"
    assert not {name.partition("/")[0] for name in SENT} & {".git", ".venv", ".tools", ".codekiln", "dist", "tests"}


def test_every_file_that_an_image_is_made_of_is_sent() -> None:
    for family in FAMILIES.values():
        for path in files_of(family):
            told = path == family.dockerfile or path.name == ".dockerignore"
            assert told or any(matches(name, str(path)) for name in SENT), path


def test_the_context_is_small() -> None:
    sizes = {path: (ROOT / path).stat().st_size for family in FAMILIES.values() for path in files_of(family)}
    assert sum(sizes.values()) < 8_000_000


def test_dockerfiles_copy_only_what_is_sent() -> None:
    for path in (ROOT / "docker").glob("*.Dockerfile"):
        for line in re.findall(r"^COPY (?!--from)(.+) \S+$", path.read_text(), re.MULTILINE):
            for name in line.split():
                assert any(sent == name or sent.startswith(f"{name}/") or matches(sent, name) for sent in SENT), line


def matches(pattern: str, path: str) -> bool:
    """As .dockerignore has it: a folder names all below it, a star one part."""
    text = re.escape(pattern).replace(r"\*", "[^/]*")
    return re.fullmatch(f"{text}(/.*)?", path) is not None
