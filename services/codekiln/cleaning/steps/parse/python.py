"""Python by the interpreter's own parser and symbol table; what only other versions accept is read as they read it.

A file that the interpreter rejects and that has a construct of Python 2, or of 3.12 to 3.14, is written in words that
it knows, line for line, and asked again. So the strictness stays the parser's, and a broken file of Python 2 is told
from one that is merely old.
"""

from __future__ import annotations

import re
import symtable
import warnings
from collections.abc import Callable, Iterator

from codekiln.cleaning.steps.parse.formatted import without_formatted


def check(data: bytes) -> str:
    """What is wrong, empty where some version of Python accepts the file."""
    text = data.decode()
    problem = _today(text)
    if not problem:
        return ""
    reworded = _modernised(without_formatted(text))
    if reworded == text or _today(reworded):
        return problem
    return ""


_PIECE = 1 << 16
"""Characters: the parser takes up to 400 bytes of memory for each, so a long file is read a piece at a time."""
_TOP_LEVEL = re.compile(r"^(?:async def|def|class)\b", re.MULTILINE)
_GLOBAL = re.compile(r"^global\b", re.MULTILINE)
"""At the margin it is an error where the name was used before, be it in an earlier piece."""


def _today(text: str) -> str:
    if len(text) > 2 * _PIECE and not _GLOBAL.search(text) and not any(map(_problem, _pieces(text))):
        return ""
    return _problem(text)


def _pieces(text: str) -> Iterator[str]:
    """The text cut before functions and classes at the margin.

    Where each piece is a module, all of it is one: what comes before a cut ends there, or it would be none.
    """
    start = 0
    while start < len(text):
        cut = _TOP_LEVEL.search(text, start + _PIECE)
        end = cut.start() if cut else len(text)
        yield text[start:end]
        start = end


def _problem(text: str) -> str:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            symtable.symtable(text, "<file>", "exec")
        except SyntaxError as error:
            return f"line {error.lineno}: {error.msg}" if error.lineno else str(error.msg)
        except (RecursionError, MemoryError):
            return "nested too deeply"
        except (ValueError, OverflowError) as error:
            return str(error)
    return ""


_TOKENS = re.compile(
    r"""
    (?P<string>(?P<prefix>\b[uUbBrRfF]{1,2})?(?:'''(?:[^\\]|\\.)*?'''|\"\"\"(?:[^\\]|\\.)*?\"\"\"
        |'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"))
    | (?P<comment>\#[^\n]*)
    | (?P<number>(?<![\w.])(?:0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO]?[0-7]*|[1-9][0-9]*)(?:[lL]\b|(?![\w.])))
    """,
    re.VERBOSE | re.DOTALL,
)

_AT_START = r"(?P<start>(?:^|;|(?<=:)|\b(?:else|try|finally)\s*:)[ \t]*)"
# Each takes code without strings and comments (they are held back as `\0 1 \0`) to what today's grammar accepts.
_REWRITES: tuple[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]], ...] = (
    # PEP 695: parameters of types.
    (
        re.compile(
            r"^([ \t]*(?:async[ \t]+)?(?:def|class)[ \t]+\w+)[ \t]*\[(?:[^\[\]]|\[[^\[\]]*\])*\](?=[ \t]*[(:])", re.M
        ),
        r"\1",
    ),
    (re.compile(r"^([ \t]*)type[ \t]+(\w+)[ \t]*(?:\[(?:[^\[\]]|\[[^\[\]]*\])*\])?[ \t]*=(?!=)", re.M), r"\1\2 ="),
    (re.compile(r"<>"), "!="),
    (re.compile(r"`([^`\n]*)`"), r"(\1)"),
    # `print >> file, "x"` is an expression already, `print "x", y` becomes an assignment.
    (re.compile(_AT_START + r"(?:print|exec)[ \t]*(?=[\w\0\"'{\[~+-])(?!\s*=)", re.M), r"\g<start>_ = "),
    (re.compile(_AT_START + r"print[ \t]*>>", re.M), r"\g<start>_ >>"),
    (
        re.compile(r"^([ \t]*raise[ \t]+)([^\n#]+?,[^\n]*)$", re.M),
        lambda match: match[1].replace("raise", "_ =") + match[2],
    ),
    (
        re.compile(
            r"\bexcept\b([ \t]*(?:[\w.]+|\((?:[^()]|\([^()]*\))*\))[ \t]*)"
            r",[ \t]*(?:[\w.\[\]]+(?:,[ \t]*[\w.]+)*|\([\w., ]*\))[ \t]*:"
        ),
        r"except \1 as _:",
    ),
    (re.compile(r"\.(?:async|await|nonlocal|print|exec|None|True|False)\b"), "._"),
    (re.compile(r"\basync\b(?![ \t]+(?:def|for|with)\b)|\b(?:await|nonlocal)\b(?=[ \t]*[=.,()\]:])"), "_"),
    (re.compile(r"\b(None|True|False|print|exec)\b(?=[ \t]*=(?!=))"), r"\1_"),
    (
        re.compile(
            r"(\bin[ \t]+)([\w.\0]+(?:\[[^\[\]\n]*\])?(?:,\s*[\w.\0]+(?:\[[^\[\]\n]*\])?)+),?(?=\s*(?:\]|if\b|for\b))"
        ),
        r"\1(\2)",
    ),
)
_UNICODE_ESCAPE = re.compile(r"\\[uUN]")
"""Plain letters in a string of Python 2."""
_PARAMETERS = re.compile(
    r"(?:\bdef[ \t]+\w+[ \t]*\(|\blambda\b)(?:[^()\n:]|\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)|\n)*"
)
_TUPLE_PARAMETER = re.compile(r"((?:\(|,|\blambda)\s*)\(([\w\s,]*)\)")


def _modernised(text: str) -> str:
    """The file as Python 3 would have it, with the same number of lines."""
    held: list[str] = []

    def hold(match: re.Match[str]) -> str:
        if match["comment"] is not None:
            return ""
        if match["number"] is not None:
            digits = match["number"].rstrip("lL")
            return f"0o{digits[1:]}" if re.fullmatch("0[0-7]+", digits) else digits
        string = match["string"]
        prefix = match["prefix"] or ""
        if len(prefix) == 2 and prefix.lower() == "ur":
            string = string[1:]
        if not prefix and _UNICODE_ESCAPE.search(string):
            string = f"r{string}"
        held.append(string)
        return f"\0{len(held) - 1}\0"

    code = _TOKENS.sub(hold, text.replace("\0", " ")).expandtabs(8)
    for pattern, replacement in _REWRITES:
        code = pattern.sub(replacement, code)
    code = _PARAMETERS.sub(_flattened, code)
    return re.sub("\0([0-9]+)\0", lambda match: held[int(match[1])], code)


def _flattened(parameters: re.Match[str]) -> str:
    """Parameters that are taken apart, `def f(a, (b, c))`, side by side."""
    text, found = parameters[0], 1
    while found:
        text, found = _TUPLE_PARAMETER.subn(r"\1 \2 ", text)
    return text
