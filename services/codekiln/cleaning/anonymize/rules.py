"""The table of kinds: what personal data and secrets look like. Data only.

The first group of an expression is the part that gets replaced; a prefix such as `ghp_` belongs to the span and stays.
Order is precedence: where spans overlap, the earlier rule has it. Formats are those that the providers document.
Expressions are for both engines of the gate: see gate.py.
"""

# ruff: noqa: E501
from __future__ import annotations

from codekiln.cleaning.anonymize.commands import COMMANDS
from codekiln.cleaning.anonymize.contexts import CONTEXTS
from codekiln.cleaning.anonymize.inserts import INSERT
from codekiln.cleaning.anonymize.providers import PROVIDERS
from codekiln.cleaning.anonymize.rule import Rule

RULES: tuple[Rule, ...] = (
    Rule(
        "private_key",
        r"---- ?-?BEGIN [A-Z0-9 ]{0,32}PRIVATE KEY(?: BLOCK)? ?----|PuTTY-User-Key-File-",
        ("private key", "putty-user-key-file-"),
        "private_key",
    ),
    Rule("encoded_private_key", r"(LS0tLS1CRUdJTi[A-Za-z0-9+/]{60,}={0,2})", ("ls0tls1crudjti",), "encoded_key"),
    # DER of PKCS #1, of PKCS #8 with RSA, EC, Ed25519 and of SEC 1, in base64 without its two lines: version 0 or 1 comes first.
    Rule(
        "encoded_private_key",
        r"\b(?:MII[A-Za-z0-9+/]{3}IBA[AD]|MI[GH][A-Za-z0-9+/]AgE[AB][MB]|MH[QRc]CAQEEI|MC4CAQAwBQYDK2V[uw]BCIEI)([A-Za-z0-9+/]{40,}(?:(?:\\[rn]|[\r\n][ \t]*){1,2}[A-Za-z0-9+/]{60,76})*(?:(?:\\[rn]|[\r\n][ \t]*){1,2}[A-Za-z0-9+/]{2,74}=)?={0,2})",
        ("mii", "mig", "mih", "caqeei", "mc4caqaw"),
        "der_key",
        name="bare_private_key",
    ),
    Rule("jwk_private_key", r"\"d\"[ \t]*:[ \t]*\"([A-Za-z0-9_-]{40,})\"", ('"d"',), "jwk"),
    Rule("secret", r"kind:[ \t]*[\"']?Secret\b", ("kind:",), "kubernetes", name="kubernetes_secret"),
    # Without upper bounds: claims of a directory take 2 KB, and bounds of a thousand more memory than an expression may.
    Rule("jwt", r"\b(eyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{16,})", ("eyj",), "jwt"),
    # Of webhooks the whole address is the key, as scanners have it; its path alone is replaced.
    Rule(
        "slack_webhook",
        r"\b(?:https?://)?hooks\.slack\.com/(?:services|workflows|triggers)/([A-Z][A-Z0-9]{6,12}(?:/[A-Z0-9]{6,20}){1,2}/[A-Za-z0-9]{20,32})",
        ("hooks.slack.com",),
    ),
    Rule(
        "discord_webhook",
        r"\b(?:https?://)?(?:(?:canary|ptb)\.)?discord(?:app)?\.com/api/(?:v[0-9]{1,2}/)?webhooks/([0-9]{17,20}/[A-Za-z0-9_-]{60,72})",
        ("webhooks",),
    ),
    Rule(
        "teams_webhook",
        r"\b(?:https?://)?(?:[a-z0-9-]{1,63}\.)?webhook\.office\.com/webhookb2/([0-9a-f-]{36}@[0-9a-f-]{36}/IncomingWebhook/[0-9a-f]{32}(?:/[0-9a-f-]{36})?(?:/V2[A-Za-z0-9_-]{20,80})?)",
        ("webhookb2",),
    ),
    Rule(
        "url_password",
        r"\b[A-Za-z][A-Za-z0-9+.-]{1,24}://[^ \t\r\n:/@\"'<>`\\\[]{0,64}:([^ \t\r\n/@\"'<>`\\;]{3,128})@(?:[A-Za-z0-9\[$\"'`<]|%s|\{[A-Za-z0-9_.]*\})",
        ("://",),
        "url_password",
        hint=r"://[^ \t\r\n:/@\"'<>`\\\[]{0,64}:[^ \t\r\n/@\"'<>`\\;]{3,128}@[A-Za-z0-9\[$\"'`<%{]",
    ),
    # https://token@host, https://token:x-oauth-basic@host
    Rule(
        "url_password",
        r"\bhttps?://([A-Za-z0-9_.~-]{20,128})(?::(?:x-oauth-basic)?)?@[A-Za-z0-9\[]",
        ("://",),
        "header",
        name="url_token",
    ),
    *PROVIDERS,
    *CONTEXTS,
    *COMMANDS,
    Rule("secret", INSERT, ("insert",), "inserts", True, name="inserted_secret"),
    Rule(
        "auth_header",
        r"authorization[\"'`\])]{0,3}[ \t]{0,4}(?:(?:[:=,]|=>)[ \t]{0,4}|[ \t])[bruf$@]{0,2}[\"'`]?(?:basic|bearer|token|apikey|key|negotiate|splunk|bot|ssws)[ \t]{1,4}([A-Za-z0-9_.~+/=-]{12,1000})",
        ("authorization",),
        "header",
        True,
    ),
    # new AuthenticationHeaderValue("Bearer", "value"), "Bearer value"
    Rule(
        "auth_header",
        r"[\"'`](?:basic|bearer)(?:[\"'`][ \t]*,[ \t]*[\"'`]|[ \t]{1,4})([A-Za-z0-9_.~+/=-]{16,})[\"'`]",
        ("basic", "bearer"),
        "header",
        True,
        name="auth_scheme",
    ),
    Rule(
        "email",
        r"(?:\\[nrtfv])?((?:[A-Za-z0-9]|[\xc3-\xd4][\x80-\xbf])(?:[A-Za-z0-9._%+-]|[\xc3-\xd4][\x80-\xbf])*@(?:[A-Za-z0-9]|[\xc3-\xd4][\x80-\xbf])(?:(?:[A-Za-z0-9-]|[\xc3-\xd4][\x80-\xbf])*\.)+(?:[a-z]{2,24}|[A-Z]{2,24}))",
        ("@",),
        "email",
        hint=r"[A-Za-z0-9._%+\x80-\xbf-]@[A-Za-z0-9\xc3-\xd4][A-Za-z0-9\x80-\xff-]*\.",
    ),
    Rule(
        "ipv4",
        r"\b([0-9]{1,3}(?:\.[0-9]{1,3}){3})\b",
        (".",),
        "ipv4",
        hint=r"[0-9]\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]",
    ),
    Rule("ipv6", r"\b([23][0-9A-Fa-f]{3}:(?:[0-9A-Fa-f]{0,4}:){1,6}[0-9A-Fa-f]{0,4})", (":",), "ipv6"),
)
