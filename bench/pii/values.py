"""Values of every kind, made anew from a seed: formats as the providers document them, and decoys that must stay.

Nothing here is anybody's: values are drawn at random when the benchmark runs, so that no scanner takes the file for a leak.
"""

# ruff: noqa: E501, SIM905
from __future__ import annotations

import base64
import hashlib
import ipaddress
import json
import random
import string
import uuid
from collections.abc import Callable

ALNUM = string.ascii_letters + string.digits
HEX, LOWER, UPPER = "0123456789abcdef", string.ascii_lowercase + string.digits, string.ascii_uppercase + string.digits
BASE32, URLSAFE = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", ALNUM + "-_"
Draw = random.Random
Maker = Callable[[Draw], str]


def some(draw: Draw, length: int, alphabet: str = ALNUM) -> str:
    return "".join(draw.choice(alphabet) for _ in range(length))


def _email(draw: Draw) -> str:
    first = draw.choice("anna boris chen dalia emeka fatima goran hana igor jun kaya lars mina noor olga pavel".split())
    last = draw.choice("adeyemi bianchi costa dubois eriksen fischer garcia haddad ivanov jensen kowalski".split())
    local = draw.choice(
        [f"{first}.{last}", f"{first[0]}{last}", f"{first}_{last}{draw.randrange(99)}", f"{first}+{last}"]
    )
    return f"{local}@{draw.choice(['lindqvist-bau.de', 'kth.se', 'gmail.com', 'uni-bonn.de', 'corp.megaparts.io', 'naver.com', 'yandex.ru'])}"


def _ipv4(draw: Draw) -> str:
    while True:
        address = ipaddress.IPv4Address(draw.randrange(1 << 32))
        if address.is_global and max(address.packed) > 99 and 9 < address.packed[0] < 224:
            return str(address)


def _ipv6(draw: Draw) -> str:
    network = draw.choice(["2a00:1450", "2a01:4f8", "2600:1f18", "2400:cb00", "2003:e1"])
    return f"{network}:{some(draw, 4, HEX[1:])}:{some(draw, 3, HEX[1:])}::{some(draw, 4, HEX[1:])}"


def _pem(draw: Draw) -> str:
    name = draw.choice(["RSA ", "EC ", "", "OPENSSH "]) + "PRIVATE KEY"
    body = base64.b64encode(draw.randbytes(draw.choice([121, 600, 1190]))).decode()
    lines = [body[i : i + 64] for i in range(0, len(body), 64)]
    return "\n".join([f"-----BEGIN {name}-----", *lines, f"-----END {name}-----"])


def _jwt(draw: Draw) -> str:
    head = {"alg": draw.choice(["HS256", "RS256"]), "typ": "JWT"}
    claims = {"sub": some(draw, 12), "iat": draw.randrange(1_500_000_000, 1_800_000_000), "scope": "read write"}
    parts = [base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in (head, claims)]
    return ".".join([*parts, some(draw, 43, URLSAFE)])


def _password(draw: Draw) -> str:
    return some(draw, draw.randrange(10, 20), ALNUM + "!%*+-_.") + draw.choice("aZ7") + some(draw, 2, string.digits)


def _uuid(draw: Draw) -> str:
    return str(uuid.UUID(int=draw.getrandbits(128), version=4))


POSITIVES: dict[str, Maker] = {
    "email": _email,
    "ipv4": _ipv4,
    "ipv6": _ipv6,
    "private_key": _pem,
    "jwt": _jwt,
    "aws_access_key": lambda d: d.choice(["AKIA", "ASIA"]) + some(d, 16, BASE32),
    "github_token": lambda d: d.choice(["ghp_", "gho_", "ghs_"]) + some(d, 36),
    "gitlab_token": lambda d: "glpat-" + some(d, 20, URLSAFE[:-1]),
    "slack_token": lambda d: f"xoxb-{some(d, 12, string.digits)}-{some(d, 13, string.digits)}-{some(d, 24)}",
    "google_api_key": lambda d: "AIza" + some(d, 35, URLSAFE),
    "google_oauth_secret": lambda d: "GOCSPX-" + some(d, 28, URLSAFE),
    "stripe_key": lambda d: d.choice(["sk_live_", "rk_live_", "sk_test_"]) + some(d, 24),
    "anthropic_key": lambda d: "sk-ant-api03-" + some(d, 93, URLSAFE) + "AA",
    "openai_key": lambda d: "sk-proj-" + some(d, 74) + "T3BlbkFJ" + some(d, 74),
    "huggingface_token": lambda d: "hf_" + some(d, 34, string.ascii_letters),
    "npm_token": lambda d: "npm_" + some(d, 36),
    "pypi_token": lambda d: "pypi-AgEIcHlwaS5vcmc" + some(d, 120, URLSAFE),
    "sendgrid_key": lambda d: f"SG.{some(d, 22, URLSAFE)}.{some(d, 43, URLSAFE)}",
    "mailgun_key": lambda d: "key-" + some(d, 32, HEX),
    "mailchimp_key": lambda d: some(d, 32, HEX) + f"-us{d.randrange(1, 22)}",
    "twilio_key": lambda d: "SK" + some(d, 32, HEX),
    "digitalocean_token": lambda d: "dop_v1_" + some(d, 64, HEX),
    "shopify_token": lambda d: "shpat_" + some(d, 32, HEX),
    "telegram_token": lambda d: some(d, 10, "123456789") + ":AA" + some(d, 33, URLSAFE),
    "databricks_token": lambda d: "dapi" + some(d, 32, HEX),
    "grafana_token": lambda d: f"glsa_{some(d, 32)}_{some(d, 8, HEX)}",
    "postman_key": lambda d: f"PMAK-{some(d, 24, HEX)}-{some(d, 34, HEX)}",
    "vault_token": lambda d: "hvs." + some(d, 92, URLSAFE),
    "terraform_token": lambda d: f"{some(d, 14)}.atlasv1.{some(d, 67)}",
    "linear_key": lambda d: "lin_api_" + some(d, 40),
    "notion_key": lambda d: "ntn_" + some(d, 46),
    "newrelic_key": lambda d: "NRAK-" + some(d, 27, UPPER),
    "docker_token": lambda d: "dckr_pat_" + some(d, 27, URLSAFE[:-2]),
    "atlassian_token": lambda d: "ATATT3" + some(d, 186, URLSAFE),
    "dynatrace_token": lambda d: f"dt0c01.{some(d, 24, BASE32)}.{some(d, 64, BASE32)}",
    "circleci_token": lambda d: f"CCIPAT_{some(d, 22)}_{some(d, 40, HEX)}",
    "figma_token": lambda d: "figd_" + some(d, 40, URLSAFE[:-2]),
    "sonar_token": lambda d: d.choice(["squ_", "sqp_"]) + some(d, 40, HEX),
    "netlify_token": lambda d: "nfp_" + some(d, 36),
    "brevo_key": lambda d: f"xkeysib-{some(d, 64, HEX)}-{some(d, 16)}",
    "airtable_token": lambda d: f"pat{some(d, 14)}.{some(d, 64, HEX)}",
    "tailscale_key": lambda d: f"tskey-auth-k{some(d, 9)}CNTRL-{some(d, 32)}",
    "pulumi_token": lambda d: "pul-" + some(d, 40, HEX),
    "rubygems_key": lambda d: "rubygems_" + some(d, 48, HEX),
    "hubspot_token": lambda d: "pat-na1-" + _uuid(d),
}
"""Found wherever they stand."""

NAMED: dict[str, Maker] = {
    "secret": lambda d: some(d, d.randrange(20, 44)),
    "password": _password,
}
"""Secrets by the name under which they are kept."""


def _password_of_people(draw: Draw) -> str:
    """Letters, digits and marks in any order, or a word with something around it."""
    if draw.random() < 0.75:
        return some(draw, draw.randrange(10, 20), ALNUM + "!%*+-_.") + draw.choice("aZ7") + some(draw, 2, string.digits)
    word = draw.choice(["Winter", "Tiger", "Orbit", "Kraken", "Mango"])
    return word + draw.choice("!@_-#") + some(draw, 4) + draw.choice(["!7", "9x", "2Q", "42"])


def _key_without_a_format(draw: Draw) -> str:
    return draw.choice(
        [some(draw, draw.randrange(20, 44)), some(draw, 32, HEX), some(draw, 40, HEX), some(draw, 64, HEX)]
    )


IN_FORMS: dict[str, Maker] = {
    "secret": _key_without_a_format,
    "password": _password_of_people,
    "auth_header": lambda d: some(d, d.randrange(24, 60)),
    "base64": lambda d: base64.b64encode(some(d, 15, ALNUM + "!#").encode()).decode(),
    "basic": lambda d: base64.b64encode(f"bot:{some(d, 15)}".encode()).decode(),
}
"""Secrets in the forms of forms.py."""


def _sentence(draw: Draw) -> str:
    return " ".join(
        draw.choice(
            ["the", "build", "of", "every", "image", "reads", "its", "own", "list", "and", "writes", "no", "cache"]
        )
        for _ in range(6)
    )


DECOYS: dict[str, Maker] = {
    "version of four parts": lambda d: (
        f"version {d.randrange(1, 40)}.{d.randrange(40)}.{d.randrange(100, 9999) % 255}.{d.randrange(1, 30)}"
    ),
    "browser version": lambda d: f"Chrome/{d.randrange(80, 140)}.0.{d.randrange(1000, 6999)}.{d.randrange(20, 240)}",
    "object identifier": lambda d: f"1.3.6.1.4.1.{d.randrange(9999)}.{d.randrange(9)}",
    "git remote": lambda d: f"git@github.com:{some(d, 6, LOWER)}/{some(d, 8, LOWER)}.git",
    "decorator": lambda d: (
        "@" + d.choice(["app.route", "pytest.mark.slow", "functools.wraps", "Injectable"]) + "(name)"
    ),
    "scoped package": lambda d: f"@angular/core@{d.randrange(9, 19)}.{d.randrange(9)}.{d.randrange(9)}",
    "pinned package": lambda d: f"lodash@{d.randrange(3, 5)}.{d.randrange(20)}.{d.randrange(30)}",
    "example address": lambda d: d.choice(
        ["user@example.com", "jane.doe@example.org", "me@localhost", "test@test.invalid"]
    ),
    "nobody's address": lambda d: d.choice(["noreply@github.com", "your-email@domain.com", "name@company.com"]),
    "private ipv4": lambda d: d.choice(
        [f"10.{d.randrange(255)}.{d.randrange(255)}.7", f"192.168.{d.randrange(255)}.1", "172.17.0.2"]
    ),
    "documentation ipv4": lambda d: f"203.0.113.{d.randrange(1, 255)}",
    "netmask": lambda d: d.choice(["255.255.255.0", "255.255.0.0", "0.0.0.0", "127.0.0.1"]),
    "resolver": lambda d: d.choice(["8.8.8.8", "1.1.1.1", "9.9.9.9"]),
    "documentation ipv6": lambda d: f"2001:db8:{some(d, 4, HEX[1:])}::{some(d, 2, HEX[1:])}",
    "local ipv6": lambda d: d.choice(["::1", "fe80::1ff:fe23:4567:890a", "fd12:3456:789a::1"]),
    "mac address": lambda d: ":".join(some(d, 2, HEX) for _ in range(6)),
    "time": lambda d: f"{d.randrange(24):02}:{d.randrange(60):02}:{d.randrange(60):02}.{d.randrange(999):03}",
    "scope operator": lambda d: "std::chrono::steady_clock::now()",
    "sha1": lambda d: "commit " + some(d, 40, HEX),
    "sha256": lambda d: "sha256:" + some(d, 64, HEX),
    "md5": lambda d: f"md5 = '{some(d, 32, HEX)}'",
    "integrity": lambda d: (
        'integrity="sha512-' + base64.b64encode(hashlib.sha512(d.randbytes(9)).digest()).decode() + '"'
    ),
    "etag": lambda d: f'ETag: "{some(d, 32, HEX)}"',
    "uuid": _uuid,
    "image": lambda d: "data:image/png;base64," + base64.b64encode(d.randbytes(90)).decode(),
    "aws example": lambda d: "AKIAIOSFODNN7EXAMPLE",
    "placeholder": lambda d: (
        f'api_key = "{d.choice(["your-api-key-here", "<API_KEY>", "${API_KEY}", "xxxxxxxxxxxxxxxxxxxx", "changeme"])}"'
    ),
    "lookup": lambda d: d.choice(
        ['password = os.environ["DB_PASSWORD"]', "token = config.get('auth_token')", 'secret = getenv("CLIENT_SECRET")']
    ),
    "name of a secret": lambda d: d.choice(
        ['secret_name = "projects/web/secrets/db-main"', 'token_url = "https://auth.corp.io/oauth/token"']
    ),
    "identifier": lambda d: 'key_class = "thisIsTheNameOfAVeryLongClass"',
    "words": lambda d: f'password_hint = "{_sentence(d)}"',
    "public key": lambda d: (
        "-----BEGIN PUBLIC KEY-----\n" + base64.b64encode(d.randbytes(48)).decode() + "\n-----END PUBLIC KEY-----"
    ),
    "certificate": lambda d: (
        "-----BEGIN CERTIFICATE-----\n" + base64.b64encode(d.randbytes(48)).decode() + "\n-----END CERTIFICATE-----"
    ),
    "template in a url": lambda d: d.choice(
        ["postgres://{user}:{password}@{host}/db", "https://$USER:$PASS@host/x", "redis://:secret@localhost:6379"]
    ),
    "matrix product": lambda d: "y = weights@self.values.T + a@b.c",
    "style rule": lambda d: "@media (max-width: 600px) { .a@b { color: #1a2b3c } }",
}
