"""StarCoder2's file rules once more: slow, plain, character by character where it can be, from the paper's words alone.

arXiv 2402.19173, section 2.3. Independent of the steps on purpose: it imports nothing of them.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser

LONG_LINES = ["HTML", "JSON", "Markdown", "Roff", "Roff Manpage", "SMT", "TeX", "Text", "XML"]
BASE64 = set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+/\n=")
HEXADECIMAL = re.compile(r"(?:\b(?:0x|\\x)?[0-9a-fA-F]{2}(?:,|\b\s*)){8,}", re.ASCII)
UNICODE = re.compile(r"(?:\\u[0-9a-fA-F]{4}){8,}")


def verdict(text: str, language: str, path: str) -> str:
    """The name of the first rule that drops the file, empty where it stays."""
    return lines(text, language) or letters(text, language) or encoded(text) or by_language(text, language, path)


def lines(text: str, language: str) -> str:
    lengths = []
    length = 0
    for character in text:
        if character == "\n":
            lengths.append(length)
            length = 0
        else:
            length += 1
    if length:
        lengths.append(length)
    if len(lengths) > 100_000:
        return "too_many_lines"
    if language in LONG_LINES:
        return "line_too_long" if max(lengths) > 100_000 else ""
    if max(lengths) > 1000:
        return "line_too_long"
    return "lines_too_long" if sum(lengths) > 100 * len(lengths) else ""


def letters(text: str, language: str) -> str:
    found = 0
    for character in text:
        if character.isalpha() or (language in ("Motorola 68K Assembly", "WebAssembly") and character.isalnum()):
            found += 1
    return "few_letters" if found < len(text) / 4 else ""


def encoded(text: str) -> str:
    runs = [len(found[0]) for found in HEXADECIMAL.finditer(text)] + [len(found[0]) for found in UNICODE.finditer(text)]
    run = 0
    for character in text + "\0":
        if character in BASE64:
            run += 1
        else:
            if run >= 64:
                runs.append(run)
            run = 0
    return "encoded_data" if any(run > 1024 for run in runs) or sum(runs) * 2 > len(text) else ""


def by_language(text: str, language: str, path: str) -> str:
    name = path.split("/")[-1].lower()
    data = language in ("Text", "JSON", "YAML", "Web Ontology Language", "Graphviz (DOT)")
    if data and len(text.split("\n")) - text.endswith("\n") > 512:
        return "lines"
    if language == "HTML":
        page = _Page()
        page.feed(text)
        page.close()
        shown = len("".join(page.shown))
        if shown < 100:
            return "visible_characters"
        if shown < len(text) / 5:
            return "visible_share"
    if language == "Text" and "requirement" not in name:
        stem = name[: name.rindex(".")] if "." in name else name
        if stem not in ("readme", "notes", "todo", "description", "cmakelists"):
            return "unknown_text_name"
    return ""


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.shown: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self._hidden += tag in ("script", "style")

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in ("script", "style") and self._hidden > 0

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.shown.append(data)
