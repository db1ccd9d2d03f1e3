"""Where secrets without a form of their own stand: the span is the value and nothing else, and what only looks alike stays."""

# ruff: noqa: E501
from __future__ import annotations

import pytest

from codekiln.cleaning import redact
from tests.cleaning.anonymize_examples import made

PASSWORD = "Harbor-" + "comet!" + "4172"
DRAWN = "x3kx" + "baqz6q0w"
LETTERS = "wqzp" + "Ktrnvb"

PLACES = {
    # Names.
    "a short name": ("DB_PW=$", DRAWN),
    "a short name in capitals": ('ENV PW="$"', DRAWN),
    "a short name in camel case": ('const adminPw = "$";', PASSWORD),
    "a directory's name": ("bindpw $", "nIk2Bg8EYh7"),
    # Settings and documents.
    "a comment": ("# password: $", DRAWN),
    "a flow mapping": ("login: {user: a, password: $}", DRAWN),
    "a tag": ("password: !str $", DRAWN),
    "an anchor": ("password: &pw $", DRAWN),
    "a comment behind it": ("MYSQL_PASS = $  ; the database", "MCsPejXXuDRewgD0"),
    "a bold name": ("- **Password:** $", "w2OkNHxmX4UJJP"),
    "a table": ("| API_KEY | $ |", made("table", 40)),
    "a list of HTML": ("<li>Password: $</li>", PASSWORD),
    "cells of HTML": ("<td>password</td><td>$</td>", PASSWORD),
    "a Jinja default": ("password: \"{{ vault_pw | default('$') }}\"", DRAWN),
    "a Spring default": ("password: ${DB_CRED:$}", DRAWN),
    "JSON in a string": (r'"{\"password\": \"$\"}"', PASSWORD),
    "a value in an object": ('"adminPassword": {"value": "$"}', PASSWORD),
    "a parameter of CloudFormation": ('{"ParameterKey": "DBPassword", "ParameterValue": "$"}', PASSWORD),
    # Mark-up.
    "a meta tag": ('<meta name="plaid-secret" content="$">', made("meta", 30, "0123456789abcdef")),
    "an input": ('<input name="password" type="hidden" value=\'$\'>', PASSWORD),
    "CDATA": ("<password><![CDATA[$]]></password>", PASSWORD),
    "a parameter of a servlet": ("<param-name>password</param-name><param-value>$</param-value>", PASSWORD),
    "a setting of .NET": ('<setting name="Password" serializeAs="String"><value>$</value></setting>', PASSWORD),
    "an answer file of Windows": ("<Password><Value>$</Value><PlainText>true</PlainText></Password>", PASSWORD),
    # Code.
    "a sized array": ('static const char password[32] = "$";', PASSWORD),
    "a typed field": ("cy.get('[name=password]').type('$')", PASSWORD),
    "a field of jQuery": ("$('#password').val('$');", PASSWORD),
    "a hash of it": ("bcrypt.hashSync('$', 10);", PASSWORD),
    "a key of Fernet": ('Fernet(b"$")', made("fernet", 43)),
    "a cookie's key": ("cookieParser('$')", made("cookie", 40)),
    "Sequelize": ("new Sequelize('db', 'user', '$', { dialect: 'mysql' })", PASSWORD),
    "a call without brackets": ("http.basic_auth 'a', '$'", PASSWORD),
    "WiFi": ('WiFi.begin(ssid, "$");', PASSWORD),
    "MySQL's C interface": ('mysql_real_connect(c, "h", "u", "$", "d", 0, NULL, 0);', PASSWORD),
    "user and password under one name": ('curl_easy_setopt(curl, CURLOPT_USERPWD, "bob:$");', PASSWORD),
    "user and password as credentials": ("Default credentials: admin:$", "W4OuQpatKBxtl"),
    "Redis": ('red:auth("$")', "Ocean#orchid428"),
    # SQL.
    "a column": ("INSERT INTO users (name, password) VALUES ('bob', '$');", PASSWORD),
    "a column in a call": ("INSERT INTO u (id, login, password, role) VALUES (1, 'it''s', MD5('$'), 'x');", PASSWORD),
    "a column of the second row": ("insert into `u` (`pwd`, `n`)\nvalues (NULL, 1),\n('$', now())", PASSWORD),
    # Addresses.
    "a host filled in": ("`postgres://app:$@${host}/prod`", DRAWN),
    "a host added": ('"postgres://app:$@" + host', DRAWN),
    "Oracle's address": ('"jdbc:oracle:thin:scott/$@//db:1521/orcl"', DRAWN),
    "a key in an address": ("https://api.corp.io/d?key=$&q=x", made("appid", 32, "0123456789abcdef")),
    # Commands.
    "echo without quotes": ("echo $ | docker login -u a --password-stdin", DRAWN),
    "a user and its password piped": ('user_data = "echo root:$ | chpasswd"', DRAWN),
    "here-string": ('passwd root <<< "$"', DRAWN),
    "htpasswd with two options": ("htpasswd -b -c f bob $", DRAWN),
    "a share with slashes": ("net use Z: //h/s $ /user:a", DRAWN),
    "SNMP's version 3": ("snmpget -v3 -u a -A $ h", DRAWN),
    "lftp": ("lftp -u a,$ ftp.corp.io", DRAWN),
    "netexec": ("nxc smb h -u a -p '$'", DRAWN),
    "Cloud Foundry": ("cf login -a api.corp.io -u bob -p $ --skip", DRAWN),
    "a macro": ('#define ADMIN_PW "$"', DRAWN),
    "an environment's entry": ('putenv("ADMIN_PW=$");', DRAWN),
    "a sentence with ticks": ("The password is `$`.", DRAWN),
    "sqlplus": ("sqlplus -S scott/$@orcl", DRAWN),
    "impacket": ("secretsdump.py corp/bob:$@dc01.corp.lan", DRAWN),
    "impacket as Debian has it": ("impacket-psexec CORP/bob:$@10.0.0.7", DRAWN),
    "letters only": ("mysql -h db -p$", LETTERS),
    "letters only after a space": ("az login -u a -p $", LETTERS),
    "a script of expect": ('expect "*assword:"\nsend "$\\r"\ninteract', PASSWORD),
    "a branch of expect": ('expect {\n  "Password:" { send -- "$\\n" }\n}', PASSWORD),
    "pexpect": ("child.expect('Password: ')\nchild.sendline('$')", PASSWORD),
}


@pytest.mark.parametrize("place", PLACES)
def test_the_value_and_nothing_else_goes(place: str) -> None:
    form, value = PLACES[place]
    before, _, after = form.rpartition("$") if form.count("$") == 1 else _last_slot(form)
    text = f"one\n{before}{value}{after}\ntwo\n"
    new, spans = redact(text)
    assert [text[span.start : span.end] for span in spans] == [value]
    assert redact(new) == (new, ())


def _last_slot(form: str) -> tuple[str, str, str]:
    """Of a form that has other `$` too: the one that no name follows."""
    at = next(place for place, sign in enumerate(form) if sign == "$" and form[place + 1] not in "{(")
    return form[:at], "$", form[at + 1 :]


@pytest.mark.parametrize(
    "text",
    [
        # Versions.
        '__version__ = "1.24.131.7"',
        'VERSION_STRING = "34.121.144.22"',
        "firmware 34.121.144.22",
        "## 91.122.133.44 (2021-03-04)",
        "Upgrade to OpenSSL 54.130.120.30",
        "curl 7.88.1.0 (x86_64)",
        "/* curl 54.123.145.22 or newer */",
        "# curl 3.1.12.4, and 8.44.1.12 in curl",
        # Names with a digit where a password may stand.
        "export(passphrase=use_pkcs8, protection=x)",
        "    :param passphrase: use_pkcs8 if set",
        "passphrase = use_pkcs8",
        "--passphrase use_pkcs8",
        'apiKey: req.headers["x-api-key-v1"],',
        '"password": "Wachtwoord2"',
        "\tpW     *io.PipeWriter",
        # Hashes of passwords, as frameworks write them.
        f"password = 'pbkdf2_sha256$260000${made('django', 22)}${made('hash', 43)}='",
        f"password='sha1${made('salt', 6)}${made('sha1', 40, '0123456789abcdef')}'",
        f"password = 'scrypt:32768:8:1${made('werkzeug', 16)}${made('hash', 64)}'",
        "userPassword: {SSHA}" + made("ldap", 32),
        f"INSERT INTO u (n, password) VALUES ('a', '{made('md5', 32, '0123456789abcdef')}'), ('b', NULL);",
        # What stands where commands have passwords.
        "docker run -u root -p 127.0.0.1:5432:5432/tcp x",
        "docker run -u 1000:1000 -p 8080:80 x",
        "tool --user me -p project-1a",
        "mysql --password Sunshine",
        "tool -u me -p MySecretName",
        'expect "password:"\nsend "$password\\r"',
        "sqlplus scott/$PASSWORD@orcl",
        "run.py org/image:latest@sha256:" + made("digest", 64, "0123456789abcdef"),
        '<input type="password" name="password" value="<?= $password2 ?>">',
        "<td>password</td><td>VARCHAR(255)</td>",
        "| password | string(32) | the password |",
    ],
)
def test_what_only_looks_alike_stays(text: str) -> None:
    new, spans = redact(text)
    assert spans == ()
    assert new == text


def test_a_list_of_columns_that_never_ends_is_read_once() -> None:
    columns = "password, " * 30_000
    text = f"insert into t (id, password) values (1, 'Xk29!fqQz81');\ninsert into u ({columns}"
    assert len(redact(text)[1]) == 1
