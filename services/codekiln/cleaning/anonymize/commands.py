r"""Passwords that commands take: what stands before the value on its line. Data only.

An option without a space behind it (`mysql -psecret`) ends where the value begins. All is caseless but `(?-i:...)`.
Expressions are for both engines: see gate.py.
"""

# ruff: noqa: E501
from __future__ import annotations

from codekiln.cleaning.anonymize.rule import Rule

_REST = r"[^\r\n|;]*?"
_SPACE = r"[ \t]+"
_WORD = r"[^ \t\r\n]+"

_FREQUENT = {
    "sshpass": r"-p[ \t]?",
    r"(?:mysql|mysqldump|mysqladmin|mariadb)\b": r"-p",
    "redis-cli": r"-a[ \t]+",
    rf"(?:docker|podman|helm|az|oc|cf|buildah|skopeo|nerdctl|oras|ibmcloud)\b{_REST}\blogin\b": r"-p[ \t]+",
    r"mongo[a-z]{0,8}\b": r"-p[ \t]+",
    r"ldap(?:add|delete|modify|passwd|search|whoami)\b": r"-w[ \t]*",
    r"(?:un)?zip\b": r"(?-i:-P)[ \t]*",
    r"sqlcmd\b": r"(?-i:-P)[ \t]*",
    r"openssl\b": r"-k[ \t]+",
}
"""Commands whose names are in many files -> the option before a password: the gate looks for both."""

_RARE = {
    "(?:osql|isql|tsql|bcp)": r"(?-i:-P)[ \t]*",
    "user(?:add|mod)": r"-p[ \t]+",
    "(?:smbclient|smbget|rpcclient|winexe)": r"(?:-U|--user)[ \t=]?[\"']?[^ \t\r\n%\"']+%",
    "snmp(?:bulk)?(?:get|getnext|walk|set|table|trap|inform|status|df|translate)": r"(?:-c|(?-i:-[AX]))[ \t]+",
    "(?:evil-winrm|crackmapexec|cme|netexec|nxc|bloodhound-python|certipy(?:-ad)?|impala-shell|tdsql|cqlsh|mycli|hydra)": r"-p[ \t]+",
    "lftp": r"-u[ \t]*[\"']?[^ \t\r\n,\"']+,",
    "gpg2?": r"--passphrase[ \t=]+",
    "(?:7z[arz]?|unrar|rar)": r"-h?p",
    "nmcli": r"password[ \t]+",
    "xfreerdp": r"/p:",
    "rdesktop": r"-p[ \t]+",
    "psexec(?:64)?": r"-p[ \t]+",
    "mosquitto_(?:pub|sub|rr)": r"(?-i:-P)[ \t]+",
}
"""Those that are in few: the gate looks for the name and a space."""

_ARGUMENTS = (
    rf"net{_SPACE}user{_SPACE}[^ \t\r\n/]+{_SPACE}",
    rf"net{_SPACE}use[ \t]{_REST}/user:{_WORD}{_SPACE}",
    rf"net{_SPACE}use{_SPACE}[A-Z*]:?{_SPACE}(?:\\\\|//){_WORD}{_SPACE}",
    rf"(?:store|key|srcstore|deststore)pass{_SPACE}",
    rf"pass(?:in|out)?{_SPACE}pass:",
    rf"insecure-password{_SPACE}",
    rf"rabbitmqctl{_SPACE}(?:add_user|change_password){_SPACE}{_WORD}{_SPACE}",
    # A file and a user before it; with -n no file.
    rf"htpasswd{_SPACE}(?:-[a-z]+{_SPACE})*-[a-z]*b[a-z]*{_SPACE}(?:-[a-z]+{_SPACE})*(?:[^ \t\r\n-][^ \t\r\n]*{_SPACE}){{1,2}}",
    rf"(?:passwd|password-stdin|chpasswd|sudo -S|cryptsetup)\b{_REST}<<<[ \t]*[\"']?(?:[a-z0-9_.-]+:)?",
    rf"wpa_passphrase{_SPACE}(?:\"[^\"\r\n]*\"|{_WORD}){_SPACE}",
    rf"snmp-server{_SPACE}community{_SPACE}",
    # Cisco's IOS; a digit says how the value is written.
    rf"enable{_SPACE}(?:secret|password){_SPACE}[0-9]{_SPACE}",
    rf"username{_SPACE}{_WORD}{_SPACE}privilege{_SPACE}[0-9]+{_SPACE}(?:secret|password){_SPACE}(?:[0-9]{_SPACE})?",
    rf"username{_SPACE}{_WORD}{_SPACE}(?:secret|password){_SPACE}[0-9]{_SPACE}",
    rf"(?:create|alter){_SPACE}user{_SPACE}{_WORD}{_SPACE}identified{_SPACE}by{_SPACE}",
)
BEFORE = (
    *(rf"{command}{_REST}[ \t]{option}" for command, option in _FREQUENT.items()),
    *(rf"{command}(?:\.exe)?[ \t](?:{_REST}[ \t])?{option}" for command, option in _RARE.items()),
    *_ARGUMENTS,
)
"""What stands before a password, one place each."""
VALUE = r"[\"']?([^ \t\r\n\"'|;<>]{6,})"

_WORDS = (
    "sshpass mysql mariadb redis-cli login mongo ldap zip sqlcmd openssl osql isql tsql bcp useradd usermod smb"
    " rpcclient winexe snmp gpg 7z rar nmcli xfreerdp rdesktop psexec mosquitto_ net /user: pass insecure-password"
    " evil-winrm crackmapexec cme netexec nxc bloodhound certipy impala tdsql cqlsh mycli hydra lftp <<< rabbitmqctl htpasswd secret privilege identified"
)
_HINT = "|".join(
    (
        r"sshpass|(?:mysql|mariadb|redis-cli|mongo|ldap|zip|sqlcmd|openssl)[^\r\n|;]*?[ \t]-[akpw]",
        r"net[ \t]+use|/user:|login\b[^\r\n|;]*?[ \t]-p[ \t]|(?:store|key)pass[ \t]|pass(?:in|out)?[ \t]+pass:",
        r"<<<",
        rf"(?:{'|'.join(_RARE)})(?:\.exe)?[ \t]|insecure-password[ \t]|(?:rabbitmqctl|htpasswd|wpa_passphrase)[ \t]",
        r"snmp-server[ \t]|(?:secret|password)[ \t]+[0-9]|[ \t]privilege[ \t]+[0-9]|[ \t]identified[ \t]+by[ \t]",
    )
)
"""Matches wherever the expression does, and costs less."""

COMMANDS: tuple[Rule, ...] = (
    Rule(
        "secret",
        rf"\b(?:{'|'.join(BEFORE)}){VALUE}",
        tuple(_WORDS.split()),
        "argument",
        caseless=True,
        name="command_password",
        hint=_HINT,
    ),
    # sqlplus user/password@database, impacket's tools with domain/user:password@host
    Rule(
        "secret",
        rf"\b(?:(?:sqlplus|sqlldr|expdp|impdp|rman)(?:\.exe)?[ \t](?:{_REST}[ \t])?[\"']?[a-z0-9_.$#-]{{1,40}}/"
        rf"|(?:impacket-[a-z]+|[a-z0-9_]+\.py)[ \t](?:{_REST}[ \t])?[\"']?[a-z0-9_.-]+[/\\]{{1,2}}[a-z0-9_.$-]{{1,40}}:)"
        r"([^ \t\r\n\"'|;<>/@]{6,})@[a-z0-9/$\[{<]",
        ("sqlplus", "sqlldr", "expdp", "impdp", "rman", "impacket-", ".py"),
        "argument",
        caseless=True,
        name="command_account",
        hint=rf"(?:sqlplus|sqlldr|expdp|impdp|rman|impacket-[a-z]+|\.py)(?:\.exe)?[ \t]{_REST}[/:]"
        r"[^ \t\r\n\"'|;<>/@]{6,}@[a-z0-9/$\[{<]",
    ),
    # expect "password:" and send "password\r", in Tcl and in Python
    Rule(
        "secret",
        r"ass(?:word|phrase|code)[^\r\n\"']{0,24}[\"'}][ \t)]*[{;]?[ \t\r\n]*(?:sleep[^\r\n;]{1,12}[;\r\n][ \t\r\n]*)?"
        r"(?:[a-z_][a-z0-9_]*\.)?(?:exp_)?send(?:line)?(?:[ \t]+-[-hs])*[ \t(]+\\?[\"'{]([^\"'\\ \t\r\n]{6,})(?:\\+[rn]|[\"'}])",
        ("send",),
        "argument",
        caseless=True,
        name="prompted_password",
        hint=r"send(?:line)?(?:[ \t]+-[-hs])*[ \t(]+\\?[\"'{][^\"'\\ \t\r\n]{6}",
    ),
)
