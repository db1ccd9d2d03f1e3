"""What only looks like a secret: templates, examples, words, identifiers."""

# ruff: noqa: E501
from __future__ import annotations

import base64
import re

from codekiln.cleaning.anonymize.wordiness import is_wordy

_TEMPLATE = re.compile(
    r"\$\{|\{\{|\{[\w.!:\[\]]*\}|%\(|%[sdr]\b|%\[\d|\$\(|<[^<>]{1,60}>|\[[A-Za-z_ -]{2,40}\]|\.\.\.|^\$|^%\w+%$|^@|\*{3}|#\{|\|\|"
)
_EXAMPLE = re.compile(
    r"example|placeholder|your[-_.]?|change[-_]?(?:me|it)|dummy|sample|fake|mock|redacted|removed|hidden|insert|replace"
    r"|todo|fixme|lorem|ipsum|(?<![a-z])(?:foo|bar|baz|qux|xxx|yyy|zzz)(?![a-z])|foobar|xxxx|yyyy|zzzz|abcdef|qwerty|asdf|1234|secret|passw|token|default|testing"
    r"|deadbeef|cafebabe|undefined|notreal|(?:api|access|private)[-_]key|wachtwoord|kennwort|passwort|contrase|lozinka|salasana|heslo|senha|not[-_]?a[-_]|123abc|abc123|test[-_]?(?:key|pass|user|pwd|sec)|^hunter2$",
    re.IGNORECASE,
)
"""`hunter2` since bash.org's quote 244321: of some 20 places in public code each was a test's or a document's example."""
_CLEAR_EXAMPLE = re.compile(
    r"example|4eC39HqLyjWDarjtT1zdp7dc|placeholder|x{6}|X{6}|0{8}|\*{4}|\.{4}|1234567890|0123456789|abcdefgh|ABCDEFGH|your[-_]|redacted"
    r"|2YotnFZFEjr1zCsicMWpAA|tGzv3JOkF0XG5Qx2TlKWIA|SplxlOBeZQQYbYS6WxSbIA|7Fjfp0ZBr1KtDRbnfVdmIw|czZCaGRSa3F0MzpnWDFmQmF0M2JW"
    r"|5f4dcc3b5aa765d61d8327deb882cf99|550e8400-e29b",
    re.IGNORECASE,
)
"""Those of AWS and Stripe, of RFC 6749, the MD5 of `password`, the UUID of Wikipedia."""


_LEET = str.maketrans("0134578@$", "oleastbas")
"""`p4ssw0rd` and `s3cr3t` say no less."""


def is_template(value: str) -> bool:
    """Whether the value is filled in later: `${TOKEN}`, `<password>`, `%s`."""
    return _TEMPLATE.search(value) is not None


def is_example(value: str) -> bool:
    """Whether a value says of itself that it is one: `changeme`, `my-secret`.

    A long random value holds `foo` or `baz` by chance: there such words must make up a quarter of it.
    """
    if len(value) > 40:
        return False
    said = sum(len(found[0]) for found in _EXAMPLE.finditer(value))
    if said == 0:
        said = sum(len(found[0]) for found in _EXAMPLE.finditer(value.translate(_LEET)))
        if len(value) - said > 3:
            return False  # `Sup3rS3cr3t!`: somebody made a password of the word
    return said > 0 if len(value) < 16 else said >= len(value) / 4


def is_clear_example(value: str) -> bool:
    """Whether a value in a provider's own format can be nobody's: `AKIAIOSFODNN7EXAMPLE`, one character all along."""
    return _CLEAR_EXAMPLE.search(value) is not None or len(set(value)) < max(3, min(8, len(value) // 4))


def is_encoded_words(value: str) -> bool:
    """Whether a value is a sentence in base64, as examples and tests are: `dGhpcyBpcyBub3QgYSBzZWNyZXQ=`."""
    try:
        text = base64.b64decode(value, validate=True).decode("ascii")
    except ValueError:
        return False
    return text.isprintable() and (" " in text or is_wordy(text))
