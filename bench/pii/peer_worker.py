"""Runs inside a peer's environment: JSON lines in, spans out, CPU seconds last. Imports nothing of ours."""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

Found = Iterator[tuple[str, int, int]]


def datatrove() -> Callable[[str, str], Found]:
    from datatrove.pipeline.formatters import PIIFormatter

    formatter: Any = PIIFormatter()

    def find(path: str, text: str) -> Found:
        for kind, replacer in (("email", formatter.emails_replacer), ("ipv4", formatter.ip_replacer)):
            for match in replacer.regex.finditer(text):
                if replacer.validator is None or replacer.validator(match.group(0)):
                    yield kind, *match.span()

    return find


def betterleaks() -> Callable[[str, str], Found]:
    import betterleaks as engine

    def find(path: str, text: str) -> Found:
        for finding in engine.scan_string(text):
            value = finding.match.value
            yield from _places(text, value, finding.rule_id)

    return find


def detect_secrets() -> Callable[[str, str], Found]:
    from detect_secrets.core.scan import scan_file
    from detect_secrets.settings import default_settings

    held = default_settings()
    held.__enter__()
    folder = Path(tempfile.mkdtemp())

    def find(path: str, text: str, settings: object = held) -> Found:
        file = folder / path.replace("/", "_")
        file.write_text(text)
        lines = text.split("\n")
        for secret in list(scan_file(str(file))):
            before = sum(len(line) + 1 for line in lines[: secret.line_number - 1])
            line = lines[secret.line_number - 1]
            at = line.find(secret.secret_value)
            if at >= 0:
                yield secret.type, before + at, before + at + len(secret.secret_value)
        file.unlink()

    return find


def _places(text: str, value: str, kind: str) -> Found:
    at = text.find(value)
    while value and at >= 0:
        yield kind, at, at + len(value)
        at = text.find(value, at + len(value))


def main() -> None:
    find = {"datatrove": datatrove, "betterleaks": betterleaks, "detect-secrets": detect_secrets}[sys.argv[1]]()
    list(find("warm.py", "token = 'x'\n"))
    seconds = 0.0
    for line in sys.stdin:
        case = json.loads(line)
        start = time.process_time()
        found = list(find(case["path"], case["text"]))
        seconds += time.process_time() - start
        print(json.dumps(found))
    print(json.dumps(seconds))


if __name__ == "__main__":
    main()
