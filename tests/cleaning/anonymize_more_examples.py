"""More golden examples of the anonymiser: what a set of values and places showed that was written without a look at the rules."""

# ruff: noqa: E501
from __future__ import annotations

import string

from tests.cleaning.anonymize_examples import _LOWER, HEX, PEM, POSITIVES, _uuid, made

_UPPER = string.ascii_uppercase + string.digits
_DER = [
    "MIIEvQ" + "IBADANBgkqhkiG9w0BAQEFAASC",
    "MIIEow" + "IBAAKCAQEA",
    "MIGHAgEAMBMGByqG" + "SM49AgEGCCqGSM49AwEHBG0w",
]

MORE_POSITIVES: dict[str, list[str]] = {
    "adobe_secret": ["p8e-" + made("p8e", 32)],
    "amazon_token": ["amzn.mws." + _uuid("mws"), "amzn1.oa2-cs.v1." + made("oa2", 64, HEX)],
    "anyscale_key": ["esecret_" + made("esecret", 32)],
    "artifactory_key": ["cmVmd" + made("reftoken", 59)],
    "authress_key": [
        f"sc_{made('sc', 20, _LOWER)}.{made('sc2', 5, _LOWER)}.acc-{made('sc3', 12, _LOWER)}.{made('sc4', 51)}"
    ],
    "aws_session_token": ["FwoGZXIvYXdzE" + made("session", 300) + "=="],
    "azure_sas": [f"https://a.blob.core.windows.net/c?sv=2020-08-04&sp=r&sig={made('sas', 42)}%3D"],
    "braintree_token": [f"access_token$production${made('bt', 16, _LOWER)}${made('bt2', 32, HEX)}"],
    "brevo_key": [f"xsmtpsib-{made('smtp', 64, HEX)}-{made('smtp2', 16)}"],
    "clickhouse_key": ["4b1d" + made("clickhouse", 38)],
    "databricks_token": [f"dapi{made('dapi', 32, HEX)}-2"],
    "defined_key": [f"dnkey-{made('dn', 26)}-{made('dn2', 52)}"],
    "deno_token": ["ddp_" + made("deno", 36)],
    "encoded_private_key": [f'private_key = "{start}{made(start, 200)}"' for start in _DER]
    + [f'key = """\n{_DER[1]}{made("d1", 48)}\n{made("d2", 64)}\n{made("d3", 30)}==\n"""'],
    "firecrawl_key": ["fc-" + made("fc", 32, HEX)],
    "flyio_token": ["FlyV1 fm2_" + made("fm2", 300) + "="],
    "gitlab_token": [f"glpat-{made('routable', 27)}.{made('r2', 2, HEX)}.{made('r3', 9, _LOWER)}"],
    "google_oauth_token": ["1//0" + made("refresh", 99)],
    "grafana_token": ["eyJrIjoi" + made("grafana", 90)],
    "huggingface_token": ["api_org_" + made("org", 34, string.ascii_letters)],
    "instagram_token": ["IGQVJ" + made("igq", 150)],
    "intercom_token": ["dG9rO" + made("intercom", 54) + "="],
    "intra42_secret": ["s-s4t2ud-" + made("s4t2", 64, HEX)],
    "langsmith_key": ["ls__" + made("ls", 32, HEX)],
    "llamacloud_key": ["llx-" + made("llx", 48)],
    "mailgun_key": [f"{made('mg', 32, HEX)}-{made('mg2', 8, HEX)}-{made('mg3', 8, HEX)}"],
    "mandrill_key": ["md-" + made("mandrill", 22)],
    "newrelic_key": [f"NRII-{made('nrii', 14)}_{made('nrii2', 16)}"],
    "onepassword_token": [
        "ops_eyJ" + made("ops", 400),
        f"A3-{made('a3', 6, _UPPER)}-{made('a4', 11, _UPPER)}-{made('a5', 5, _UPPER)}-{made('a6', 5, _UPPER)}-{made('a7', 5, _UPPER)}",
    ],
    "pubnub_key": ["sec-c-" + made("pubnub", 48)],
    "razorpay_key": ["rzp_live_" + made("rzp", 14)],
    "settlemint_token": ["sm_pat_" + made("settle", 16)],
    "slack_token": [f"xoxe.xoxb-1-{made('xoxe', 163, _UPPER)}"],
    "tencent_key": ["AKID" + made("akid", 32)],
    "together_key": ["tgp_v1_" + made("tgp", 43)],
    "trello_token": ["ATTA" + made("atta", 64, HEX) + made("atta2", 8, _UPPER)],
    "wakatime_key": ["waka_" + _uuid("waka")],
    "yandex_key": [f"t1.{made('t1', 60)}.{made('t1b', 86)}", "YC" + made("yc", 38)],
    "url_password": [
        f"https://{made('dsn', 32, HEX)}@o1234.ingest.sentry.io/5",
        f"https://{made('user', 40)}:x-oauth-basic@github.com/a",
    ],
    "auth_header": [
        f'new AuthenticationHeaderValue("Bearer", "{made("scheme", 40)}")',
        f"'headers' => ['Authorization' => 'Bearer {made('arrow', 32)}'],",
        f'token = "Bearer {made("alone", 40)}"',
        "curl -H 'Authorization: Basic c2hvcHVzZXI6eEYyMWJudlR0aTBC'",
    ],
    "github_token": [f'body = "TOKEN:\\n{POSITIVES["github_token"][0]}\\n"'],
    "email": [
        "Ada Byron E<lt>ada@analytical-engine.deE<gt>",
        "\\email{ada.byron@analytical-engine.de}",
        '"\\tada.byron@analytical-engine.de\\r\\n"',
        "ada@byron.photography",
    ],
    "ipv4": ['InetAddress.getByName("41.92.13.47");', '"\\n85.214.132.117\\n"'],
    "secret": [
        f'public string AppSecret {{ get; set; }} = "{made("property", 32, HEX)}";',
        f'const std::string dbPassword{{"{made("brace", 16)}"}};',
        f"export CLIENT_SECRET ?= {made('make', 32, _LOWER)}",
        f"<key>ApiToken</key>\n<string>{made('plist', 32)}</string>",
        f'props.put("secret.key", "{made("dotted", 40)}");',
        f'const infuraKey = "{made("infura", 32, HEX)}"',
        f"jdbc:postgresql://db.corp.io/shop?user=app&password={made('jdbc', 12, string.ascii_letters)}&ssl=true",
        "jdbc:sqlserver://db.corp.io;user=app;password=River_2786;encrypt=true",
        "Server=db.corp.io;User Id=app;Password=W1nt3r&644;Database=x",
        f'DriverManager.getConnection(url, "app", "{made("manager", 12)}")',
        f"mysqli_connect('db.corp.io', 'app', '{made('mysqli', 12)}', 'shop')",
        f'new NetworkCredential("app", "{made("network", 12)}")',
        f'heroku_api_key = "{_uuid("heroku")}"',
        f"codecovToken: '{_uuid('codecov')}'",
        f"DB_PASSWORD={made('short', 16, HEX)}",
        'password = "Tr0ub4dor&3"',
        "DB_PASSWORD=Summer2019!",
        'password: "Sup3rS3cr3t!"',
        'dbPassword = "dragon1987"',
        "smtp_password: BerlinPepper4821",
        'passwd = "hunter2"',
        'password = "staple-battery-horse-correct"',
        "deploy --db-password HunterMarble211",
        'ConvertTo-SecureString "Mango@vnMm42" -AsPlainText -Force',
        "jdbc:sqlserver://db:1433;databaseName=app;user=sa;password=Tiger@vfsW!7;encrypt=true",
        'pwd = "PlZI%4CWM^mP"',
        'SECRET_KEY = "$x1qf!zg6r!pe&s***d3e@)t&fy56=@m2*39i&@0p8)#*gjkt!"',
        f'ENCRYPTION_KEY = "/{made("slash", 42)}="',
    ],
}

MORE_DECOYS = [
    'password = "P@ssw0rd"\npassword = "s3cr3t"\npassword = "test123"\npassword = "string1"\npassword = "pass123"',
    "From: Cathal <cathal@foo.bar>, moshez@bar.baz",
    'config.set("PWD", directory, "GO111MODULE", "on")',
    f'request_id = "{_uuid("request")}"\ntoken_id: "{_uuid("tokenid")}"\nkey = "{_uuid("key")}"',
    'api_key = "550e8400-e29b-41d4-a716-446655440000"',
    'access_token = "2YotnFZFEjr1zCsicMWpAA"  # RFC 6749',
    'matches("password", "5f4dcc3b5aa765d61d8327deb882cf99")',
    "htpasswd: 'loki:$apr1$H4yGiGNg$ssl5/NymaGFRUvxIV1Nyr.'",
    "{ada@analytical-engine.de} ada@mail.analytical.Engine",
    "jdbc:postgresql://db/shop?user=app&password={password}&ssl=true",
    "Server=x;User Id=u;Password=password;",
    PEM.replace("PRIVATE", "TESTING"),
    f"MIIDXTCCAkWgAwIBAgIJA{made('certificate', 200)}",
]
