"""Renders the chart with helm and gives parsed objects: `render({"tls": {...}})`. Never compares text.

Renderings are cached by everything that goes into them, because the suite asks for the default one hundreds of times.
"""

from __future__ import annotations

import copy
import functools
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

Object = dict[str, Any]

ROOT = Path(__file__).resolve().parents[2]
CHART = ROOT / "charts" / "codekiln"
RELEASE, NAMESPACE = "codekiln", "kiln"
KUBE_VERSION = "1.36.0"
"""Some builds of helm take an ancient version where no cluster is asked, so each rendering names one."""

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

S3 = {"url": "s3://models/kiln?endpoint=https://s3.example.com&region=us-east-1", "existingSecret": "s3-keys"}
VALUE_SETS: dict[str, dict[str, Any]] = {
    "default": {},
    "external-store": {"store": {"embedded": {"enabled": False}, "external": S3}},
    "secured": {
        "auth": {"existingSecret": "tokens"},
        "tls": {"existingSecret": "certificates", "sandboxSecret": "certificate-of-the-sandbox", "clientCA": True},
    },
    "monitored": {
        "serviceMonitor": {"enabled": True},
        "podMonitor": {"enabled": True},
        "prometheusRule": {"enabled": True},
        "dashboards": {"enabled": True},
    },
    "served": {"inference": {"model": "demo/model"}, "sandbox": {"runtimeClassName": "gvisor"}},
    "trainjobs": {"trainer": {"launcher": "trainjob"}},
    "unguarded": {"networkPolicy": {"enabled": False}},
}
"""What a person is likely to ask for. Whatever holds for the chart is asserted for each of these."""


class RenderError(Exception):
    """helm refused; the text is what it said."""


def helm_binaries() -> list[str]:
    """Those that HELM_BINARIES names, separated like PATH; else the one on the PATH, if any."""
    named = [path for path in os.environ.get("HELM_BINARIES", "").split(os.pathsep) if path]
    found = shutil.which("helm")
    return named or ([found] if found else [])


def run_helm(*arguments: str, values: str = "{}", helm: str = "") -> str:
    """What helm prints; `values` is JSON on its standard input, for `--values -`.

    Raises RenderError with what helm says when it fails, or when there is no helm.
    """
    program = helm or next(iter(helm_binaries()), "")
    if not program:
        raise RenderError("there is no helm: put helm 3 or 4 on the PATH, or name some in HELM_BINARIES")
    done = subprocess.run([program, *arguments], input=values, capture_output=True, text=True, timeout=120)
    if done.returncode != 0:
        raise RenderError(done.stderr.strip() or done.stdout.strip())
    return done.stdout


def render(
    values: Mapping[str, Any] | None = None,
    *,
    sets: Sequence[str] = (),
    release: str = RELEASE,
    namespace: str = NAMESPACE,
    kube_version: str = KUBE_VERSION,
    chart: Path = CHART,
    helm: str = "",
) -> list[Object]:
    """Every object of `helm template`, the test hook included. `sets` are arguments of --set, in order."""
    text = _template(json.dumps(values or {}), tuple(sets), release, namespace, kube_version, str(chart), helm)
    return copy.deepcopy(_parse(text))


def notes(values: Mapping[str, Any] | None = None, *, release: str = RELEASE, namespace: str = NAMESPACE) -> str:
    """What a person reads after `helm install`; no cluster is asked."""
    return _notes(json.dumps(values or {}), release, namespace)


def refusal(values: Mapping[str, Any] | None = None, *, sets: Sequence[str] = ()) -> str:
    """Why helm refuses these values. Fails where it takes them."""
    try:
        render(values, sets=sets)
    except RenderError as error:
        return str(error)
    raise AssertionError(f"the chart renders with {json.dumps(values or list(sets))}")


@functools.cache
def _template(
    values: str, sets: tuple[str, ...], release: str, namespace: str, kube_version: str, chart: str, helm: str
) -> str:
    arguments = ["template", release, chart, "--namespace", namespace, "--kube-version", kube_version, "--values", "-"]
    arguments += [part for assignment in sets for part in ("--set", assignment)]
    return run_helm(*arguments, values=values, helm=helm)


@functools.cache
def _parse(text: str) -> list[Object]:
    return [document for document in yaml.load_all(text, Loader=LOADER) if document]


@functools.cache
def _notes(values: str, release: str, namespace: str) -> str:
    # `helm template` renders no NOTES, and helm 3 installs nothing without a cluster, dry or not: so the text becomes
    # a file of a copy of the chart, and that is rendered into an object.
    with tempfile.TemporaryDirectory() as folder:
        chart = Path(folder) / CHART.name
        shutil.copytree(CHART, chart)
        shutil.move(chart / "templates" / "NOTES.txt", chart / "notes.txt")
        (chart / "templates" / "notes.yaml").write_text(
            'kind: Notes\ntext: {{ tpl (.Files.Get "notes.txt") . | toJson }}\n'
        )
        objects = render(json.loads(values), release=release, namespace=namespace, chart=chart)
    return next(str(object_["text"]) for object_ in objects if object_["kind"] == "Notes")
