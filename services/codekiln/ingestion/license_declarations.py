"""Files that declare licences of other files: package metadata, REUSE.toml, .reuse/dep5 and debian/copyright. Pure.

Formats: package.json and composer.json (npm, Composer), Cargo.toml, pyproject.toml (PEP 639 and 621, classifiers,
Poetry's table), the build files of license_build_files.py, REUSE 3.3, and Debian's machine-readable copyright 1.0.
What cannot be read declares nothing.
"""

from __future__ import annotations

import json
import posixpath
import re
import tomllib
from dataclasses import dataclass
from typing import Any

from codekiln.ingestion.license_build_files import is_build_file, of_build_file
from codekiln.ingestion.license_classifiers import by_classifiers
from codekiln.ingestion.license_expression import parse_expression, parse_free_text
from codekiln.ingestion.license_phrases import PROPRIETARY
from codekiln.ingestion.plain_text import decoded

_JSON = frozenset({"package.json", "composer.json", "bower.json"})
_TOML = frozenset({"Cargo.toml", "pyproject.toml"})
_LONGEST = 1_000_000
_DEBIAN = {"expat": "MIT", "mit/x11": "MIT", "artistic": "Artistic-1.0-Perl", "openldap-2.8": "OLDAP-2.8"}
"""Names that Debian uses and SPDX does not, in lower case."""


@dataclass(frozen=True)
class Declaration:
    """Licences, and the paths below a folder that they are for: all that nothing else speaks for where None."""

    ids: tuple[str, ...]
    paths: re.Pattern[str] | None = None
    precedence: str = ""
    """REUSE's `override` and `aggregate`; else a file's own header counts before it."""


def is_declaration(path: str) -> bool:
    """Whether a file may declare licences."""
    folder, name = posixpath.split(path)
    return name in _JSON | _TOML or name == "REUSE.toml" or _is_debian(folder, name) or is_build_file(name)


def declared(path: str, content: bytes) -> tuple[str, list[Declaration]]:
    """The folder that a file speaks for, and its declarations; of those with paths the last that fits counts."""
    folder, name = posixpath.split(path)
    text = decoded(content[:_LONGEST])
    if _is_debian(folder, name):
        return posixpath.dirname(folder), _debian(text)
    if is_build_file(name):
        ids = of_build_file(name, text)
        return folder, [Declaration(ids)] if ids else []
    try:
        data = json.loads(text) if name in _JSON else tomllib.loads(text)
    except (ValueError, RecursionError):
        return folder, []
    if not isinstance(data, dict):
        return folder, []
    if name == "REUSE.toml":
        return folder, _reuse(data)
    ids = _of_package(data)
    return folder, [Declaration(ids)] if ids else []


def _is_debian(folder: str, name: str) -> bool:
    return (posixpath.basename(folder), name) in ((".reuse", "dep5"), ("debian", "copyright"))


def _of_package(data: dict[str, Any]) -> tuple[str, ...]:
    for table in (data, data.get("package"), data.get("project"), _workspace(data), _poetry(data)):
        stated = _stated(table) if isinstance(table, dict) else ""
        if stated.upper() == "UNLICENSED":
            # npm's word for: nobody else may use it.
            return ("LicenseRef-UNLICENSED",)
        if stated.lower() == "proprietary":
            # Composer's word for the same.
            return (PROPRIETARY,)
        if ids := parse_expression(stated, known_only=False) or parse_free_text(stated):
            return ids
    project = data.get("project")
    return by_classifiers(_strings(project.get("classifiers"))) if isinstance(project, dict) else ()


def _poetry(data: dict[str, Any]) -> Any:
    tool = data.get("tool")
    return tool.get("poetry") if isinstance(tool, dict) else None


def _workspace(data: dict[str, Any]) -> Any:
    workspace = data.get("workspace")
    return workspace.get("package") if isinstance(workspace, dict) else None


def _stated(table: dict[str, Any]) -> str:
    """`"license": "MIT"`, `{"type": "MIT"}`, `{text = "MIT"}` or the choice `"licenses": [...]`."""
    stated = table.get("license", table.get("licenses"))
    if isinstance(stated, list):
        words = [_stated({"license": one}) for one in stated]
        return " OR ".join(words) if all(words) else ""
    if isinstance(stated, dict):
        stated = stated.get("type", stated.get("text"))
    return stated.strip() if isinstance(stated, str) else ""


def _reuse(data: dict[str, Any]) -> list[Declaration]:
    found = []
    annotations = data.get("annotations")
    for entry in annotations if isinstance(annotations, list) else ():
        if not isinstance(entry, dict):
            continue
        paths, stated = entry.get("path"), entry.get("SPDX-License-Identifier")
        ids = {id for one in _strings(stated) for id in parse_expression(one, known_only=False)}
        globs = [_reuse_glob(one) for one in _strings(paths)]
        if ids and globs:
            how = str(entry.get("precedence", ""))
            found.append(Declaration(tuple(sorted(ids)), re.compile("|".join(globs), re.S), how))
    return found


def _strings(value: Any) -> list[str]:
    values = value if isinstance(value, list) else [value]
    return [one for one in values if isinstance(one, str)]


def _reuse_glob(glob: str) -> str:
    """`*` stays within a folder, `**` does not, a backslash takes both their meaning."""
    parts = re.findall(r"\\.|\*+|[^\\*]+|\\", glob)
    meanings = {"*": r"[^/]*"}
    return "".join(
        (meanings.get(part, ".*") if part.startswith("*") else re.escape(part.removeprefix("\\"))) for part in parts
    )


def _debian(text: str) -> list[Declaration]:
    found = []
    for paragraph in re.split(r"\n[ \t]*\n", text.replace("\r\n", "\n")):
        fields = dict(re.findall(r"^([A-Za-z-]+):[ \t]*((?:.*)(?:\n[ \t].*)*)", paragraph, re.M))
        globs = fields.get("Files", "").split()
        if ids := _debian_license(fields.get("License", "").partition("\n")[0]) if globs else ():
            found.append(Declaration(ids, re.compile("|".join(map(_debian_glob, globs)), re.S)))
    return found


def _debian_glob(glob: str) -> str:
    """`*` and `?` match slashes too; a backslash takes their meaning."""
    parts = re.findall(r"\\.|[*?]|[^\\*?]+|\\", glob.removeprefix("./"))
    return "".join({"*": ".*", "?": "."}.get(part) or re.escape(part.removeprefix("\\")) for part in parts)


def _debian_license(stated: str) -> tuple[str, ...]:
    """`GPL-2+ or Expat, and BSD-3-clause` in SPDX's words: a comma binds less. Unknown names become `LicenseRef-`."""
    groups = re.split(r",\s*(?:(and|or)\s+)?", stated)
    text = "".join(
        f" {(group or 'and').upper()} " if i % 2 else f"({_debian_terms(group)})" for i, group in enumerate(groups)
    )
    return parse_expression(text, known_only=False)


def _debian_terms(stated: str) -> str:
    words = [word.upper() if word in ("and", "or", "with") else _debian_name(word) for word in stated.split()]
    return re.sub(r"WITH (\S+) \S*exception\b", r"WITH \1", " ".join(words))


def _debian_name(name: str) -> str:
    if own := _DEBIAN.get(name.lower()):
        return own
    if gnu := re.fullmatch(r"(A?GPL|LGPL|GFDL)-(\d)(\.\d)?(\+)?", name, re.I):
        family, major, minor, later = gnu.groups()
        return f"{family.upper()}-{major}{minor or '.0'}-{'or-later' if later else 'only'}"
    known = parse_expression(name) or parse_free_text(name)
    return known[0] if known else re.sub(r"[^A-Za-z0-9.-]", "-", f"LicenseRef-{name}")
