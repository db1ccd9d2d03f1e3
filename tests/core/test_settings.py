"""Settings: a typo is found at start, a value without sense too, and a worker gets what its server had."""

from __future__ import annotations

import ast
import dataclasses
import inspect
import itertools
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codekiln.core import settings as module
from codekiln.core.errors import InvalidArgument
from codekiln.core.settings import Credentials, Settings, environment, load_settings


def test_without_variables_all_is_default() -> None:
    assert load_settings("cleaning", {}) == Settings(service="cleaning")
    assert load_settings("cleaning", {"PATH": "/bin", "codekiln_store": "x"}) == Settings(service="cleaning")


@pytest.mark.parametrize(
    ("variable", "hint"),
    [
        ("CODEKILN_STOER", ": did you mean CODEKILN_STORE?"),
        ("CODEKILN_LISTEN_ADDRESS", "CODEKILN_"),
        ("CODEKILN_SERVICE", "CODEKILN_SERVICES"),
        ("CODEKILN_XYZZY_PLUGH", "unknown setting CODEKILN_XYZZY_PLUGH"),
        ("CODEKILN_", "unknown setting CODEKILN_"),
    ],
)
def test_an_unknown_variable_is_an_error_with_a_suggestion(variable: str, hint: str) -> None:
    with pytest.raises(InvalidArgument) as caught:
        load_settings("cleaning", {variable: "1"})
    assert caught.value.reason == "UNKNOWN_SETTING"
    assert hint in caught.value.message


@pytest.mark.parametrize(
    ("variable", "value", "wanted"),
    [
        ("CODEKILN_MAX_FAILURES", "three", "write a whole number"),
        ("CODEKILN_MAX_FAILURES", "0", "write 1 or more"),
        ("CODEKILN_MAX_RUNNING", "-1", "write 0 or more"),
        ("CODEKILN_DRAIN_SECONDS", "soon", "write a number"),
        ("CODEKILN_DRAIN_SECONDS", "-1", "write 0 or more"),
        ("CODEKILN_DRAIN_SECONDS", "nan", "write 0 or more"),
        ("CODEKILN_RECONCILE_SECONDS", "inf", "write 0 or more"),
        ("CODEKILN_REFLECTION", "maybe", "write true or false"),
        ("CODEKILN_LOG_LEVEL", "loud", "write debug or info or warning or error"),
        ("CODEKILN_LOG_FORMAT", "xml", "write json or text"),
        ("CODEKILN_LISTEN", "7100", "write host:port"),
        ("CODEKILN_LISTEN", "localhost:http", "write host:port"),
        ("CODEKILN_METRICS_LISTEN", "localhost:99999", "write host:port"),
        ("CODEKILN_AUTH_TOKEN_FILE", "", "write a path, or leave the variable out"),
        ("CODEKILN_TLS_CERT_FILE", "cert.pem", "set without CODEKILN_TLS_KEY_FILE"),
        ("CODEKILN_TLS_KEY_FILE", "key.pem", "set without CODEKILN_TLS_CERT_FILE"),
        ("CODEKILN_TLS_CLIENT_CA_FILE", "ca.pem", "set without CODEKILN_TLS_CERT_FILE"),
        ("CODEKILN_STORE_ACCESS_KEY_FILE", "key", "set without CODEKILN_STORE_SECRET_KEY_FILE"),
    ],
)
def test_a_bad_value_is_named_with_what_to_write(variable: str, value: str, wanted: str) -> None:
    with pytest.raises(InvalidArgument) as caught:
        load_settings("cleaning", {variable: value})
    assert caught.value.reason == "BAD_SETTING"
    assert variable in caught.value.message and wanted in caught.value.message


@given(st.sampled_from([f.name for f in dataclasses.fields(Settings) if f.name != "service"]), st.text(max_size=20))
def test_any_text_is_a_setting_or_an_error_of_ours(name: str, text: str) -> None:
    try:
        load_settings("cleaning", {f"CODEKILN_{name.upper()}": text})
    except InvalidArgument as error:
        assert error.reason == "BAD_SETTING"


def test_another_process_can_be_given_the_same_settings() -> None:
    variables = {
        "CODEKILN_HOME": "/somewhere",
        "CODEKILN_STORE": "s3://bucket/p?endpoint=http://h:1",
        "CODEKILN_REFLECTION": "false",
        "CODEKILN_DRAIN_SECONDS": "0.25",
        "CODEKILN_MAX_RUNNING": "7",
        "CODEKILN_AUTH_TOKEN_FILE": "/etc/tokens",
    }
    settings = load_settings("trainer", variables)
    assert load_settings("trainer", environment(settings)) == settings
    assert set(environment(settings)) == set(variables), "what is default is left out"


def test_relative_paths_become_absolute_for_another_process(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    given = environment(load_settings("trainer", {"CODEKILN_HOME": "here"}))
    assert given == {"CODEKILN_HOME": str(tmp_path / "here")}


def test_credentials_come_from_files_and_never_from_variables(tmp_path: Path) -> None:
    (tmp_path / "access").write_text("AKIA\n")
    (tmp_path / "secret").write_text(" s3cret \n")
    settings = load_settings(
        "cleaning",
        {
            "CODEKILN_STORE_ACCESS_KEY_FILE": str(tmp_path / "access"),
            "CODEKILN_STORE_SECRET_KEY_FILE": str(tmp_path / "secret"),
        },
    )
    assert settings.store_credentials() == Credentials("AKIA", "s3cret")
    assert Settings().store_credentials() is None
    (tmp_path / "secret").unlink()
    with pytest.raises(InvalidArgument, match=r"cannot read the secret in .*secret: No such file") as caught:
        settings.store_credentials()
    assert caught.value.reason == "SECRET_UNREADABLE"


def test_every_field_has_a_docstring() -> None:
    tree = ast.parse(inspect.getsource(module))
    body = next(node.body for node in tree.body if isinstance(node, ast.ClassDef) and node.name == "Settings")
    documented = {
        field.target.id
        for field, after in itertools.pairwise(body)
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name)
        and isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant)
    }  # fmt: skip
    assert documented == {field.name for field in dataclasses.fields(Settings)}
