"""Data formats, each by a strict library: JSON by the standard library, YAML by libyaml's events, TOML by tomllib."""

from __future__ import annotations

import json
import re
import tomllib

import yaml

from codekiln.cleaning.steps.parse.place import sentence

_DEEP = "nested too deeply"


def check_json(data: bytes) -> str:
    """JSON, JSON with comments and trailing commas (tsconfig.json), several values in a row, or a template of JSON."""
    text = data.decode()
    problem = _json(text)
    if not problem or problem == _DEEP:
        return problem
    if not _json(_TRAILING.sub(r"\1", _COMMENTS.sub(_without_comment, text))):
        return ""
    if not _values(text) or not _json(_TEMPLATE.sub("0", text)):
        return ""
    return problem


_COMMENTS = re.compile(r'("(?:[^"\\\n]|\\.)*")|//[^\n]*|/\*.*?(?:\*/|(\Z))', re.S)
_TRAILING = re.compile(r",(\s*[\]}])")


def _without_comment(match: re.Match[str]) -> str:
    # A comment without its end stays, and the search goes no further: each `/*` after it has none either.
    return match[0] if match[2] is not None else match[1] or " "


def _json(text: str) -> str:
    try:
        json.loads(text)
    except json.JSONDecodeError as error:
        return f"line {error.lineno}: {error.msg}"
    except RecursionError:
        return _DEEP
    except ValueError:  # a number of more digits than Python turns into one at once
        return _json_of_long_numbers(text)
    return ""


def _json_of_long_numbers(text: str) -> str:
    try:
        json.loads(text, parse_int=str)
    except json.JSONDecodeError as error:
        return f"line {error.lineno}: {error.msg}"
    except RecursionError:
        return _DEEP
    return ""


def _values(text: str) -> bool:
    """Whether something is wrong with objects and arrays one after another, as in JSON lines."""
    decoder, at = json.JSONDecoder(), 0
    while at < len(text):
        if text[at].isspace():
            at += 1
        elif text[at] not in "{[":
            return True
        else:
            try:
                _, at = decoder.raw_decode(text, at)
            except (ValueError, RecursionError):
                return True
    return False


def check_toml(data: bytes) -> str:
    """TOML 1.0."""
    try:
        tomllib.loads(data.decode())
    except tomllib.TOMLDecodeError as error:
        match = re.search(r"(.*) \(at line (\d+)", str(error))
        return f"line {match[2]}: {match[1]}" if match else str(error)
    except RecursionError:
        return _DEEP
    except ValueError as error:  # a date of the 31st of February, a number of 5,000 digits
        return str(error)
    return ""


_TEMPLATE_LINE = re.compile(
    r"^[ \t]*(?:\{\{.{0,1000}?\}\}|\{%.{0,1000}?%\}|<%.{0,1000}?%>|\{\{-?[^{}\n]*|[^{}\n]*-?\}\})[ \t]*$", re.M | re.S
)
_TEMPLATE = re.compile(r"\{\{.{0,1000}?\}\}|\{%.{0,1000}?%\}|\{#.{0,1000}?#\}|<%.{0,1000}?%>", re.S)
_MAX_DEPTH = 1000
"""libyaml takes a time that grows with the square of the depth of `[[[`."""


def check_yaml(data: bytes) -> str:
    """YAML, also with the templates of Helm, Jinja and ERB in it, by what is left without them."""
    text = data.decode()
    problem = _yaml(text)
    if not problem or not _TEMPLATE.search(text):
        return problem
    return _yaml(_TEMPLATE.sub(_same_lines, _TEMPLATE_LINE.sub(_empty_lines, text))) and problem


def _same_lines(match: re.Match[str]) -> str:
    return "x" + "\n" * match[0].count("\n")


def _empty_lines(match: re.Match[str]) -> str:
    return "\n" * match[0].count("\n")


def _yaml(text: str) -> str:
    depth = 0
    try:
        for event in yaml.parse(text, Loader=yaml.CSafeLoader):
            if isinstance(event, yaml.CollectionStartEvent):
                depth += 1
            elif isinstance(event, yaml.CollectionEndEvent):
                depth -= 1
            elif (
                not depth and isinstance(event, yaml.ScalarEvent) and sentence(event.value.encode(), 0, len(text)) >= 0
            ):
                return "prose"
            if depth > _MAX_DEPTH:
                return _DEEP
    except yaml.MarkedYAMLError as error:
        return f"line {error.problem_mark.line + 1}: {error.problem}" if error.problem_mark else str(error.problem)
    except yaml.YAMLError as error:
        return str(error).split("\n")[0]
    return ""
