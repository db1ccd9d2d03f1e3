"""Languages in groups: those of a group share keywords and thresholds. Data only."""

from __future__ import annotations

_GROUPS: dict[str, tuple[str, ...]] = {
    "python": ("Python", "Cython", "Starlark"),
    "javascript": ("JavaScript", "TypeScript", "TSX", "JSX"),
    "java": ("Java", "Kotlin", "Scala", "Groovy", "Gradle"),
    "go": ("Go",),
    "rust": ("Rust",),
    "c": ("C", "C++", "Objective-C", "Objective-C++", "Cuda"),
    "csharp": ("C#",),
    "html": ("HTML",),
    "component": ("Vue", "Svelte"),
    "text": ("Text",),
    "prose": ("Markdown", "reStructuredText", "TeX", "Roff", "Roff Manpage", "SMT"),
    "yaml": ("YAML",),
    "data": ("JSON", "JSON with Comments", "Web Ontology Language", "Graphviz (DOT)", "CSV", "TSV", "SVG"),
    "markup": ("XML",),
    "settings": ("TOML", "INI"),
    "shell": ("Shell", "PowerShell", "Batchfile", "Makefile", "Dockerfile", "CMake"),
    "sql": ("SQL", "PLSQL", "PLpgSQL", "TSQL"),
}
_BY_LANGUAGE = {name: group for group, names in _GROUPS.items() for name in names}


def group_of(language: str) -> str:
    """The group of a language by linguist's name; `code` for all that no group names."""
    return _BY_LANGUAGE.get(language, "code")
