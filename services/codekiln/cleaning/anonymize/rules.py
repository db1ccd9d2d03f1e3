"""The table of kinds: what personal data and secrets look like. Data only.

The first group of an expression is the part that gets replaced; what stands before it (a prefix such as `ghp_`) stays.
Order is precedence: where spans overlap, the earlier rule has it. Formats are those that the providers document.
Expressions are for both engines of the gate: see gate.py.
"""

# ruff: noqa: E501
from __future__ import annotations

from dataclasses import dataclass

from codekiln.cleaning.patterns import Pattern


@dataclass(frozen=True)
class Rule:
    """One form of one kind. `check` names how a match is judged: see detection.py."""

    kind: str
    expression: str
    words: tuple[str, ...]
    check: str = "token"
    caseless: bool = False
    languages: frozenset[str] = frozenset()
    """Only in these languages; everywhere when empty."""
    name: str = ""
    hint: str = ""
    """A cheaper expression that matches wherever `expression` does, for the gate; `expression` itself when empty."""

    @property
    def pattern_name(self) -> str:
        """The name under which the gate knows it."""
        return self.name or self.kind

    @property
    def pattern(self) -> Pattern:
        """What the gate looks for."""
        words = tuple(word.encode() for word in self.words)
        return Pattern(self.pattern_name, self.hint or self.expression, words, self.caseless)


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
        r"\b[A-Za-z][A-Za-z0-9+.-]{1,24}://[^ \t\r\n:/@\"'<>`\\]{0,64}:([^ \t\r\n/@\"'<>`\\]{3,128})@[A-Za-z0-9\[]",
        ("://",),
        "password",
    ),
    Rule("aws_access_key", r"\b(?:AKIA|ASIA|ABIA|ACCA)([A-Z2-7]{16})\b", ("akia", "asia", "abia", "acca")),
    Rule(
        "aws_secret_key",
        r"aws_?.{0,20}(?:secret|sk).{0,20}[:=][ \t]{0,4}[\"']?([A-Za-z0-9/+]{40})(?:[^A-Za-z0-9/+=]|\z)",
        ("aws",),
        "random",
        True,
    ),
    Rule("github_token", r"\bgh[pousr]_([A-Za-z0-9]{36})\b", ("ghp_", "gho_", "ghu_", "ghs_", "ghr_")),
    Rule("github_token", r"\bgithub_pat_([A-Za-z0-9]{22}_[A-Za-z0-9]{59})\b", ("github_pat_",), name="github_pat"),
    Rule("gitlab_token", r"\bgl(?:pat|dt|ptt|rt|cbt|ft|oas|soat)-([A-Za-z0-9_-]{20,64})", ("gl",)),
    Rule("slack_token", r"\bxox[abeoprs]-([A-Za-z0-9-]{10,120})", ("xox",)),
    Rule(
        "slack_token", r"\bxapp-([0-9]-[A-Z0-9]{8,14}-[0-9]{10,14}-[a-z0-9]{50,72})", ("xapp-",), name="slack_app_token"
    ),
    Rule("google_api_key", r"\bAIza([A-Za-z0-9_-]{35})", ("aiza",)),
    Rule("google_oauth_secret", r"\bGOCSPX-([A-Za-z0-9_-]{28})", ("gocspx-",)),
    Rule("google_oauth_token", r"\bya29\.([A-Za-z0-9_-]{40,400})", ("ya29.",)),
    Rule("stripe_key", r"\b[rs]k_(?:live|test|prod)_([A-Za-z0-9]{16,120})\b", ("k_live_", "k_test_", "k_prod_")),
    Rule("stripe_webhook_secret", r"\bwhsec_([A-Za-z0-9+/]{24,64})", ("whsec_",)),
    Rule("anthropic_key", r"\bsk-ant-([A-Za-z0-9_-]{24,160})", ("sk-ant-",)),
    Rule(
        "openai_key", r"\bsk-(?:proj-|svcacct-|admin-)([A-Za-z0-9_-]{40,200})", ("sk-proj-", "sk-svcacct-", "sk-admin-")
    ),
    Rule("openai_key", r"\bsk-([A-Za-z0-9]{20}T3BlbkFJ[A-Za-z0-9]{20})\b", ("t3blbkfj",), name="openai_key_v1"),
    Rule("huggingface_token", r"\bhf_([A-Za-z0-9]{34,40})\b", ("hf_",)),
    Rule("npm_token", r"\bnpm_([A-Za-z0-9]{36})\b", ("npm_",)),
    Rule("pypi_token", r"\bpypi-(AgEIcHlwaS5vcmc[A-Za-z0-9_-]{50,200})", ("pypi-ageichlwas5vcmc",)),
    Rule("rubygems_key", r"\brubygems_([0-9a-f]{48})\b", ("rubygems_",)),
    Rule("crates_token", r"\bcio([A-Za-z0-9]{32})\b", ("cio",)),
    Rule("sendgrid_key", r"\bSG\.([A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43})", ("sg.",)),
    Rule("mailgun_key", r"\bkey-([0-9a-f]{32})\b", ("key-",)),
    Rule("mailchimp_key", r"\b([0-9a-f]{32})-us[0-9]{1,2}\b", ("-us",)),
    Rule("twilio_key", r"\bSK([0-9a-f]{32})\b", ("sk",)),
    Rule("digitalocean_token", r"\bdo[opr]_v1_([0-9a-f]{64})\b", ("_v1_",)),
    Rule("square_token", r"\bsq0[a-z]{3}-([A-Za-z0-9_-]{22,43})", ("sq0",)),
    Rule("shopify_token", r"\bshp(?:at|ca|pa|ss)_([0-9a-fA-F]{32})\b", ("shpat_", "shpca_", "shppa_", "shpss_")),
    Rule("telegram_token", r"\b([0-9]{8,10}:AA[A-Za-z0-9_-]{33})", (":aa",)),
    Rule("discord_token", r"\b([MNO][A-Za-z0-9_-]{23,27}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,38})", ("m", "n", "o")),
    Rule("databricks_token", r"\bdapi([0-9a-f]{32})\b", ("dapi",)),
    Rule("azure_storage_key", r"AccountKey=([A-Za-z0-9+/]{86}==)", ("accountkey=",)),
    Rule("azure_client_secret", r"\b([A-Za-z0-9_~.]{3}[0-9]Q~[A-Za-z0-9_~.-]{31,34})", ("q~",)),
    Rule("terraform_token", r"\b([A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_=-]{60,70})", ("atlasv1",)),
    Rule("grafana_token", r"\bgl(?:sa|c)_([A-Za-z0-9+/=_]{32,400})", ("glsa_", "glc_")),
    Rule("newrelic_key", r"\bNR(?:AK|II|JS|RA)-([A-Za-z0-9]{19,32})\b", ("nrak-", "nrii-", "nrjs-", "nrra-")),
    Rule("linear_key", r"\blin_api_([A-Za-z0-9]{40})\b", ("lin_api_",)),
    Rule("notion_key", r"\b(?:ntn_|secret_)([A-Za-z0-9]{43,48})\b", ("ntn_", "secret_")),
    Rule("postman_key", r"\bPMAK-([0-9a-f]{24}-[0-9a-f]{34})\b", ("pmak-",)),
    Rule("pulumi_token", r"\bpul-([0-9a-f]{40})\b", ("pul-",)),
    Rule("dynatrace_token", r"\bdt0[a-z][0-9]{2}\.([A-Z0-9]{24}\.[A-Z0-9]{64})\b", ("dt0",)),
    Rule("vault_token", r"\bhv[bsr]\.([A-Za-z0-9_-]{24,200})", ("hvs.", "hvb.", "hvr.")),
    Rule("age_key", r"\bAGE-SECRET-KEY-1([A-Z0-9]{58})\b", ("age-secret-key-1",)),
    Rule("doppler_token", r"\bdp\.(?:pt|st|ct|sa|scim|audit)\.([A-Za-z0-9.]{40,64})", ("dp.",)),
    Rule("sentry_token", r"\bsntry[su]_([A-Za-z0-9_+/=.]{40,400})", ("sntry",)),
    Rule("replicate_token", r"\br8_([A-Za-z0-9]{37})\b", ("r8_",)),
    Rule("groq_key", r"\bgsk_([A-Za-z0-9]{52})\b", ("gsk_",)),
    Rule("perplexity_key", r"\bpplx-([A-Za-z0-9]{48})\b", ("pplx-",)),
    Rule("docker_token", r"\bdckr_(?:pat|oat)_([A-Za-z0-9_-]{27,40})", ("dckr_",)),
    Rule("atlassian_token", r"\bATATT3([A-Za-z0-9_=-]{60,250})", ("atatt3",)),
    Rule("supabase_key", r"\bsb(?:p|_secret)_([A-Za-z0-9_]{20,64})", ("sbp_", "sb_secret_")),
    Rule("flyio_token", r"\bfo1_([A-Za-z0-9_-]{43})", ("fo1_",)),
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
        r"(?:\n|\A)[ \t]*(?:export )?[A-Za-z0-9_.-]{0,40}"
        + _NAMES
        + r"[A-Za-z0-9_]{0,24}[ \t]*[=:][ \t]*([^ \t\r\n\"'#$<>{}\[\]()]{8,200})[ \t]*(?:[\r\n]|\z)",
        _NAME_WORDS,
        "assigned",
        True,
        _SETTINGS,
        name="secret_setting",
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
