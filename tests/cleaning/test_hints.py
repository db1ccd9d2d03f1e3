"""The gate's cheaper expressions: each matches wherever the rule's own does, and so does one of the rule's words."""

from __future__ import annotations

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from codekiln.cleaning.anonymize.commands import BEFORE, COMMANDS, VALUE
from codekiln.cleaning.anonymize.rule import Rule
from codekiln.cleaning.anonymize.rules import RULES
from codekiln.cleaning.patterns import expression

HINTED = [(rule, rule.expression) for rule in RULES if rule.hint]
PLACES = [(COMMANDS[0], rf"\b{before}{VALUE}") for before in BEFORE]


@pytest.mark.parametrize(("rule", "sought"), HINTED + PLACES)
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_hint_matches_wherever_its_expression_does(rule: Rule, sought: str, data: st.DataObject) -> None:
    python = re.compile(sought.replace(r"\z", r"\Z").encode("latin-1"), re.IGNORECASE if rule.caseless else 0)
    text = data.draw(st.from_regex(python, fullmatch=True))
    if expression(rule.sought, caseless=rule.caseless).search(text):  # what the engine itself does not match is none
        assert expression(rule.hint, caseless=rule.caseless).search(text)
        assert any(word.encode() in text.lower() for word in rule.words)
