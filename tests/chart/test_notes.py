"""What a person reads after `helm install` is true of the release, and has the next step, Prometheus and a way out."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml

from codekiln.cli.main import root
from tests.chart.objects import of_kind
from tests.chart.rendering import CHART, VALUE_SETS, notes, render

pytestmark = pytest.mark.chart

VALUES = yaml.safe_load((CHART / "values.yaml").read_text())
UNGUARDED = VALUE_SETS["unguarded"]


@pytest.mark.parametrize(
    ("what", "line"),
    [
        (
            "how to wait",
            r"kubectl -n lab wait deployment -l app\.kubernetes\.io/instance=mine --for=condition=Available",
        ),
        ("how to test", r"helm -n lab test mine"),
        ("how to reach a service", r"kubectl -n lab port-forward service/mine-codekiln-ingestion 7000"),
        ("what to ask it", r"grpcurl -plaintext localhost:7000 list"),
        ("how to reach completions", r"kubectl -n lab port-forward service/mine-codekiln-inference 8000"),
        ("the first command", r"codekiln run recipes/demo\.yaml"),
        ("how Prometheus finds it", r"serviceMonitor\.labels\.release="),
        ("Prometheus without its operator", r"metrics\.annotations=true"),
        ("how to remove the release", r"helm -n lab uninstall mine"),
        ("how to remove the data", r"kubectl -n lab delete pvc mine-codekiln-store"),
        ("that the store is for trials", r"for trials"),
        ("that everyone is let in", r"auth\.existingSecret"),
    ],
)
def test_the_notes_say(what: str, line: str) -> None:
    assert re.search(line, notes(release="mine", namespace="lab")), what


@pytest.mark.parametrize("name", VALUE_SETS)
def test_services_that_the_notes_name_exist_with_their_port(name: str) -> None:
    text = notes(VALUE_SETS[name], release="mine")
    ports = {
        (service["metadata"]["name"], port["port"])
        for service in of_kind(render(VALUE_SETS[name], release="mine"), "Service")
        for port in service["spec"]["ports"]
    }
    named = {(service, int(port)) for service, port in re.findall(r"port-forward service/(\S+) (\d+)", text)}
    assert named and named <= ports


def test_commands_values_and_files_that_the_notes_name_exist() -> None:
    for name in VALUE_SETS:
        text = notes(VALUE_SETS[name])
        for command in re.findall(r"^ +codekiln (\w+)", text, re.MULTILINE):
            assert command in root.commands, command
        for path in re.findall(r"\b((?:[a-z]\w*)(?:\.[a-z]\w*)+)(?==| is| to|,| |$)", text):
            top, *below = path.split(".")
            if top in VALUES:
                assert _is_value(VALUES[top], below), path
        for file in re.findall(r"\brecipes/\S+\.yaml", text):
            assert (CHART.parents[1] / file).exists()


def test_what_was_chosen_is_not_advised_again() -> None:
    assert "auth.existingSecret" not in notes(VALUE_SETS["secured"])
    assert "serviceMonitor.enabled" not in notes(VALUE_SETS["monitored"])
    assert "port-forward service/codekiln-inference" not in notes({"inference": {"enabled": False}})


def test_an_external_store_is_named_without_its_query_and_nothing_of_the_embedded_one_is_said() -> None:
    text = notes(VALUE_SETS["external-store"])
    assert "s3://models/kiln;" in text or "s3://models/kiln " in text or "s3://models/kiln\n" in text
    assert "delete pvc" not in text and "for trials" not in text


def test_switching_the_guards_off_is_warned_about() -> None:
    assert "can run code" in notes(UNGUARDED) and "can run code" not in notes()
    assert "WARNING" in notes() and "WHICH IS SWITCHED OFF" in notes(UNGUARDED)
    owned: dict[str, Any] = {"store": {"embedded": {"existingSecret": "own"}}}
    assert "WARNING" not in notes(owned)


def test_the_notes_have_no_blank_gaps_and_no_template_left() -> None:
    for name in VALUE_SETS:
        text = notes(VALUE_SETS[name]).strip()
        assert "\n\n\n" not in text
        assert "{{" not in text and "<nil>" not in text and "<no value>" not in text


def _is_value(block: Any, below: list[str]) -> bool:
    for part in below:
        if block == {}:
            return True
        if not isinstance(block, dict) or part not in block:
            return False
        block = block[part]
    return True
