"""Golden examples of the anonymiser: what must be found, by kind, and what must stay. No real secret is among them.

Values are put together at import, so that scanners of this repository do not take them for leaks.
"""

# ruff: noqa: E501
from __future__ import annotations

import base64
import hashlib
import string


def made(kind: str, length: int, alphabet: str = string.ascii_letters + string.digits) -> str:
    """A random-looking value that is always the same."""
    digest = hashlib.shake_128(kind.encode()).digest(2 * length)
    value = [alphabet[(digest[2 * i] * 256 + digest[2 * i + 1]) % len(alphabet)] for i in range(length)]
    return "".join(value)


HEX = "0123456789abcdef"
BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"


def _segment(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


_BODY = base64.b64encode(hashlib.shake_256(b"key").digest(300)).decode()
PEM = "\n".join(
    [
        "-----BEGIN RSA " + "PRIVATE KEY-----",
        *(_BODY[i : i + 64] for i in range(0, 400, 64)),
        "-----END RSA " + "PRIVATE KEY-----",
    ]
)

POSITIVES: dict[str, list[str]] = {
    "email": [
        "# Written by Ada Byron <ada.byron@analytical-engine.co.uk>",
        'author = "grace@navy.mil"',
        "mailto:linus.b@kernel-hackers.fi",
        "(c) j.doe+lists@gmail.com.",
    ],
    "ipv4": [
        'HOST = "85.214.132.117"',
        "ping 93.184.216.34",
        'connect("151.101.1.69", 443)',
        "server 46.4.105.116:8080",
        "http://104.16.99.52/path",
    ],
    "ipv6": [
        'HOST = "2a00:1450:4001:81b::200e"',
        "listen [2001:41d0:2:c8fd:0:0:0:1]:80",
        "addr=2606:2800:220:1:248:1893:25c8:1946 ",
    ],
    "private_key": [PEM, f'KEY = "{PEM}"'.replace("\n", "\\n"), PEM.replace("\n", "\n    ")],
    "jwt": [
        f't = "{_segment(chr(123) + chr(34) + "alg" + chr(34) + ":1" * 6)}.{_segment(chr(123) + chr(34) + "sub" + chr(34) + ":7" * 9)}.{made("jwt", 43)}"'
    ],
    "slack_webhook": [
        f"https://hooks.slack.com/services/T{made('a', 8, BASE32)}/B{made('b', 8, BASE32)}/{made('c', 24)}"
    ],
    "url_password": [
        f"postgres://svc:{made('pw', 14)}@db.internal:5432/app",
        f"https://deploy:{made('pw2', 20)}@git.corp.io/x.git",
    ],
    "aws_access_key": ["AKIA" + made("aws", 16, BASE32), f'key = "ASIA{made("aws2", 16, BASE32)}"'],
    "aws_secret_key": [f'aws_secret_access_key = "{made("awss", 40, string.ascii_letters + string.digits + "/+")}"'],
    "github_token": ["ghp_" + made("gh", 36), "github_pat_" + made("gh1", 22) + "_" + made("gh2", 59)],
    "gitlab_token": ["glpat-" + made("gl", 20)],
    "slack_token": [
        "xoxb-" + made("s1", 12, string.digits) + "-" + made("s2", 12, string.digits) + "-" + made("s3", 24)
    ],
    "google_api_key": ["AIza" + made("g", 35)],
    "google_oauth_secret": ["GOCSPX-" + made("go", 28)],
    "stripe_key": ["sk_live_" + made("st", 24), "rk_test_" + made("st2", 32)],
    "anthropic_key": ["sk-ant-api03-" + made("an", 80)],
    "openai_key": ["sk-proj-" + made("oa", 48)],
    "huggingface_token": ["hf_" + made("hf", 34, string.ascii_letters)],
    "npm_token": ["npm_" + made("npm", 36)],
    "pypi_token": ["pypi-AgEIcHlwaS5vcmc" + made("pypi", 70)],
    "sendgrid_key": ["SG." + made("sg", 22) + "." + made("sg2", 43)],
    "mailgun_key": ["key-" + made("mg", 32, HEX)],
    "mailchimp_key": [made("mc", 32, HEX) + "-us12"],
    "twilio_key": ["SK" + made("tw", 32, HEX)],
    "digitalocean_token": ["dop_v1_" + made("do", 64, HEX)],
    "shopify_token": ["shpat_" + made("sh", 32, HEX)],
    "telegram_token": [made("tg", 10, string.digits[1:]) + ":AA" + made("tg2", 33)],
    "databricks_token": ["dapi" + made("db", 32, HEX)],
    "azure_storage_key": [f"AccountKey={made('az', 86)}=="],
    "grafana_token": ["glsa_" + made("gf", 32) + "_" + made("gf2", 8, HEX)],
    "postman_key": ["PMAK-" + made("pm", 24, HEX) + "-" + made("pm2", 34, HEX)],
    "vault_token": ["hvs." + made("hv", 28)],
    "secret": [
        f'API_KEY = "{made("k", 32)}"',
        f"'client_secret': '{made('k2', 40)}'",
        'password = "' + "t9#Kd!2v" + 'Qz"',
    ],
}

DECOYS: list[str] = [
    "git clone git@github.com:owner/repository.git",
    "@app.route('/x')\n@pytest.mark.parametrize",
    "npm install @babel/core@7.23.1 lodash@4.17.21",
    "user@example.com, someone@example.org, root@localhost",
    "y = weights@self.values.T + a@b.c",
    "__version__ = '3.12.0.1'",
    'VERSION = "10.4.33.20"',
    "Chrome/120.0.6099.109 Safari/537.36",
    "pip install 'lib==1.22.333.4'",
    "127.0.0.1 0.0.0.0 10.1.2.3 192.168.1.77 172.16.5.4 255.255.255.0 169.254.169.254",
    "192.0.2.44 198.51.100.7 203.0.113.99 8.8.8.8 1.1.1.1 224.0.0.1",
    "::1 fe80::1 2001:db8::8a2e:370:7334 fd00::1 12:30:45 std::vector<int>::iterator a::b::c",
    "ObjectIdentifier('1.3.101.112') # OID 2.5.29.33",
    "AKIAIOSFODNN7EXAMPLE wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    'password = "changeme"\npassword = "<your password>"\npassword = "${DB_PASSWORD}"\npassword = os.environ["X"]',
    'token = "bos_token"\nsecret_name = "projects/x/secrets/db"\napi_key = "your-api-key-here"',
    'API_KEY = "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"',
    "postgres://user:password@localhost/db redis://:secret@cache:6379 https://{user}:{password}@host",
    f"sha256:{made('sha', 64, HEX)}",
    f'commit = "{made("git", 40, HEX)}"',
    f'integrity="sha512-{base64.b64encode(hashlib.sha512(b"x").digest()).decode()}"',
    f"md5_token_digest = '{made('md5', 32, HEX)}'",
    f"uuid = '{made('u', 8, HEX)}-{made('v', 4, HEX)}-4{made('w', 3, HEX)}-a{made('x', 3, HEX)}-{made('y', 12, HEX)}'",
    "data:image/png;base64," + base64.b64encode(hashlib.shake_256(b"img").digest(90)).decode(),
    'tokenizer_class = "Qwen2TokenizerFast"\nkeyword = "thisIsACamelCaseIdentifier"',
    "-----BEGIN PUBLIC KEY-----\nMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA\n-----END PUBLIC KEY-----",
    "raise ValueError('Expected -----BEGIN PRIVATE KEY----- line')",
]
