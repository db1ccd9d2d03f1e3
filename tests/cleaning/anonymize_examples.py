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
        'VALUE = "84.0.182.18"',
        "# see 181.26.80.68 before the release",
    ],
    "ipv6": [
        'HOST = "2a00:1450:4001:81b::200e"',
        "listen [2001:41d0:2:c8fd:0:0:0:1]:80",
        "addr=2606:2800:220:1:248:1893:25c8:1946 ",
    ],
    "private_key": [PEM, f'KEY = "{PEM}"'.replace("\n", "\\n"), PEM.replace("\n", "\n    ")],
    "encoded_private_key": [f"client-key-data: {base64.b64encode(PEM.encode()).decode()}"],
    "jwk_private_key": [f'{{"kty": "EC", "crv": "P-256", "d": "{made("jwk", 43)}"}}'],
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
        f"DB_PASSWORD={made('setting', 10)}#{made('setting2', 8)}",
        f'#define DB_PASSWORD "{made("macro", 20)}"',
        f"ENV API_TOKEN={made('docker', 24)}",
        f"user: app\npassword: {made('yaml', 22)}\nother: {made('yaml2', 5)}",
        f'process.env.SECRET = "{made("env", 24)}"',
        f'set_password(ctx, "{made("ctx", 20)}")',
        f"define('DB_PASSWORD', '{made('define', 18)}');",
        f'client.set_api_key("{made("call", 32)}")',
        f"<password>{made('xml', 20)}</password>",
        f"Server=db.corp.io;User Id=svc;Password={made('ado', 18)};Database=x",
        f"mysqldump --password={made('cli', 16)} app",
        f"deploy --api-key {made('cli2', 32)}",
        f"machine git.corp.io login svc password {made('netrc', 16)}",
        f'machine git.corp.io login svc password "{made("netrc in quotes", 16)}"',
        f"//registry.corp.io/:_authToken={made('npmrc', 36)}",
    ],
    "auth_header": [
        f'curl -H "Authorization: Bearer {made("bearer", 40)}" https://api.corp.io',
        f"headers = {{'Authorization': 'Basic {made('basic', 32)}'}}",
    ],
}


def _uuid(kind: str) -> str:
    return "-".join(made(kind + str(n), n, HEX) for n in (8, 4, 4, 4, 12))


_LOWER = string.ascii_lowercase + string.digits
POSITIVES |= {
    "adafruit_key": ["aio_" + made("aio", 28)],
    "age_key": ["AGE-SECRET-KEY-1" + made("age", 58, BASE32)],
    "airtable_token": ["pat" + made("at", 14) + "." + made("at2", 64, HEX)],
    "alibaba_access_key": ["LTAI5t" + made("ali", 18)],
    "artifactory_key": ["AKCp" + made("art", 69)],
    "asana_token": ["1/" + made("as", 16, string.digits) + ":" + made("as2", 32, HEX)],
    "atlassian_token": ["ATATT3" + made("atl", 186)],
    "aws_bedrock_key": ["ABSK" + made("abs", 128)],
    "azure_client_secret": [made("acs", 3) + "8Q~" + made("acs2", 34)],
    "azure_devops_token": [made("ado", 76) + "AZDO" + made("ado2", 4)],
    "azure_key": [made("azk", 52) + "JQQJ99" + made("azk2", 26)],
    "bitbucket_password": ["ATBB" + made("atbb", 32)],
    "brevo_key": ["xkeysib-" + made("br", 64, HEX) + "-" + made("br2", 16)],
    "buildkite_token": ["bkua_" + made("bk", 40, HEX)],
    "cerebras_key": ["csk-" + made("cer", 48, _LOWER)],
    "circleci_token": ["CCIPAT_" + made("cci", 22) + "_" + made("cci2", 40, HEX)],
    "clojars_token": ["CLOJARS_" + made("clo", 60, _LOWER)],
    "cloudflare_origin_key": ["v1.0-" + made("cf", 24, HEX) + "-" + made("cf2", 146, HEX)],
    "contentful_token": ["CFPAT-" + made("cfp", 43)],
    "crates_token": ["cio" + made("cio", 32)],
    "deepseek_key": ["sk-" + made("ds", 32, HEX)],
    "discord_token": ["M" + made("dc", 25) + "." + made("dc2", 6) + "." + made("dc3", 38)],
    "discord_webhook": ["https://discord.com/api/webhooks/" + made("dw", 19, string.digits) + "/" + made("dw2", 68)],
    "docker_token": ["dckr_pat_" + made("dk", 27)],
    "doppler_token": ["dp.pt." + made("dp", 43)],
    "dropbox_token": ["sl." + made("dbx", 135)],
    "duffel_token": ["duffel_live_" + made("duf", 43)],
    "dynatrace_token": ["dt0c01." + made("dt", 24, BASE32) + "." + made("dt2", 64, BASE32)],
    "easypost_key": ["EZAK" + made("ez", 54)],
    "elevenlabs_key": ["sk_" + made("el", 48, HEX)],
    "facebook_token": ["EAAM" + made("fb", 150)],
    "figma_token": ["figd_" + made("fig", 40)],
    "firebase_server_key": ["AAAA" + made("fcm", 7) + ":APA91b" + made("fcm2", 134)],
    "fireworks_key": ["fw_" + made("fw", 24)],
    "flutterwave_key": ["FLWSECK_TEST-" + made("flw", 32, HEX) + "-X"],
    "flyio_token": ["fo1_" + made("fly", 43)],
    "frameio_token": ["fio-u-" + made("fio", 64)],
    "gocardless_token": ["live_" + made("goc", 40)],
    "google_oauth_token": ["ya29." + made("ya", 120)],
    "groq_key": ["gsk_" + made("gsk", 52)],
    "harness_token": ["pat." + made("ha", 22) + "." + made("ha2", 24, HEX) + "." + made("ha3", 20)],
    "heroku_key": ["HRKU-AA" + made("hk", 58)],
    "hubspot_token": ["pat-na1-" + _uuid("hub")],
    "infracost_key": ["ico-" + made("ico", 32)],
    "jina_key": ["jina_" + made("ji", 32, HEX) + made("ji2", 28)],
    "langfuse_key": ["sk-lf-" + _uuid("lf")],
    "langsmith_key": ["lsv2_pt_" + made("ls", 32, HEX) + "_" + made("ls2", 10, HEX)],
    "launchdarkly_key": ["sdk-" + _uuid("ld")],
    "linear_key": ["lin_api_" + made("lin", 40)],
    "lob_key": ["live_" + made("lob", 35, HEX)],
    "mapbox_token": ["sk.eyJ" + made("mb", 80) + "." + made("mb2", 22)],
    "maxmind_key": [made("mm", 6) + "_" + made("mm2", 29) + "_mmk"],
    "neon_key": ["napi_" + made("neon", 64, _LOWER)],
    "netlify_token": ["nfp_" + made("nfp", 36)],
    "newrelic_key": ["NRAK-" + made("nr", 27, string.ascii_uppercase + string.digits)],
    "notion_key": ["ntn_" + made("ntn", 46)],
    "nuget_key": ["oy2" + made("oy", 43, _LOWER)],
    "nvidia_key": ["nvapi-" + made("nv", 64)],
    "octopus_key": ["API-" + made("oct", 26, string.ascii_uppercase + string.digits)],
    "openrouter_key": ["sk-or-v1-" + made("or", 64, HEX)],
    "openshift_token": ["sha256~" + made("os", 43)],
    "paddle_key": ["pdl_live_apikey_" + made("pd", 26, _LOWER) + "_" + made("pd2", 22) + "_" + made("pd3", 3)],
    "perplexity_key": ["pplx-" + made("pplx", 48)],
    "pinecone_key": ["pcsk_" + made("pc", 6) + "_" + made("pc2", 63)],
    "plaid_token": ["access-production-" + _uuid("pl")],
    "planetscale_token": ["pscale_tkn_" + made("ps", 43)],
    "posthog_key": ["phx_" + made("ph", 43)],
    "prefect_key": ["pnu_" + made("pnu", 36)],
    "pulumi_token": ["pul-" + made("pul", 40, HEX)],
    "readme_key": ["rdme_" + made("rd", 70, _LOWER)],
    "render_key": ["rnd_" + made("rnd", 32)],
    "replicate_token": ["r8_" + made("r8", 37)],
    "resend_key": ["re_" + made("re", 8) + "_" + made("re2", 24)],
    "rubygems_key": ["rubygems_" + made("rg", 48, HEX)],
    "scalingo_token": ["tk-us-" + made("sc", 48)],
    "sentry_token": ["sntryu_" + made("sn", 64, HEX)],
    "shippo_token": ["shippo_live_" + made("shp", 40, HEX)],
    "sonar_token": ["squ_" + made("sq", 40, HEX)],
    "sourcegraph_token": ["sgp_" + made("sgp", 40, HEX)],
    "square_token": ["sq0atp-" + made("sq0", 22), "EAAA" + made("eaaa", 60)],
    "stripe_webhook_secret": ["whsec_" + made("wh", 32)],
    "stytch_secret": ["secret-live-" + made("sty", 36)],
    "supabase_key": ["sbp_" + made("sb", 40, HEX)],
    "tailscale_key": ["tskey-auth-k" + made("ts", 6) + "CNTRL-" + made("ts2", 32)],
    "tavily_key": ["tvly-" + made("tv", 32)],
    "teams_webhook": [
        f"https://a.webhook.office.com/webhookb2/{_uuid('t1')}@{_uuid('t2')}/IncomingWebhook/{made('t3', 32, HEX)}"
    ],
    "terraform_token": [made("tf", 14) + ".atlasv1." + made("tf2", 67)],
    "twitter_bearer_token": ["A" * 22 + made("twb", 90)],
    "typeform_token": ["tfp_" + made("tfp", 59)],
    "vercel_token": ["vercel_blob_rw_" + made("vb", 16) + "_" + made("vb2", 32)],
    "voyage_key": ["pa-" + made("vo", 43)],
    "xai_key": ["xai-" + made("xai", 80)],
    "yandex_key": ["AQVN" + made("yx", 36)],
}

DECOYS: list[str] = [
    "git clone git@github.com:owner/repository.git",
    "@app.route('/x')\n@pytest.mark.parametrize",
    "npm install @babel/core@7.23.1 lodash@4.17.21",
    "user@example.com, someone@example.org, root@localhost",
    "y = weights@self.values.T + a@b.c",
    "__version__ = '3.12.0.1'",
    'VERSION = "10.4.33.20"',
    "see lib-1.22.133.4 and nginx/1.22.133.4",
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
    'parser.add_argument("--token", "-t", help="token of the service")\nlogin(user, password("abc"))',
    "<password>changeme</password> <token>${TOKEN}</token> <secretName>my-secret-name</secretName>",
    'conn = "Server=x;Password=${PW};" + "Pwd=<password>;"',
    "run --password $PASSWORD --token=$(cat token.txt) --secret-key <key>",
    'headers["Authorization"] = "Bearer " + token\nAuthorization: Bearer <your-token-here> Authorization: Basic {credentials}',
    "client login with password only must fail",
    'name = "bar"\nkey: value\npassword: ${PASSWORD}\ntoken: <token>\n',
    f"# The key of RFC 8410, section 10.3:\n{PEM}",
    f'# test vectors of the draft\nsecret_key = "{made("vector", 40)}"',
    'access_token = "dGhpcyBpcyBub3QgYSByZWFsIHZhbHVl"',
    'AuthKey = "s3_disable_express_session_auth"',
    "https://[2001:db8::$1@a] https://x-access-token:%[1]s@github.com/owner/repository",
    f"{_segment('{' + chr(34) + 'alg' + chr(34) + ':1}')}.{_segment('{' + chr(34) + 'sub' + chr(34) + ':' + chr(34) + '1234567890' + chr(34) + '}')}.{made('jwt.io', 43)}",
    "2001:db2::1 2001:db9::7 '1.3.101.110' '2.5.29.17'",
    "raise ValueError('Expected -----BEGIN PRIVATE KEY----- line')",
]
