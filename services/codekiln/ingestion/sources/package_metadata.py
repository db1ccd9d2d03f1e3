"""What the metadata of packages says: name, version, licence. Pure; whatever is not as it should be says nothing."""

from __future__ import annotations

import email.parser
import json
import re
import tomllib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from codekiln.ingestion.license_expression import parse_expression, parse_free_text
from codekiln.ingestion.license_metadata import package_licenses
from codekiln.ingestion.license_text import UNKNOWN, Licenses


@dataclass(frozen=True)
class Package:
    """A package as its own metadata names it."""

    name: str
    version: str
    licenses: Licenses = UNKNOWN


def from_python(content: bytes, texts: Callable[[], Iterable[str]]) -> Package | None:
    """PKG-INFO or METADATA: headers as in a mail (PEP 643). `texts` are those of the package's licence files."""
    try:
        message = email.parser.HeaderParser().parsestr(content.decode("utf-8", "replace"))
        return _package(message["Name"], message["Version"], lambda: package_licenses(message, texts))
    except (ValueError, LookupError):
        return None


def from_npm(content: bytes) -> Package | None:
    """package.json: `license` is an expression; old packages have an object, or a list in `licenses`."""
    try:
        data = json.loads(content)
    except (ValueError, RecursionError):
        return None
    if not isinstance(data, dict):
        return None
    stated = data.get("license") or data.get("licenses")
    stated = stated if isinstance(stated, list) else [stated]
    words = [item.get("type") if isinstance(item, dict) else item for item in stated]
    return _package(data.get("name"), data.get("version"), lambda: _stated(words))


def from_cargo(content: bytes) -> Package | None:
    """Cargo.toml: `license` is an expression; `MIT/Apache-2.0` is the old way to write OR."""
    try:
        package = tomllib.loads(content.decode()).get("package")
    except (ValueError, RecursionError):
        return None
    if not isinstance(package, dict):
        return None
    stated = package.get("license")
    words = [stated.replace("/", " OR ") if isinstance(stated, str) else None]
    return _package(package.get("name"), package.get("version"), lambda: _stated(words))


def _package(name: Any, version: Any, licenses: Callable[[], Licenses]) -> Package | None:
    name, version = (str(part).strip() if isinstance(part, str) else "" for part in (name, version))
    fits = name and re.fullmatch(r"[\w.@/+~-]{1,214}", name) and re.fullmatch(r"[\w.!+~:-]{0,100}", version)
    return Package(name, version, licenses()) if fits else None


def _stated(words: Iterable[Any]) -> Licenses:
    ids = {
        id
        for text in words
        if isinstance(text, str) and len(text) < 1000
        for id in parse_expression(text, known_only=False) or parse_free_text(text)
    }
    return Licenses(tuple(sorted(ids)), "metadata") if ids else UNKNOWN
