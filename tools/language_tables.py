"""Makes core/language/*.json from a checkout of github-linguist: `python -m tools.language_tables CHECKOUT`.

Run once for each new version of linguist (MIT licence, Copyright GitHub, Inc.), by hand. What is taken: names, types,
extensions, file names, interpreters, aliases, and the disambiguating expressions turned from Ruby's dialect into RE2's.
What linguist leaves to a statistical classifier has a default here instead: the more common language.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import re2
import yaml

from tools.language_choices import DEFAULTS, FURTHER, OURS, REWRITTEN

TARGET = Path(__file__).resolve().parent.parent / "services" / "codekiln" / "core" / "language"


def main(checkout: Path) -> None:
    library = checkout / "lib" / "linguist"
    version = (library / "VERSION").read_text().strip()
    languages = yaml.safe_load((library / "languages.yml").read_text())
    heuristics = yaml.safe_load((library / "heuristics.yml").read_text())
    source = f"github-linguist {version}, MIT licence, Copyright (c) GitHub, Inc."
    rules = list(disambiguations(heuristics))
    known = {extension for extensions, _ in rules for extension in extensions}
    rules += [([extension], ours) for extension, ours in OURS.items() if extension not in known]
    _write(
        "languages.json",
        {"source": source, "generic": [e.lstrip(".") for e in _generic(library)]},
        "languages",
        {name: facts(language) for name, language in languages.items()},
        {"defaults": defaults(languages, checkout / "samples")},
    )
    _write("heuristics.json", {"source": source}, "heuristics", _merged(rules), {})


def _merged(rules: list[tuple[list[str], Any]]) -> dict[str, Any]:
    """One row for all extensions of the same rules."""
    rows: dict[str, tuple[list[str], Any]] = {}
    for (extension,), found in sorted(rules, key=lambda row: row[0]):
        rows.setdefault(json.dumps(found), ([], found))[0].append(extension)
    return {" ".join(extensions): found for extensions, found in rows.values()}


def facts(language: dict[str, Any]) -> dict[str, Any]:
    """What we keep of a language: empty fields are left out, extensions lose their dot, aliases the obvious one."""
    kept = {
        "type": language["type"],
        "group": language.get("group", ""),
        "extensions": " ".join(e.lower().lstrip(".") for e in language.get("extensions", ())),
        "filenames": language.get("filenames", []),
        "interpreters": " ".join(language.get("interpreters", ())).lower(),
        "aliases": language.get("aliases", []),
    }
    return {name: value for name, value in kept.items() if value}


def disambiguations(heuristics: dict[str, Any]) -> Any:
    """Extensions and their rules: `language`, expressions that must `all` be found, those of which `none` may."""
    named = heuristics["named_patterns"]
    for entry in heuristics["disambiguations"]:
        extensions = [extension.lower().lstrip(".") for extension in entry["extensions"]]
        rules = []
        for rule in entry["rules"]:
            language = rule["language"]
            rewritten = REWRITTEN.get((extensions[0], str(language)))
            found = {"all": [rewritten], "none": []} if rewritten else _conditions(rule, named)
            rules.append({"language": language, **{name: list for name, list in found.items() if list}})
        for extension in extensions:
            yield [extension], _with_ours(rules, FURTHER.get(extension, []))


def _with_ours(rules: list[dict[str, Any]], ours: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Ours behind linguist's, before one that always holds."""
    always = rules[-1:] if rules and not (rules[-1].keys() & {"all", "none"}) else []
    return [*rules[: len(rules) - len(always)], *ours, *always]


def _conditions(rule: dict[str, Any], named: dict[str, Any]) -> dict[str, list[str]]:
    every: list[str] = []
    none: list[str] = []
    # As linguist does: of `and`, `pattern`, `negative_pattern` and `named_pattern` the first counts.
    for part in rule.get("and", [rule]):
        if "pattern" in part:
            every.append(expression(part["pattern"]))
        elif "negative_pattern" in part:
            none.append(expression(part["negative_pattern"]))
        elif "named_pattern" in part:
            every.append(expression(named[part["named_pattern"]]))
    return {"all": every, "none": none}


def expression(ruby: str | list[str]) -> str:
    """A Ruby expression, or the union of several, in RE2's dialect where `^` and `$` are asked for line by line."""
    if isinstance(ruby, list):
        return "|".join(f"(?:{expression(one)})" for one in ruby)
    text = re.sub(r"\(\?-m\)", "", ruby)
    text = text.replace("(?im)", "(?is)").replace("(?m)", "(?s)")
    text = re.sub(r"""\\([/"'`!&;:<>=@#%, ])""", r"\1", text)
    re2.compile(f"(?m:{text})")
    return text


def defaults(languages: dict[str, Any], samples: Path) -> dict[str, str]:
    """The language of each extension and interpreter that several share, where nothing else decides."""
    shared: dict[str, list[str]] = {}
    for name, language in languages.items():
        for key in dict.fromkeys(e.lower().lstrip(".") for e in language.get("extensions", ())):
            shared.setdefault(key, []).append(name)
    seen = Counter((p.parent.name, p.suffix.lower().lstrip(".")) for p in samples.glob("*/*") if p.is_file())

    def rank(name: str, key: str) -> tuple[bool, int]:
        main = languages[name]["extensions"][0].lower().lstrip(".") == key
        return not main, -seen[name, key]

    found = {key: min(names, key=lambda n: rank(n, key)) for key, names in shared.items() if len(names) > 1}
    for key, name in DEFAULTS.items():
        if name not in languages:
            raise SystemExit(f"DEFAULTS has {key}: {name}, which linguist does not know")
        if key in found and name not in shared[key]:
            print(f"{key}: {name} is none of {shared[key]}", file=sys.stderr)
    return dict(sorted((found | DEFAULTS).items()))


def _generic(library: Path) -> list[str]:
    return list(yaml.safe_load((library / "generic.yml").read_text())["extensions"])


def _write(name: str, head: dict[str, Any], key: str, rows: dict[str, Any], tail: dict[str, Any]) -> None:
    """JSON with one line for each row, so that a new version is read as a diff."""
    lines = ",\n".join(f"{json.dumps(row)}: {json.dumps(value, ensure_ascii=False)}" for row, value in rows.items())
    parts = [json.dumps(part, ensure_ascii=False)[1:-1] for part in (head, tail)]
    text = f'{{{parts[0]},\n"{key}": {{\n{lines}\n}}{f",{chr(10)}{parts[1]}" if parts[1] else ""}}}\n'
    json.loads(text)
    (TARGET / name).write_text(text)
    subprocess.run(["wc", "-c", TARGET / name], check=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
