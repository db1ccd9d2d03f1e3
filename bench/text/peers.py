"""Peers of bench.text, each in an environment of its own: documents go in as JSON lines, cleaned texts come out."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

_DATATROVE = """
import json, sys
from datatrove.data import Document
from datatrove.pipeline.filters import C4QualityFilter
rule = C4QualityFilter(filter_no_terminal_punct=False, min_num_sentences=-1)
for line in sys.stdin:
    document = Document(text=json.loads(line), id="1")
    rule.filter(document)
    print(json.dumps(document.text))
"""
_PACKAGES = ("datatrove==0.10.1", "nltk==3.9.2", "spacy==3.8.11", "orjson", "regex", "tldextract")
Cleaner = Callable[[str], str]


def available() -> Iterator[tuple[str, Cleaner]]:
    """Those that can be installed; the others are told of on stderr."""
    try:
        python = _environment()
    except (subprocess.CalledProcessError, OSError, subprocess.TimeoutExpired) as error:
        print(f"datatrove cannot be installed, so it is left out: {error}", file=sys.stderr)
        return
    yield "datatrove", lambda text: _run(python, text)


def _environment() -> Path:
    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "codekiln" / "bench-text"
    python = cache / "bin" / "python"
    if not (cache / "ready").exists():
        uv = Path(sys.executable).parent / "uv"
        subprocess.run([uv, "venv", "--quiet", "--clear", cache], check=True, timeout=120)
        subprocess.run([uv, "pip", "install", "--quiet", "--python", python, *_PACKAGES], check=True, timeout=600)
        (cache / "ready").touch()
    return python


def _run(python: Path, text: str) -> str:
    done = subprocess.run(
        [python, "-c", _DATATROVE], input=json.dumps(text) + "\n", capture_output=True, text=True, check=True
    )
    cleaned: str = json.loads(done.stdout)
    return cleaned
