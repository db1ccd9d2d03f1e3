"""The anonymiser: what it finds, what it leaves, and what holds for any text."""

from __future__ import annotations

import ast
import ipaddress
import json
import random
import re
import string
from itertools import pairwise
from pathlib import Path

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bench.pii.places import ANYWHERE
from bench.pii.planting import cases
from codekiln.cleaning import gate, redact
from codekiln.cleaning.anonymize.checks import has_crc32
from codekiln.cleaning.anonymize.detection import spans
from codekiln.cleaning.anonymize.providers import PROVIDERS
from codekiln.cleaning.anonymize.redaction import redact_bytes
from codekiln.cleaning.anonymize.rules import RULES
from codekiln.cleaning.anonymize.substitutes import Substitutes, is_substitute
from codekiln.core.errors import InvalidArgument
from tests.cleaning.anonymize_examples import BASE32, DECOYS, POSITIVES, made
from tests.cleaning.anonymize_more_examples import MORE_DECOYS, MORE_POSITIVES
from tests.cleaning.material import stdlib

RE2 = gate.Re2Gate(gate.patterns())


@pytest.mark.parametrize(
    ("kind", "text"),
    [(kind, text) for some in (POSITIVES, MORE_POSITIVES) for kind, texts in some.items() for text in texts],
)
def test_every_kind_is_found_and_gone(kind: str, text: str) -> None:
    given = f"before\n{text}\nafter\n"
    new, done = redact(given)
    assert {span.kind for span in done} == {kind}
    for span in done:
        assert given[span.start : span.end] not in new
    assert new.startswith("before\n") and new.endswith("\nafter\n")


def test_every_kind_has_an_example() -> None:
    assert {rule.kind for rule in RULES} == set(POSITIVES) | set(MORE_POSITIVES)
    assert len({rule.kind for rule in PROVIDERS}) > 100


@pytest.mark.parametrize("text", DECOYS + MORE_DECOYS)
def test_what_only_looks_like_it_stays(text: str) -> None:
    new, done = redact(text)
    assert done == ()
    assert new == text


@pytest.mark.parametrize("between", ['", "', ",", "\n", ":"])
def test_the_two_keys_of_an_account_are_found_side_by_side(between: str) -> None:
    keys = "AKIA" + made("pair", 16, BASE32), made("pair2", 40)
    new, done = redact(text := f'("{between.join(keys)}")')
    if between == "\n":
        assert [span.kind for span in done] == ["aws_access_key"]
    else:
        assert [text[span.start : span.end] for span in done] == list(keys)
    assert redact(new).text == new


def test_a_right_checksum_is_a_token_however_it_looks() -> None:
    drawn = "1234567890" * 3
    assert redact("ghp_" + drawn + "000000").spans == redact("npm_" + drawn + "000000").spans == ()
    assert has_crc32("zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ" + "0mLq17")
    checked = drawn + "2PDSiF"
    assert has_crc32(checked)
    text, [span] = redact("ghp_" + checked)
    assert span.kind == "github_token" and redact(text).text == text


@pytest.mark.parametrize("beginning", ["MIIEowIBAAKC", "fm2_", "ops_eyJ", "IQoJb3JpZ2lu"])
def test_a_megabyte_that_begins_as_a_key_does_is_data(beginning: str) -> None:
    text = beginning + "".join(random.Random(1).choices(string.ascii_letters + string.digits, k=1 << 20))
    assert redact(text, repository="r").text == text


def test_spans_are_exact() -> None:
    token = "ghp_" + made("exact", 36)
    text = f"\u00e9 = '{token}' # ada@lovelace.org!"
    expected = [("github_token", token), ("email", "ada@lovelace.org")]
    new, done = redact(text)
    assert [(span.kind, text[span.start : span.end]) for span in done] == expected
    data, done = text.encode(), redact(text.encode()).spans
    assert [(span.kind, data[span.start : span.end].decode()) for span in done] == expected
    assert re.fullmatch(r"\u00e9 = 'ghp_[A-Za-z0-9]{36}' # [a-z]+\.[a-z]+\d+@example\.(com|org|net)!", new)


def test_same_value_same_substitute_inside_a_repository_only() -> None:
    text = "a: ada@lovelace.org\nb: ada@lovelace.org\nc: grace@navy.mil\n"
    once, again = redact(text, "one")[0], redact(text, "one")[0]
    lines = [line[3:] for line in once.splitlines()]
    assert once == again
    assert lines[0] == lines[1] != lines[2]
    assert redact(text, "two")[0] != once
    assert redact(text, "one", key=bytes(32))[0] != once


def test_addresses_become_documentation_addresses() -> None:
    new, _ = redact('ip = "85.214.132.117"; ip6 = "2a00:1450:4001:81b::200e"')
    four, six = re.findall(r'"([^"]+)"', new)
    assert any(
        ipaddress.ip_address(four) in ipaddress.ip_network(n)
        for n in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24")
    )
    assert ipaddress.ip_address(six) in ipaddress.ip_network("2001:db8::/32")


def test_keys_keep_length_and_alphabet() -> None:
    for kind in ("aws_access_key", "digitalocean_token", "github_token", "postman_key", "azure_storage_key"):
        text = POSITIVES[kind][0]
        _, done = redact(text)
        value, substitute = text[done[0].start : done[0].end], done[0].substitute
        assert len(value) == len(substitute)
        assert [c.isdigit() for c in value] == [c.isdigit() for c in substitute]
        if set(value) <= set("0123456789abcdef-"):
            assert set(substitute) <= set("0123456789abcdef-")


def test_a_private_key_keeps_its_frame() -> None:
    text = POSITIVES["private_key"][1]
    new, _ = redact(text)
    assert len(new) == len(text)
    assert new.count("\\n") == text.count("\\n")
    assert ast.literal_eval(new[len("KEY = ") :]).splitlines()[0] == "-----BEGIN RSA " + "PRIVATE KEY-----"


def test_escapes_inside_a_secret_stay() -> None:
    text = 'password = "tK\\x41bC9\\u00e9!dK7w2wQxR4"'
    new, done = redact(text)
    assert done
    ast.parse(new)
    assert "\\x41" in new and "\\u00e9" in new


def test_what_is_around_a_key_stays() -> None:
    text = POSITIVES["private_key"][0]
    new, [span] = redact(text)
    assert text[span.start : span.end].startswith("-----BEGIN ")
    assert new.splitlines()[0] == text.splitlines()[0] and new.splitlines()[-1] == text.splitlines()[-1]


SECRETS = st.sampled_from([text for some in (POSITIVES, MORE_POSITIVES) for texts in some.values() for text in texts])
DECOY = st.sampled_from(DECOYS + MORE_DECOYS)
NOISE = st.text(max_size=30)
GLUE = st.text(alphabet="@.:/-_=\"' \n\\{}$<>aA0", max_size=12)
TEXTS = st.lists(st.one_of(SECRETS, DECOY, NOISE, GLUE), max_size=8).map("".join).filter(lambda t: "\ud800" not in t)


@settings(max_examples=400, deadline=None)
@example("glsa_9CKRoOPH5fa7xiLUtU2v2cwORM3V2z6D_76e67c7bObjectIdentifier('1.3.101.112') # OID 2.5.29.33")
@given(TEXTS)
def test_running_twice_changes_nothing(text: str) -> None:
    once, _ = redact(text, "repo")
    twice, done = redact(once, "repo")
    assert twice == once, done
    other_key, done = redact(once, "repo", key=bytes(32))
    assert other_key == once, done


LINE = "    total += item.price * count\n"
FILLERS = st.sampled_from([LINE, "10.20.30.", "a@b.", "token: ", "x=", "ab/Cd+4", "\\n"])


@settings(max_examples=200, deadline=None)
@example("", LINE, "esecret_TAwR6Mc45F8bi3ZufgCUDJY04sqCuc6Zsha256:daed9ea291c7359d576c5783efd9bfae", LINE, "")
@given(TEXTS, FILLERS, TEXTS, FILLERS, TEXTS)
def test_running_twice_changes_nothing_far_from_a_replacement(a: str, b: str, c: str, d: str, e: str) -> None:
    """A long file is looked at again around replacements only."""
    once, _ = redact(a + b * (9000 // len(b)) + c + d * (9000 // len(d)) + e, "repo")
    assert redact(once, "repo").text == once


@settings(max_examples=150, deadline=None)
@given(TEXTS)
def test_both_gates_lead_to_the_same_text(text: str) -> None:
    data = text.encode()
    substitutes = Substitutes(bytes(32), "repo")
    assert redact_bytes(data, gate.shared().hits(data), substitutes) == redact_bytes(data, RE2.hits(data), substitutes)


@settings(max_examples=100, deadline=None)
@given(TEXTS)
def test_spans_never_overlap_and_lie_in_order(text: str) -> None:
    data = text.encode()
    found = spans(data, gate.shared().hits(data))
    assert all(one.end <= other.start for one, other in pairwise(found))


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet=st.characters(codec="utf-8"), min_size=8, max_size=80), st.binary(min_size=32, max_size=32))
def test_a_substitute_is_known_for_one(value: str, key: bytes) -> None:
    substitute = Substitutes(key, "repo").secret("secret", value)
    assert len(substitute) == len(value)
    free = sum(c.isascii() and c.isalnum() for c in value)
    if free > 3 and "\\" not in value and "%" not in value:
        assert is_substitute(substitute)


@settings(max_examples=300, deadline=None)
@given(TEXTS)
def test_the_spans_say_what_was_done_to_the_text_that_was_given(text: str) -> None:
    """However many passes it took."""
    new, done = redact(text, "repo")
    pieces, at = [], 0
    for span in done:
        pieces += [text[at : span.start], span.substitute]
        at = span.end
    assert "".join([*pieces, text[at:]]) == new


PLANTED = {
    "py": 'password = "{secret}"\nHOST = "85.214.132.117"\nAUTH = ("svc", "{secret}")\n# ada@lovelace.org\n',
    "json": '{{"password": "{secret}", "mail": "ada@lovelace.org", "ip": "85.214.132.117", "url": "https://u:{secret}@h.io/"}}',
    "yaml": "password: {secret}\nmail: ada@lovelace.org\nenv:\n  token: '{secret}'\nlist: [85.214.132.117]\n",
}
PASSWORDS = st.text(alphabet=string.ascii_letters + string.digits + "-_.+*!%", min_size=9, max_size=30)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(sorted(PLANTED)), PASSWORDS.map(lambda text: "k" + text + "7Q"))
def test_what_parsed_before_parses_after(language: str, password: str) -> None:
    parse = {"py": ast.parse, "json": json.loads, "yaml": yaml.safe_load}[language]
    text = PLANTED[language].format(secret=password)
    parse(text)
    new, done = redact(text, "repo")
    assert {"email", "ipv4"} <= {span.kind for span in done}
    parse(new)


@pytest.mark.parametrize("path", stdlib("*.py", 25), ids=lambda path: path.name)
def test_real_code_parses_with_secrets_planted_in_it(path: Path) -> None:
    """In every assignment of the file's own that stands at the left edge."""
    text = re.sub(
        r"(?m)^([A-Z_a-z]+ = .*)$", f'\\1\nAPI_KEY = "{made("planted", 32)}"  # ada@lovelace.org', path.read_text()
    )
    try:
        ast.parse(text)
    except SyntaxError:
        return  # an assignment of several lines, cut in two by the test and not by what it tests
    new, _ = redact(text, "repo")
    ast.parse(new)
    assert made("planted", 32) not in new


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("# Author: Ada Byron\n", "name", "Ada Byron"),
        ("@author Grace B. Hopper\n", "name", "Grace B. Hopper"),
        ("Copyright (c) 2019-2021 Linus van der Berg\n", "name", "Linus van der Berg"),
        ("Signed-off-by: J\u00fcrgen Gro\u00df <root@localhost>\n", "name", "J\u00fcrgen Gro\u00df"),
        ("// Written by JOHN SMITHSON\n", "name", "JOHN SMITHSON"),
        ("x = 1  # Mary Evans <a@example.org>\n", "name", "Mary Evans"),
        ("call +1 (415) 867-5309 now\n", "phone", "+1 (415) 867-5309"),
        ("tel: 030 1234567\n", "phone", "030 1234567"),
        ('"+49 30 12345678"\n', "phone", "+49 30 12345678"),
        ("(212) 736-5000\n", "phone", "(212) 736-5000"),
    ],
)
def test_names_and_numbers_go_only_where_asked_for(text: str, kind: str, value: str) -> None:
    assert redact(text).text == text
    new, [span] = redact(text, also=[kind])
    assert (span.kind, text[span.start : span.end]) == (kind, value)
    assert value not in new and redact(new, also=["name", "phone"]).text == new
    if kind == "phone":
        assert [c.isdigit() for c in value] == [c.isdigit() for c in span.substitute]
    else:
        assert span.substitute.isupper() == value.isupper() and len(span.substitute.split()) == 2


@pytest.mark.parametrize(
    "text",
    [
        "Copyright 2020 The Android Open Source Project",
        "Copyright (c) 2010 Google Inc.",
        "Maintainer: Debian Team",
        "+1-555-0100 and 2024-01-15 and 1.2.3.4",
        "x = 4158675309; y = 0x1234567; call(1234567)",
        "version 212.736.5000",
    ],
)
def test_what_is_no_name_and_no_number_stays(text: str) -> None:
    assert redact(text, also=["name", "phone"]).spans == ()


def test_another_kind_to_ask_for_is_refused() -> None:
    with pytest.raises(InvalidArgument, match="`address`"):
        redact("x", also=["address"])


def test_both_gates_find_the_same_in_the_labelled_set() -> None:
    """Every kind, form and decoy of bench.pii, and what is found with no gate at all: hints hide nothing."""
    engine, files = gate.HyperscanGate(gate.patterns()), {name: [("x", "a\n" * 9)] for name in ANYWHERE}
    for case in cases("open", 2, files):
        data = case.text.encode()
        assert spans(data, engine.hits(data)) == spans(data, RE2.hits(data)) == spans(data, EVERYTHING), case


EVERYTHING = frozenset(pattern.name for pattern in gate.patterns())


def test_values_are_those_of_their_own_manifest_however_many_there_are() -> None:
    value = "VHo5IWZLMm1RcDd4V3Y0"
    secret, settings_ = f"kind: Secret\ndata:\n  key: {value}\n", f"kind: ConfigMap\ndata:\n  key: {value}\n"
    text = "---\n".join([f"data:\n  key: {value}\nkind: Secret\n", settings_, secret + "kind: Secret\n"])
    once, found = redact(text, "repo", key=bytes(32))
    assert [text[span.start : span.end] for span in found] == [value] * 2
    assert settings_ in once
    # Each manifest is read once: with a look back from every `kind: Secret` this one takes half an hour.
    many = "kind: Secret\ndata:\n  key: short\n" * 30_000
    assert redact(many, "repo", key=bytes(32)).text == many


@pytest.mark.parametrize(
    "line",
    [
        '{"session_id": "abc", "email": "jane@lovelace.org"}',
        "References: jane@lovelace.org",
        "call_id=5 owner=jane@lovelace.org",
        "content_id: 7 # jane@lovelace.org",
    ],
)
def test_an_address_that_only_stands_on_the_line_of_an_identifier_goes(line: str) -> None:
    assert [span.kind for span in redact(line)[1]] == ["email"]
