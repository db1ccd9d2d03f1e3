"""The structure of a shell script: strings, here documents, brackets, and words such as `if` and `fi` in pairs."""

from __future__ import annotations

import re

from codekiln.cleaning.steps.parse.place import sentence


class BrokenError(Exception):
    """Something that has no other half: where, and what."""

    def __init__(self, at: int, what: str) -> None:
        self.at = at
        self.what = what


_TOKEN = re.compile(
    rb"""
    (?P<newline>\n) | (?P<space>[ \t\r]+|\\\r?\n)
    | (?P<comment>(?<![^\s;&|)`])\#[^\n]*) | (?P<escape>\\.|\$[\#!?@*$-])
    | (?P<single>\$'(?:[^'\\]|\\.)*'|'[^']*') | (?P<double>\$?")
    | (?P<here><<<|<<-?[ \t]*(?P<end>'[^'\n]*'|"[^"\n]*"|\\?[\w.!%:+=@/,-]+))
    | (?P<arithmetic>\$?\(\() | (?P<substitution>[$<>=]\() | (?P<parameter>\$\{) | (?P<tick>`)
    | (?P<end_of_case>;;&?|;&|;\|) | (?P<separator>[;&|]) | (?P<open>\() | (?P<close>\)) | (?P<bad>')
    | (?P<word>[^\s;&|()<>"'`$\\]+) | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_IN_DOUBLE = re.compile(rb'["\\`]|\$\(|\$\{')
_IN_PARAMETER = re.compile(rb"[}\"'\\`]|\$\(|\$\{")
_ENDS_WORD = b" \t\r\n;&|()<>`"
_FOR = re.compile(rb"\bfor\s+\w+\s+\Z")
_CONDITION_BEGINS = re.compile(rb"(?:\b(?:if|elif|while|until)|&&|\|\||!)(?:\s|\\\r?\n)*\Z")
_AFTER_END = re.compile(rb"^[ \t]*(?:fi|done|esac|\})(?:[ \t]|\\\r?\n)+\Z", re.M)
"""`fi done`: where a command ended, the next word may be one of the shell's own without a `;`."""
_CONDITION_ENDS = re.compile(rb"[\])]\s*\Z")
_LINE_ENDS = re.compile(rb"[ \t]*(?:\#[^\n]*)?(?:\r?\n|\Z)")
_ENDS = frozenset((b"fi", b"done", b"esac", b"}"))
_LOOPS = frozenset((b"for", b"while", b"until", b"select"))


class Reader:
    """Reads a file once; raises where something is left open or closed."""

    def __init__(self, data: bytes, *, zsh: bool) -> None:
        self._data = data
        self._zsh = zsh
        self.texts: list[tuple[int, int, bytes]] = []
        """What was read that is no code of this script, here documents and the insides of backquotes; and what to read
        in its place."""

    def read(self) -> None:
        """Raises BrokenError, or RecursionError where substitutions nest deeply."""
        self._code(0, b"")

    def _code(self, at: int, closing: bytes) -> int:
        """Reads commands up to `closing`, and says where they end."""
        data, start = self._data, at
        open_: list[str] = []
        pending: list[tuple[bytes, bool]] = []
        command = True
        while token := _TOKEN.match(data, at):
            kind, at = token.lastgroup, token.end()
            text = token[0]
            if kind == "newline":
                at = self._documents(at, pending)
                command = True
            elif kind in ("space", "comment"):
                pass
            elif kind == "word" and data[token.start() - 1 : token.start()] in (b"", *map(bytes, zip(_ENDS_WORD))):
                whole = at >= len(data) or data[at] in _ENDS_WORD or data.startswith((b"\\\n", b"\\\r\n"), at)
                if text == b"[[" and command:
                    at = self._test(at)
                    command = self._zsh  # `[[ a ]] then`
                elif whole:
                    command = self._word(open_, text, token.start(), command=command)
                else:
                    command = False
            elif kind == "end_of_case" and open_ and open_[-1] == "list":
                open_[-1] = "pattern"
            elif kind in ("separator", "end_of_case"):
                command = True
            elif kind == "open":
                # A pattern may have one, `(x)`; in `@(x|y)` it is a part of the pattern.
                if not (
                    open_ and open_[-1] == "pattern" and data[token.start() - 1 : token.start()] in (b" ", b"\t", b"\n")
                ):
                    open_.append("(")
                command = True
            elif kind == "close":
                if open_ and open_[-1] == "pattern":
                    open_[-1] = "list"
                elif open_ and open_[-1] == "(":
                    open_.pop()
                elif closing == b")" and not self._left(open_):
                    return at
                else:
                    raise BrokenError(token.start(), "`)` without the other half")
                command = True
            elif kind == "bad":
                raise BrokenError(token.start(), "a string without its end")
            elif kind == "here":
                if token["end"] is None:
                    continue
                pending.append((re.sub(rb"[\\'\"]", b"", token["end"]), text.startswith(b"<<-")))
                self.texts.append((token.start(), token.end(), b"</dev/null"))
            else:
                at = self._inside(kind or "", at)
                command = False
        if self._left(open_):
            raise BrokenError(len(data), f"`{self._left(open_)}` without its end")
        if closing:
            raise BrokenError(start, f"no `{closing.decode()}`")
        return at

    def _left(self, open_: list[str]) -> str:
        """What is open; zsh has loops and conditions in one line."""
        left = [name for name in open_ if not self._zsh or name not in ("for", "if")]
        return left[-1] if left else ""

    def _word(self, open_: list[str], text: bytes, at: int, *, command: bool) -> bool:
        """Takes a word that may be one of the shell's own; whether a command may begin after it."""
        top = open_[-1] if open_ else ""
        if top == "pattern":
            if text == b"esac":
                open_.pop()
            return False
        if text == b"in" and top == "case":
            open_[-1] = "pattern"
            return True
        if text == b"do" and top == "for" and _FOR.search(self._data, max(0, at - 200), at):
            command = True  # `for each do`
        if text == b"{" and (command or _LINE_ENDS.match(self._data, at + 1) or self._is_body(top, at)):
            if self._is_body(top, at):
                open_.pop()
            open_.append("{")
            return True
        command = command or (text in _ENDS and _AFTER_END.search(self._data, max(0, at - 200), at) is not None)
        if text == b"}" and (command or self._zsh) and (top == "{" or command):
            self._pop(open_, ("{",), at, text)
            return False
        if not command:
            return False
        if text == b"if" or text in _LOOPS or text == b"case":
            open_.append("for" if text in _LOOPS else text.decode())
            return text in (b"if", b"while", b"until")
        if text in (b"then", b"elif", b"else", b"fi"):
            if top == "then" or (top == "if" and text == b"then") or not self._zsh:
                self._pop(open_, ("if",) if text == b"then" else ("then",), at, text)
                if text != b"fi":
                    open_.append("if" if text == b"elif" else "then")
            return text != b"fi"
        if text in (b"do", b"done"):
            self._pop(open_, ("for",) if text == b"do" else ("do",), at, text)
            if text == b"do":
                open_.append("do")
            return text == b"do"
        if text == b"esac":
            self._pop(open_, ("list",), at, text)
            return False
        if re.fullmatch(rb"(?:I|[A-Z][a-z']+),?", text):
            end = self._data.find(b"\n", at)
            if sentence(self._data, at, end if end >= 0 else len(self._data)) == at:
                raise BrokenError(at, "prose")
        return text in (b"!", b"time", b"coproc", b"always")

    def _is_body(self, top: str, at: int) -> bool:
        """Whether `{` begins what a loop does, `for ((;;)) {`, and in zsh what a condition does; or a part of one."""
        before = self._data[max(0, at - 40) : at]
        if top not in ("for", "if") or _CONDITION_BEGINS.search(before):
            return False
        return self._zsh or (top == "for" and _CONDITION_ENDS.search(before) is not None)

    def _pop(self, open_: list[str], expected: tuple[str, ...], at: int, text: bytes) -> None:
        while self._zsh and open_ and open_[-1] in ("for", "if") and open_[-1] not in expected:
            open_.pop()
        if not open_ or open_[-1] not in expected:
            raise BrokenError(at, f"`{text.decode()}` without the other half")
        open_.pop()

    def _inside(self, kind: str, at: int) -> int:
        if kind == "double":
            return self._double(at)
        if kind == "arithmetic":
            return self._arithmetic(at)
        if kind == "substitution":
            return self._code(at, b")")
        if kind == "parameter":
            return self._parameter(at, quoted=False)
        return self._tick(at) if kind == "tick" else at

    def _documents(self, at: int, pending: list[tuple[bytes, bool]]) -> int:
        for end, indented in pending:
            tabs = rb"\t*" if indented else b""
            match = re.compile(b"^" + tabs + re.escape(end) + rb"[ \t]*\r?$", re.M).search(self._data, at)
            if match is None:
                raise BrokenError(at, f"no `{end.decode(errors='replace')}`")
            self.texts.append((at, match.end(), b"\n" * self._data.count(b"\n", at, match.end())))
            at = min(len(self._data), match.end() + 1)
        pending.clear()
        return at

    def _double(self, at: int) -> int:
        start = at
        while match := _IN_DOUBLE.search(self._data, at):
            if match[0] == b'"':
                return match.end()
            at = self._nested(match, quoted=True)
        raise BrokenError(start, "a string without its end")

    def _parameter(self, at: int, *, quoted: bool) -> int:
        start = at
        while match := _IN_PARAMETER.search(self._data, at):
            if match[0] == b"}":
                return match.end()
            at = self._nested(match, quoted=quoted)
        raise BrokenError(start, "`${` without the other half")

    def _nested(self, match: re.Match[bytes], *, quoted: bool) -> int:
        sign, at = match[0], match.end()
        if sign == b"\\":
            return at + 1
        if sign == b"'":
            end = -1 if quoted else self._data.find(b"'", at)
            return end + 1 if end >= 0 else at
        if sign == b'"':
            return self._double(at)
        if sign == b"`":
            return self._tick(at)
        if sign == b"${":
            return self._parameter(at, quoted=quoted)
        return self._arithmetic(at + 1) if self._data.startswith(b"(", at) else self._code(at, b")")

    def _tick(self, at: int) -> int:
        match = re.compile(rb"(?:[^`\\]|\\.)*`", re.S).match(self._data, at)
        if match is None:
            raise BrokenError(at, "a backquote without the other half")
        self.texts.append((at - 1, match.end(), b"x" + b"\\\n" * match[0].count(b"\n")))
        return match.end()

    def _arithmetic(self, at: int) -> int:
        """After `((`; or two subshells that begin in one place."""
        start, depth = at, 2
        while depth:
            match = re.compile(rb"[()\"`\\]|\$\{|\$\(").search(self._data, at)
            if match is None:
                raise BrokenError(start, "`((` without the other half")
            if match[0] in b"()":
                depth += 1 if match[0] == b"(" else -1
                at = match.end()
            else:
                at = self._nested(match, quoted=False)
        return at

    def _test(self, at: int) -> int:
        """After `[[`."""
        start = at
        while match := re.compile(rb"(?<=\s)\]\](?=[\s;&|)])|(?<=\s)\]\]\Z|['\"\\`]|\$\(|\$\{").search(self._data, at):
            if match[0] == b"]]":
                return match.end()
            at = self._nested(match, quoted=False)
        raise BrokenError(start, "`[[` without the other half")
