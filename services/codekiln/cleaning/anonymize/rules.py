"""The table of kinds: what personal data and secrets look like. Data only.

The first group of an expression is the part that gets replaced; a prefix such as `ghp_` belongs to the span and stays.
Order is precedence: where spans overlap, the earlier rule has it. Formats are those that the providers document.
Expressions are for both engines of the gate: see gate.py.
"""

# ruff: noqa: E501
from __future__ import annotations

from codekiln.cleaning.anonymize.providers import PROVIDERS
from codekiln.cleaning.anonymize.rule import Rule

# Names under which secrets are kept, in code and configuration.
_NAMES = (
    r"(?:passw(?:or)?d|passphrase|passwd|pwd|secret|token|api_?key|apikey|access_?key|auth_?key|private_?key"
    r"|encryption_?key|signing_?key|credentials?|client_?secret)"
)
_NAME_WORDS = ("passw", "passphrase", "pwd", "secret", "token", "key", "credential")
_SETTINGS = frozenset({"Shell", "YAML", "INI", "TOML", "Dotenv", "Java Properties", "Dockerfile", "Text", "Markdown"})

RULES: tuple[Rule, ...] = (
    Rule("private_key", r"-----BEGIN [A-Z0-9 ]{0,32}PRIVATE KEY(?: BLOCK)?-----", ("private key",), "private_key"),
    Rule("jwt", r"\b(eyJ[A-Za-z0-9_-]{8,1000}\.eyJ[A-Za-z0-9_-]{8,1000}\.[A-Za-z0-9_-]{16,1000})", ("eyj",), "jwt"),
    Rule(
        "slack_webhook",
        r"hooks\.slack\.com/services/(T[A-Z0-9]{6,12}/B[A-Z0-9]{6,12}/[A-Za-z0-9]{20,28})",
        ("hooks.slack.com",),
    ),
    Rule("discord_webhook", r"discord(?:app)?\.com/api/webhooks/([0-9]{17,20}/[A-Za-z0-9_-]{60,72})", ("webhooks",)),
    Rule(
        "teams_webhook",
        r"webhook\.office\.com/webhookb2/([0-9a-f-]{36}@[0-9a-f-]{36}/IncomingWebhook/[0-9a-f]{32})",
        ("webhookb2",),
    ),
    Rule(
        "url_password",
        r"\b[A-Za-z][A-Za-z0-9+.-]{1,24}://[^ \t\r\n:/@\"'<>`\\\[]{0,64}:([^ \t\r\n/@\"'<>`\\]{3,128})@[A-Za-z0-9\[]",
        ("://",),
        "password",
    ),
    *PROVIDERS,
    Rule(
        "secret",
        _NAMES
        + r"[A-Za-z0-9_]{0,24}[\"'\])]{0,3}[ \t]{0,8}(?::=|=>|==|=|:)[ \t]{0,8}[bru]{0,2}[\"'`]([^\"'`\r\n\t ]{8,200})[\"'`]",
        _NAME_WORDS,
        "assigned",
        True,
    ),
    Rule(
        "secret",
        r"(?:\n|\A)[ \t]*(?:-[ \t]+)?(?:(?:export|ENV|ARG|set|setx|setenv|env|local|readonly|declare -x)[ \t]+)?[A-Za-z0-9_.-]{0,40}"
        + _NAMES
        + r"[A-Za-z0-9_]{0,24}[ \t]*[=:][ \t]*([^ \t\r\n\"'#$<>{}\[\]()][^ \t\r\n\"'<>{}\[\]()]{7,199})[ \t]*(?:[\r\n]|\z)",
        _NAME_WORDS,
        "assigned",
        True,
        _SETTINGS,
        name="secret_setting",
    ),
    Rule(
        "secret",
        _NAMES
        + r"[A-Za-z0-9_]{0,24}[\"'\])]{0,3}[ \t]{0,8}[,(](?:[A-Za-z0-9_.&*-]{1,40},)?[ \t]{0,8}[\"'`]([^\"'`\r\n\t ]{8,200})[\"'`]",
        _NAME_WORDS,
        "assigned",
        True,
        name="secret_argument",
    ),
    Rule(
        "secret",
        r"#[ \t]*define[ \t]+[A-Za-z0-9_]{0,40}" + _NAMES + r"[A-Za-z0-9_]{0,24}[ \t]+L?\"([^\"\r\n\t ]{8,200})\"",
        ("define",),
        "assigned",
        True,
        name="secret_macro",
    ),
    Rule(
        "secret",
        r"<[A-Za-z0-9_.:-]{0,30}" + _NAMES + r"[A-Za-z0-9_]{0,16}>[ \t]{0,8}([^<>\r\n\t ]{8,200})[ \t]{0,8}</",
        _NAME_WORDS,
        "assigned",
        True,
        name="secret_element",
    ),
    Rule(
        "secret",
        r"[;\"'](?:password|pwd)=([^;\"'<>{}\r\n\t ]{6,128})[;\"']",
        ("password=", "pwd="),
        "assigned",
        True,
        name="connection_string",
    ),
    Rule(
        "secret",
        r"--[a-z-]{0,24}(?:password|passwd|pwd|token|api-key|secret|secret-key|access-key)[= ][ \t]{0,4}[\"']?([^ \t\r\n\"'<>{}|;&]{8,200})",
        ("--",),
        "assigned",
        True,
        name="secret_option",
    ),
    Rule(
        "secret",
        r"\bmachine[ \t]{1,8}[^ \t\r\n]{1,100}[ \t\r\n]{1,8}login[ \t\r\n]{1,8}[^ \t\r\n]{1,100}[ \t\r\n]{1,8}password[ \t\r\n]{1,8}([^ \t\r\n]{4,128})",
        ("machine",),
        "password",
        name="netrc_password",
    ),
    Rule(
        "secret",
        r"\b_(?:authToken|auth|password)[ \t]{0,4}=[ \t]{0,4}\"?([A-Za-z0-9+/=_.-]{12,300})",
        ("_auth", "_password"),
        "random",
        name="npmrc_token",
    ),
    Rule(
        "auth_header",
        r"authorization[\"'\])]{0,3}[ \t]{0,4}[:=,][ \t]{0,4}[\"'`]?(?:basic|bearer|token)[ \t]{1,4}([A-Za-z0-9_.~+/=-]{16,1000})",
        ("authorization",),
        "random",
        True,
    ),
    Rule(
        "email",
        r"([A-Za-z0-9][A-Za-z0-9._%+-]{0,63}@[A-Za-z0-9](?:[A-Za-z0-9-]{0,62}\.){1,8}[A-Za-z]{2,24})",
        ("@",),
        "email",
        hint=r"[A-Za-z0-9._%+-]@[A-Za-z0-9][A-Za-z0-9-]{0,62}\.",
    ),
    Rule("ipv4", r"\b([0-9]{1,3}(?:\.[0-9]{1,3}){3})\b", (".",), "ipv4"),
    Rule("ipv6", r"\b([23][0-9A-Fa-f]{3}:(?:[0-9A-Fa-f]{0,4}:){1,6}[0-9A-Fa-f]{0,4})", (":",), "ipv6"),
)
