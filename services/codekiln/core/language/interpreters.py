"""The languages that a script's first line allows: `#!/usr/bin/env -S python3 -u`."""

from __future__ import annotations

import re

from codekiln.core.language.tables import BY_INTERPRETER, DEFAULTS

_SHEBANG = re.compile(rb"#!\s*(\S+)(?:[ \t]+([^\r\n]*))?")
_EXEC = re.compile(rb"exec (\w+)[\s\"']+\$0[\s\"']+\$@")
_BYTES = 1024


def by_interpreter(content: bytes) -> tuple[str, ...]:
    """Languages of the interpreter, the most common first; none without such a line or for a program nobody knows."""
    if not content.startswith(b"#!"):
        return ()
    head = content[:_BYTES]
    match = _SHEBANG.match(head)
    if not match:
        return ()
    program, arguments = match.group(1).rpartition(b"/")[2], (match.group(2) or b"").split()
    if program == b"env":
        # `env -S VAR=value python3 -u`: the first word that is neither an option nor a variable.
        program = next((word for word in arguments if not word.startswith(b"-") and b"=" not in word), b"")
        program = program.rpartition(b"/")[2]
    if program == b"osascript" and b"-l" in arguments:
        # It may run any language.
        return ()
    if program == b"sh" and (hidden := _EXEC.search(b"\n".join(head.splitlines()[:5]))):
        # A shell that hands the file over to the interpreter it was written for.
        program = hidden.group(1)
    return _known(program.decode("ascii", "replace"))


def _known(program: str) -> tuple[str, ...]:
    """`python3.11` is `python3`, and `ruby3` is `ruby`."""
    name = program.lower()
    for word in (name, re.sub(r"\.\d+$", "", name), re.sub(r"[\d.]+$", "", name)):
        if word in BY_INTERPRETER:
            return tuple(sorted(BY_INTERPRETER[word], key=lambda language: language != DEFAULTS.get(word)))
    return ()
