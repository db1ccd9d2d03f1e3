r"""Where secrets without a format of their own stand: after names, in commands, in settings of many kinds. Data only.

An expression has two groups, the name and the value, or the value alone. Expressions are for both engines: see gate.py.
"""

# ruff: noqa: E501
from __future__ import annotations

from codekiln.cleaning.anonymize.rule import Rule

NAMES = (
    r"(?:pass(?:w(?:or)?d|phrase|code|wd)|pwd|\bpsk\b|[_-]pat\b|masterauth|(?:[a-z0-9_.-]|\b)pass\b|secret|token|credentials?|securestring"
    r"|(?:api|access|auth|private|encryption|signing|app(?:lication)?|master|consumer|account|service|deploy|shared|storage|subscription"
    r"|server|session|cipher|crypto|aes|hmac|functions?|host|license|webhook|client|security|preshared|psk|infura|alchemy|etherscan"
    r"|stripe|algolia|twilio|sendgrid|mailgun|openai|azure|pusher|weather(?:map)?|maps|recaptcha|firebase|admin|write|routing|ingest(?:ion)?|record|sdk|integration|instrumentation|tunnel|otx|quandl)[._ -]?key)"
)
"""Names under which secrets are kept, in code and configuration; for a caseless expression."""
_WORDS = (
    "pass",
    "pwd",
    "secret",
    "token",
    "key",
    "credential",
    "securestring",
    "psk",
    "_pat",
    "-pat",
    "masterauth",
)
_NAME = r"(" + NAMES + r"[A-Za-z0-9_-]*(?:\.(?:key|secret|token|password|value))?)"
_SHORT = r"((?:[_.-]|\b|bind|root|db|admin|user|mail|ldap)pw|[a-z0-9](?-i:Pw))"
"""Names of two letters, apart: among the others they would cost a tenth of the gate's speed."""
_CLOSED = r"(?:\[[0-9A-Za-z_]+\])?\\?[\"'`\])\[}!?]{0,4}[ \t]*(?:\{[ \t]*get;[^{}\"\r\n]{0,60}\}[ \t]*)?"
_OPERATOR = r"(?::=|=>|={1,3}|!=|->|:|\{|\|\|=?|\?\?=?|\?=|,|\(|<-|\bor\b|\bas\b|\bis\b|\bto\b|\bwas\b)"
_FILL = r"[^\"'`\r\n;]*?(?:&'static str[ \t]*=[ \t]*)?(?:\r?\n[ \t]*)?[A-Za-z@$]{0,2}"
_OPEN, _CLOSE = r"(?:\\?[\"'`]){1,3}", r"\\?[\"'`]"
_QUOTED = r"([^\"'`\r\n\t ]{5,}[^\"'`\r\n\t \\])"
_BARE = r"([^ \t\r\n\"'`<>{}\[\]()$#,;&][^ \t\r\n\"'`<>{}\[\]()]{5,}[^ \t\r\n\"'`<>{}\[\]();]);?"
_PIECE = r"([A-Za-z0-9!%*+./:=?@^_~|-]{7,})"
_MARK = r"(?::\*\*[ \t]+|[ \t]{0,4}(?::|\bis\b)[ \t]+(?:`|[!&][A-Za-z0-9_!/.-]{1,24}[ \t])[ \t]*|[`*]{0,2}[ \t]{1,8}\|[ \t]+)"
_SETTINGS = frozenset({"Shell", "YAML", "INI", "TOML", "Dotenv", "Java Properties", "Dockerfile", "Text", "Markdown", "Batchfile", "Ignore List", "Git Config", "Makefile", "NPM Config", "Apache Config", "ApacheConf", "Nginx", "HAProxy", "Option List", "EditorConfig", "PowerShell", "Groovy", "Gradle", "HTTP", "reStructuredText", "AsciiDoc"})  # fmt: skip


def _rule(name: str, expression: str, words: tuple[str, ...] = _WORDS, check: str = "assigned", **more: object) -> Rule:
    return Rule("secret", expression, words, check, caseless=True, name=name, **more)  # type: ignore[arg-type]


CONTEXTS: tuple[Rule, ...] = (
    # jdbc:...?user=u&password=p
    _rule("jdbc_password", r"jdbc:[a-z]+:[^ \t\r\n\"'`<>]{4,200}?[?&;](?:password|pwd)=([^;&\"'`<>{}$\r\n\t )][^;&\"'`<>{}\r\n\t )]{3,})", ("jdbc:",), "connection_password", hint=r"jdbc:[a-z]+:[^ \t\r\n\"'`<>]{4}"),
    # jdbc:oracle:thin:user/password@host
    _rule("jdbc_account", r"jdbc:[a-z]+:[a-z0-9]+:[A-Za-z0-9_.$#-]{1,40}/([^ \t\r\n\"'`<>@/]{4,64})@", ("jdbc:",), "connection_password", hint=r"jdbc:[a-z]+:[a-z0-9]+:[A-Za-z0-9_.$#-]+/"),
    # Server=...;User Id=u;Password=p
    _rule("connection_password", r"\b(?:user(?:[ _]?(?:id|name))?|uid|server|host|data source|database|initial catalog)=[^;\"'`<>\r\n]{1,100};(?:[^\"'`<>\r\n]{0,200}?;)?[ \t]{0,2}(?:password|pwd)=([^;\"'`<>{}$\r\n\t ][^;\"'`<>{}\r\n\t ]{3,})", ("password", "pwd"), "connection_password", hint=r";[ \t]{0,2}(?:password|pwd)="),
    # name = "value", name: Type = "value", call("name", "value"), name == wrapped("value"), "name": "value", name or "value"
    _rule("secret", _NAME + _CLOSED + r"(?:" + _OPERATOR + _FILL + r")?" + _OPEN + _QUOTED + _CLOSE),
    # name: API_TOKEN, newline, value: ...; <add key="name" value="..."/>; {"name": "...", "value": "..."}
    _rule(
        "secret_pair",
        _NAME + r"[\"'`]?(?:[ \t,]{0,4}|[ \t]*:[ \t]*\{[ \t]*)(?:\r?\n[ \t]+)?[\"'`]?(?:[a-z]{1,12}:?)?(?:value|default|content)[\"'`]?[ \t]{0,4}[:=][ \t]{0,4}[\"'`]?([^\"'`\r\n\t <>{},]{7,}[^\"'`\r\n\t <>{},\\])",
        ("value", "default", "content"),
    ),
    # variable "name" { ... default = "value" }
    _rule(
        "secret_variable",
        r"variable[ \t]+\"[A-Za-z0-9_-]*" + _NAME + r"\"[ \t]{0,4}\{[^{}]*?\bdefault[ \t]*=[ \t]{0,4}\"([^\"\r\n\t ]{7,})\"",
        ("variable",),
        hint=r"variable[ \t]+\"[^\"\r\n]*\"[ \t]{0,4}\{",
    ),
    # <name>value</name>, <property name="name">value</property>, <name><![CDATA[value]]></name>
    _rule("secret_element", _NAME + r"[A-Za-z0-9_.:-]*[\"']?[ \t]{0,4}>[ \t]*(?:<!\[CDATA\[)?([^<>\r\n\t ]{6,}[^<>\]\r\n\t ])(?:\]\]>)?[ \t]*</"),
    # <key>name</key> <string>value</string>, <setting name="name" ...><value>value</value>
    _rule(
        "secret_plist",
        _NAME + r"(?:</[a-z:-]{1,24}|[\"'][^<>\r\n]{0,60})?>[ \t\r\n]*<(?:string|[a-z:-]{0,12}value|td|dd)>[ \t]*(?:<code>)?([^<>\r\n\t ]{7,})[ \t]*</",
        ("string>", "value>", "td>", "dd>"),
        hint=_NAME + r"(?:</[a-z:-]+|[\"'][^<>\r\n]*)?>[ \t\r\n]*<(?:string|[a-z:-]*value|td|dd)>",
    ),
    # <input name="name" type="hidden" value="value">
    _rule(
        "secret_attribute",
        _NAME + r"[\"'][ \t\r\n][^<>\"']{0,24}(?:[\"'][^<>\"']{0,40}[\"'][^<>\"']{0,24}){0,3}[ \t\r\n](?:value|content)=[\"']([^\"'<>\r\n\t ]{7,})[\"']",
        ("value=", "content="),
        hint=_NAME + r"[\"'][ \t\r\n][^<>]*[ \t\r\n](?:value|content)=[\"']",
    ),
    # ${name:-value}, ${name:value}
    _rule("secret_default", r"\$\{[A-Za-z0-9_.-]*" + _NAME + r":[-=]?([^{}\"'`\r\n\t $]{7,})\}", ("${",)),
    # name: "{{ variable | default('value') }}", name: ${VARIABLE:value}
    _rule(
        "secret_fallback",
        _NAME + r"[\"']?[ \t]*[:=][ \t]*[\"']?(?:\{\{[^{}\"'\r\n]{1,80}\|[ \t]*d(?:efault)?\([ \t]*[\"']|\$\{[A-Za-z0-9_.-]+:[-=]?)([^{}\"'\r\n\t $]{7,})[\"'}]",
        ("{{", "${"),
    ),
    # A line of a settings file.
    _rule(
        "secret_setting",
        r"(?:\n|\A)[ \t]*(?:-[ \t]+)?(?:(?:export|ENV|ARG|set|setx|setenv|SetEnv|env|local|readonly|declare -x)[ \t]+)?[A-Za-z0-9_.-]*"
        + _NAME + r"[ \t]*(?:[:?+]=|[=: ])[ \t]*" + _BARE + r"[ \t]*(?:[\r\n]|\z|[ \t][#;])",
        languages=_SETTINGS,
        hint=_NAME + r"[ \t]*(?:[:?+]=|[=: ])[ \t]*[^ \t\r\n\"'`<>{}\[\]()]{7}",
    ),
    # DB_PW=value, bindpw value, adminPw = "value"
    _rule("short_name", _SHORT + r"[\"'`\])]{0,3}[ \t]*(?::[ \t]*&?[A-Za-z]{3,10}[ \t]*=|:=|=>|={1,3}|!=|:|,|\|\||[ \t])[ \t]*[A-Za-z@]{0,20}\(?" + _OPEN + _QUOTED + _CLOSE, ("pw",)),
    _rule("short_setting", r"(?:[\r\n][ \t]*|\A|[ \t\"'])(?:-[ \t]+)?[A-Za-z0-9_.-]*" + _SHORT + r"[ \t]*[=: ][ \t]*" + _BARE + r"[ \t]*(?:[\r\n\"\']|\z|[ \t][#;])", ("pw",), languages=_SETTINGS, hint=_SHORT + r"[ \t]*[=: ][ \t]*[^ \t\r\n\"'`<>{}\[\]()]{7}"),
    # name=value in a command, an address, a connection string, a cookie
    _rule("secret_parameter", _NAME + r"=[\"'`]?([A-Za-z0-9!%*+./:?@^_~|$#-]{6,}[A-Za-z0-9!%*+./:?@^_~|=-])(?:[;&\"'`\\, \t\r\n)}#>]|\z)"),
    # name: value in a flow mapping, a header, a comment, a sentence
    _rule("secret_mention", _NAME + r"[ \t]{0,4}(?::|\bis\b|\bwas\b)[ \t]+" + _PIECE + r"(?:[ \t\r\n,;}\"'`)<]|\z)", check="mentioned"),
    # **name:** value, name is `value`, name: !tag value, name: &anchor value, | name | value |
    _rule("secret_marked", _NAME + _MARK + r"`?" + _PIECE + r"(?:[ \t\r\n,;}\"'`)<]|\z)", (":**", "`", "!", "&", "|"), check="mentioned", hint=_NAME + _MARK + r"`?[A-Za-z0-9!%*+./:=?@^_~|-]{7}"),
    # $("#name").val("value"), find("name").sendKeys("value")
    _rule("secret_typed", _NAME + r"[\"'`\])]{1,5}\.(?:val|type|fill|clear\(\)\.type|send_?keys|set_?value|set|press_?sequentially)\([ \t]*[\"'`]([^\"'`\r\n\t ]{6,}[^\"'`\r\n\t \\])[\"'`]", (".val", ".type", ".fill", ".clear", ".send", ".set", ".press"), hint=_NAME + r"[\"'`\])]{1,5}\.(?:val|type|fill|clear|send|set|press)"),
    _rule("secret_option", r"--?([a-z-]*(?:password|passwd|passphrase|pwd|token|api-key|secret|secret-key|access-key)|-[a-z-]*pass)[= ][ \t]{0,4}[\"']?([^ \t\r\n\"'<>{}|;&]{7,})", ("--",)),
    _rule("secret_configured", r"\b(?:configure|config)[ \t]+(?:--?[a-z]+[ \t]+)*(?:set[ \t]+)?[^ \t\r\n=]*" + _NAME + r"[ \t]+([^ \t\r\n\"'<>{}()$]{12,})", ("config",)),
    _rule("sql_password", r"\b(?:identified(?:[ \t]+with[ \t]+[a-z0-9_]+)?[ \t]+by(?:[ \t]+password)?|password(?:[ \t]+for[ \t]+[^ \t\r\n=]{1,80})?)[ \t]{0,4}[=(]?[ \t]{0,4}['\"]([^'\"\r\n\t ]{6,})['\"]", ("identified", "password"), "password_strict"),
    # command -u user:password, and what is piped into one; others are in commands.py
    _rule("user_option", r"\b(?:curl|http|https|wget)\b[^\r\n|;]*?[ \t](?:-u|--user|-a|--auth)[ \t=]?[ \t]{0,2}[\"']?[^ \t\r\n\"':]+:([^ \t\r\n\"']{6,})", ("curl", "http", "wget"), "password_strict"),
    _rule("piped_password", r"\b(?:echo|printf)[ \t]+(?:-n[ \t]+)?[\"']?(?:[a-z0-9_.-]+:)?([^\"'\r\n\t |]{6,})[\"']?[ \t]*\|[ \t]*(?:sudo[ \t]+)?[^\r\n|]*(?:password-stdin|passphrase-fd|chpasswd|sudo -S|passwd|gh secret set|cryptsetup)", ("password-stdin", "passphrase-fd", "chpasswd", "sudo -s", "passwd", "gh secret set", "cryptsetup"), "password_strict", hint=r"password-stdin|passphrase-fd|chpasswd|sudo -S|passwd|gh secret set|cryptsetup"),
    # login("user", "password"), auth=("user", "password"), new PDO(..., "user", "password"), jwt.sign(payload, "key")
    _rule("credentials", r"(?:auth|login|credentials?|getConnection|mysqli|\bPDO|setUser|authenticate|jwt\.(?:encode|decode|sign|verify)|hmac\.new|createHmac|\bFernet|cookieParser|hashSync|hashpw|bcrypt\.hash)[\"']?[ \t]{0,4}[=:]?[ \t]{0,4}\((?:[^()\r\n]*?,)?[ \t]*[bruf@]{0,2}[\"'`]([^\"'`\r\n\t ]{6,})[\"'`][ \t]{0,4}[,)]", ("auth", "login", "credential", "connection", "mysqli", "pdo", "jwt.", "hmac", "setuser", "fernet", "cookieparser", "hashsync", "hashpw", "bcrypt.hash"), "credentials"),
    # mysqli_connect("host", "user", "password"), getConnection(url, "user", "password"), new PDO(dsn, "user", "password")
    _rule("account", r"(?:getConnection|mysqli|mysql_p?connect|\bPDO|pymysql\.connect|DBI->connect|\bPlainAuth|MySQLdb\.connect|ftp_login|DataSource|NetworkCredential|UsernamePassword[a-z]*|BasicAuth[a-z]*|basic_auth|PasswordAuthentication|Sequelize|WiFi\.(?:begin|softAP))[a-z_]*[ \t]{0,2}[( ][ \t\r\n]*(?:[^()\"'`,\r\n;]{0,80}|\"[^\"\r\n]{0,120}\"|'[^'\r\n]{0,120}'),[ \t\r\n]*(?:(?:Some\()?[\"'][^\"'\r\n,]{0,60}[\"']\)?[ \t]*,[ \t\r\n]*)?(?:Some\()?[\"']([^\"'`\r\n\t ]{6,})[\"']", ("connect", "mysqli", "pdo", "login", "datasource", "credential", "basicauth", "basic_auth", "plainauth", "password", "sequelize", "wifi."), "password_strict", hint=r"(?:getConnection|mysqli|mysql_p?connect|\bPDO|pymysql\.connect|DBI->connect|\bPlainAuth|MySQLdb\.connect|ftp_login|DataSource|NetworkCredential|UsernamePassword[a-z]*|BasicAuth[a-z]*|basic_auth|PasswordAuthentication|Sequelize|WiFi\.(?:begin|softAP))[a-z_]*[ \t]{0,2}[( ]"),
    # mysql_real_connect(connection, "host", "user", "password"
    _rule("connect_password", r"mysql_real_connect[ \t]*\((?:[^()\"',\r\n]{1,60}|\"[^\"\r\n]{0,80}\"),(?:[ \t\r\n]*(?:\"[^\"\r\n]{0,80}\"|[^()\"',\r\n]{1,60}),){2}[ \t\r\n]*\"([^\"\r\n\t ]{6,})\"", ("mysql_real_connect",), "password_strict", hint=r"mysql_real_connect[ \t]*\("),
    # "password".toCharArray(), as Java hands passwords over
    _rule("password_characters", r"[(,=][ \t\r\n]*\"([^\"\r\n\t ]{6,32})\"\.toCharArray\(\)", ("tochararray",), "password_strict", hint=r"\"\.toCharArray\(\)"),
    _rule("netrc_password", r"\b(?:machine[ \t]+[^ \t\r\n]+|default)[ \t\r\n]+login[ \t\r\n]+[^ \t\r\n]+[ \t\r\n]+password[ \t\r\n]+[\"']?([^ \t\r\n\"']{4,})", ("login",), "password"),
    _rule("pgpass", r"(?:\n|\A)[A-Za-z0-9.*_-]+:(?:[0-9]{2,5}|\*):[A-Za-z0-9.*_-]+:[A-Za-z0-9.*_-]+:([^ :\t\r\n]{6,})[\r\n]", (":",), "password_strict", hint=r":(?:[0-9]{2,5}|\*):[A-Za-z0-9.*_-]+:[A-Za-z0-9.*_-]+:[^ :\t\r\n]{6}"),
    _rule("npmrc_token", r"(?:[/: \t\r\n\"']|\A)_(?:authToken|auth|password)[ \t]{0,4}[= ][ \t]{0,4}\"?([A-Za-z0-9+/=_.-]{12,})", ("_auth", "_password"), "random"),
    _rule("dsn_password", r"[\"'`/:][A-Za-z0-9_.-]+[:/]([^ \t\r\n\"'`/:]{6,})@(?:tcp|unix|udp)?(?:\([^ \t\r\n)]+\)/|[A-Za-z0-9.-]+:[0-9]{2,5}/)", ("@",), "password_strict", hint=r"@(?:(?:tcp|unix|udp)?\([^ \t\r\n)]|[A-Za-z0-9.-]+:[0-9]{2,5}/)"),
    # https://host/path?key=value
    _rule("url_key", r"https?://[^ \t\r\n\"'`<>?]{4,200}\?(?:[^ \t\r\n\"'`<>]{0,200}?&(?:amp;)?)?(?:key|appid|app_?key|apitoken|auth)=([A-Za-z0-9_-]{24,64})(?:[&\"'`<> \t\r\n)#,;.]|\z)", ("key=", "appid=", "apitoken=", "auth="), "header", hint=r"[?&;](?:key|appid|app_?key|apitoken|auth)=[A-Za-z0-9_-]{24}"),
    _rule("docker_auth", r"\"auth\"[ \t]*:[ \t]*\"([A-Za-z0-9+/]{12,}={0,2})\"", ("\"auth\"",), "basic"),
    _rule("app_key", r"\bAPP_KEY=[\"']?base64:([A-Za-z0-9+/]{40,}={0,2})", ("app_key",), "random"),
)  # fmt: skip
