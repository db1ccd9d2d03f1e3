"""Licences that build files state in plain words: setup.cfg, setup.py, gemspecs and pom.xml. Nothing is run. Pure.

What a file computes says nothing, and neither does a name that is not clear ("BSD").
"""

from __future__ import annotations

import configparser
import re

from codekiln.ingestion.license_classifiers import by_classifiers
from codekiln.ingestion.license_expression import parse_expression, parse_free_text

_QUOTED = re.compile(r"(?<![\w'\"])['\"]([^'\"\n]{1,200})['\"]")
_PYTHON = re.compile(r"^[^#\n]*?\blicense\s*=\s*['\"]([^'\"\n]{1,200})['\"]", re.M)
_CLASSIFIER = re.compile(r"['\"](License ::[^'\"\n]{1,200})['\"]")
_RUBY = re.compile(r"^[ \t]*\w+\.licenses?[ \t]*=[ \t]*([^\n#]{1,500})", re.M)
_OTHERS = (("<!--", "-->"), *((f"<{name}>", f"</{name}>") for name in ("build", "profiles", "dependencies")))
"""What of a pom.xml is not the project's own word."""
_POM_BYTES = 20_000
_POM_NAME = re.compile(r"<license>.{0,2000}?<name>([^<]{1,200})</name>", re.S)


def is_build_file(name: str) -> bool:
    """Whether a file of that name is one of them."""
    return name in ("setup.cfg", "setup.py", "pom.xml") or name.endswith(".gemspec")


def of_build_file(name: str, text: str) -> tuple[str, ...]:
    """The identifiers and choices that it states."""
    if name == "setup.cfg":
        return _of_setup_cfg(text)
    if name == "setup.py":
        stated = _PYTHON.search(text)
        return (parse_free_text(stated.group(1)) if stated else ()) or by_classifiers(_CLASSIFIER.findall(text))
    if name == "pom.xml":
        for opening, closing in _OTHERS:
            text = _without(text, opening, closing)
        block = text.partition("<licenses>")[2].partition("</licenses>")[0][:_POM_BYTES]
        # Of several of Maven's licences one may be chosen.
        return _joined([name.strip() for name in _POM_NAME.findall(block)], "OR")
    stated = _RUBY.search(text)
    return _joined(_QUOTED.findall(stated.group(1)), "AND") if stated else ()


def _without(text: str, opening: str, closing: str) -> str:
    """Searches that go on where the last one ended: an expression would look for each end from every opening."""
    parts, at = [], 0
    while (start := text.find(opening, at)) >= 0 and (end := text.find(closing, start)) >= 0:
        parts.append(text[at:start])
        at = end + len(closing)
    return " ".join([*parts, text[at:]])


def _of_setup_cfg(text: str) -> tuple[str, ...]:
    parser = configparser.RawConfigParser(strict=False)
    try:
        parser.read_string(text)
    except configparser.Error:
        return ()
    stated = parser.get("metadata", "license", fallback="").strip()
    return parse_free_text(stated) or by_classifiers(parser.get("metadata", "classifiers", fallback="").split("\n"))


def _joined(stated: list[str], word: str) -> tuple[str, ...]:
    """All of them, where each is clear."""
    found = [parse_free_text(one) for one in stated]
    if not found or not all(found):
        return ()
    return parse_expression(f" {word} ".join(f"({' AND '.join(f'({id})' for id in ids)})" for ids in found))
