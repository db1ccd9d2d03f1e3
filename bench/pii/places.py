"""How each language writes a value down: one line with `{}` in it. Data only.

`ANYWHERE`: for values that are found wherever they stand. `NAMED`: for those that are told by their name.
"""

from __future__ import annotations

ANYWHERE: dict[str, tuple[str, ...]] = {
    "Python": (
        'VALUE = "{}"',
        "client = connect('{}', timeout=3)",
        "# see {} before the release",
        'options = {{"value": "{}", "retries": 2}}',
    ),
    "JavaScript": (
        "const value = '{}';",
        "// ask {} about this",
        'fetch(url, {{ headers: {{ "x-value": "{}" }} }});',
        "let v = `{}`;",
    ),
    "C": ('static const char *value = "{}";', "/* {} */", '#define VALUE "{}"', 'connect_to("{}", 5);'),
    "C++": ('constexpr auto value = "{}";', "// {}", 'std::string v{{"{}"}};', 'client.open("{}");'),
    "Cython": ('cdef str value = "{}"', "# {}", 'start(b"{}")', "x = '{}'"),
    "Shell": ("export VALUE={}", 'curl -H "X-Value: {}" https://api.corp.io', "# {}", "run --value '{}'"),
    "YAML": ("value: {}", 'value: "{}"', "  - {}", "# {}"),
    "JSON": ('{{"value": "{}"}}', '["{}", 1]', '{{"a": {{"b": "{}"}}}}', '"v": "{}",'),
    "Dockerfile": ("ENV VALUE={}", "# {}", 'LABEL value="{}"', "RUN use {}"),
    "Makefile": ("VALUE := {}", "# {}", "\trun --value={}", "V ?= {}"),
    "Markdown": ("Write to `{}` first.", "- {}", "    value = {}", "| a | {} |"),
    "CMake": ('set(VALUE "{}")', "# {}", 'message(STATUS "{}")', 'option_of("{}")'),
    "Protocol Buffer": ("// {}", "/* {} */", 'option (value) = "{}";', "// by {}, twice"),
    "HTML": ('<a title="{}">x</a>', "<!-- {} -->", "<td>{}</td>", '<meta name="v" content="{}">'),
    "CSS": ("/* {} */", '.a::after {{ content: "{}" }}', "/* see {} */", "/* by {}. */"),
}
NAMED: dict[str, tuple[str, ...]] = {
    "Python": (
        'API_KEY = "{}"',
        "login(password='{}')",
        'config["client_secret"] = "{}"',
        'db = dict(user="svc", password="{}")',
    ),
    "JavaScript": (
        "const apiKey = '{}';",
        'auth({{ token: "{}" }});',
        "process.env.SECRET = '{}';",
        'client.setPassword("{}");',
    ),
    "C": ('#define DB_PASSWORD "{}"', 'const char *auth_token = "{}";', 'set_password(ctx, "{}");', 'secret = "{}";'),
    "Shell": ("export DB_PASSWORD={}", "API_TOKEN='{}'", "mysqldump --password={} app", "deploy --api-key {}"),
    "YAML": ("password: {}", 'api_key: "{}"', "  client_secret: {}", "  auth_token: '{}'"),
    "JSON": ('{{"password": "{}"}}', '{{"api_key": "{}"}}', '{{"db": {{"secret": "{}"}}}}', '"access_token": "{}",'),
    "Dockerfile": ("ENV DB_PASSWORD={}", "ARG API_TOKEN={}", 'ENV CLIENT_SECRET="{}"', "ENV SECRET_KEY={}"),
    "Markdown": ("    DB_PASSWORD={}", '    api_key = "{}"', "    token: {}", '    "client_secret": "{}"'),
}
