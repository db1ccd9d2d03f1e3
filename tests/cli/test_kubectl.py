"""kubectl's command lines, and what becomes of its complaints."""

from __future__ import annotations

import pytest

from codekiln.cli.kubectl import Kubectl, failed


def test_what_is_not_chosen_is_left_to_the_user_s_configuration() -> None:
    assert Kubectl().command("get", "pods") == ["kubectl", "get", "pods"]


def test_a_chosen_cluster_and_namespace_come_first() -> None:
    command = Kubectl("gpu", "team").command("port-forward", "service/x", ":7000")
    assert command == ["kubectl", "--context=gpu", "--namespace=team", "port-forward", "service/x", ":7000"]


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("E1124 memcache.go:265\nerror: context was not found\n", "context was not found"),
        (
            "Error from server (Forbidden): services is forbidden",
            "Error from server (Forbidden): services is forbidden",
        ),
        ("", "it said nothing"),
    ],
)
def test_its_last_line_is_the_reason(said: str, told: str) -> None:
    message = failed(("get", "services", "--selector=x"), said).message
    assert message.startswith(f"`kubectl get services` failed: {told}. Check --context")
